// Package cli is the command line of plio: one file a command. Commands wire
// the other rooms together and print; what they do is done there.
package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"example.org/plio/internal/config"
	"example.org/plio/internal/postgres"
)

// commands is what can be typed. The tag settings says which groups of settings
// a command's help shows; without it that is where the data is.
type commands struct {
	config.Config

	Serve   serveCmd   `cmd:"" settings:"data,address,serve,log" help:"Serve the API, with a PostgreSQL of its own unless PLIO_DATABASE_URL names one."`
	Migrate migrateCmd `cmd:"" help:"Bring the database and every workspace up to date."`
	Status  statusCmd  `cmd:"" help:"Say how the installation is: versions, workspaces, who is behind."`
	Org     struct {
		List    orgListCmd    `cmd:"" help:"List the organizations."`
		Create  orgCreateCmd  `cmd:"" help:"Make an organization with its workspace."`
		Show    orgShowCmd    `cmd:"" help:"Show one organization, with its API key and its members."`
		Rename  orgRenameCmd  `cmd:"" help:"Give an organization another shortcode or another name."`
		Suspend orgSuspendCmd `cmd:"" help:"Take an organization's workspace out of service. Nothing is deleted."`
		Resume  orgResumeCmd  `cmd:"" help:"Take a suspended workspace into service again."`
	} `cmd:"" help:"Organizations and their workspaces."`
	User struct {
		List   userListCmd   `cmd:"" help:"List the users."`
		Create userCreateCmd `cmd:"" help:"Make a user, who is approved at once."`
		Token  userTokenCmd  `cmd:"" help:"Print a bearer token of a user, made when there is none."`
		Link   userLinkCmd   `cmd:"" settings:"data,address" help:"Print a link that signs a user in, made when there is none."`
	} `cmd:"" help:"People, and how they get in."`
	Import struct {
		JSON importJSONCmd `cmd:"" name:"json" help:"Bring in the JSON store that Plio had before its database."`
	} `cmd:"" help:"Bring data in."`
	Psql    psqlCmd    `cmd:"" passthrough:"" help:"Open PostgreSQL's shell on the database."`
	Version versionCmd `cmd:"" settings:"none" help:"Print the version of this program."`
}

// Run runs plio with the arguments and returns its exit code.
func Run(args []string) (code int) {
	defer func() {
		switch end := recover().(type) {
		case nil:
		case helped:
			code = codeOK
		default:
			panic(end)
		}
	}()
	dropEmpty()
	var typed commands
	parser, err := kong.New(&typed, options()...)
	if err != nil {
		panic(err) // a tag above is wrong
	}
	if len(args) == 0 {
		parser.Parse([]string{"--help"}) //nolint:errcheck // it ends above
	}
	if len(args) == 2 && args[0] == "psql" && (args[1] == "--help" || args[1] == "-h") {
		args = []string{"--help", "psql"} // what follows the word is psql's
	}
	chosen, err := parser.Parse(args)
	if err == nil {
		err = typed.Complete(postgres.DefaultDir())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "plio:", mistake(chosen, err)) //nolint:errcheck // nobody can be told
		return codeUsage
	}
	return run(chosen, typed.Config)
}

// run runs the command. The first signal asks it to end, the second ends it.
func run(chosen *kong.Context, cfg config.Config) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	defer stop()
	if chosen.Command() != "serve" && cfg.LogLevel == slog.LevelInfo {
		cfg.LogLevel = slog.LevelWarn // a command answers, and says what goes wrong
	}
	e := newEnv(cfg)
	chosen.BindTo(ctx, (*context.Context)(nil))
	err := chosen.Run(e)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(e.stderr, "plio:", explain(ctx, err)) //nolint:errcheck // nobody can be told
	}
	return codeOf(err)
}

// helped ends the program after its help.
type helped struct{}

func options() []kong.Option {
	return []kong.Option{
		kong.Name("plio"),
		kong.Description("Questions on videos, and what was learnt: the server of Plio.\n\n" +
			"Exit codes: 0 it is done; 1 it failed, and nothing was done; 2 this is not how it is typed; 130 it was interrupted. " +
			"A command that can be done in part says more below its own --help."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Help(help),
		kong.Exit(func(int) { panic(helped{}) }),
		kong.ExplicitGroups([]kong.Group{
			{Key: "data", Title: "Where the data is:"},
			{Key: "address", Title: "Where the server is:"},
			{Key: "serve", Title: "How it serves:"},
			{Key: "log", Title: "What it logs:"},
		}),
	}
}

// help shows the settings that matter to the command that is asked about.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	settings := "none"
	if cmd := ctx.Selected(); cmd != nil {
		if settings = cmd.Tag.Get("settings"); settings == "" {
			settings = "data"
		}
	}
	shown := strings.Split(settings, ",")
	for _, f := range ctx.Model.Flags {
		f.Hidden = f.Group != nil && !slices.Contains(shown, f.Group.Key)
	}
	return kong.DefaultHelpPrinter(options, ctx)
}

// mistake is what is wrong with what was typed, and where to read on.
func mistake(typed *kong.Context, err error) string {
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		typed = parse.Context
	}
	node, path := typed.Model.Node, "plio"
	if selected := typed.Selected(); selected != nil {
		node, path = selected, selected.FullPath()
	}
	text := err.Error()
	if strings.HasPrefix(text, "expected one of ") {
		var names []string
		for _, child := range node.Children {
			names = append(names, child.Name)
		}
		text = path + " what? There is " + strings.Join(names, ", ")
	}
	if strings.HasSuffix(text, "?") {
		return text + " (" + path + " --help says more)"
	}
	return text + "; " + path + " --help says more"
}

// dropEmpty makes a variable that is set to nothing one that is not set, as
// compose files write it.
func dropEmpty() {
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); value == "" && strings.HasPrefix(name, "PLIO_") {
			os.Unsetenv(name) //nolint:errcheck // the name is one that is set
		}
	}
}
