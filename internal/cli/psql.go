package cli

import (
	"context"
	"errors"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"example.org/plio/internal/postgres"
)

type psqlCmd struct {
	Args []string `arg:"" optional:"" help:"What psql is to be given, as -c 'SELECT 1'."`
}

// Help is shown below the command's one line.
func (psqlCmd) Help() string {
	return `The search path is empty: shared tables are written public.x, those of a workspace schema.x (plio org list --json shows the schemas). Everything can be changed there, with nobody to ask back.

What follows the word psql is psql's: settings stand before it, as in plio --data DIR psql -c 'SELECT 1'.

The exit code is psql's.`
}

func (c *psqlCmd) Run(ctx context.Context, e *env) error {
	if own := slices.IndexFunc(c.Args, isSetting); own >= 0 {
		return usage("%s is plio's, and stands before the word psql: plio %[1]s … psql", name(c.Args[own]))
	}
	if err := e.exists(); err != nil {
		return err
	}
	place, err := e.join(ctx)
	if err != nil {
		return err
	}
	defer place.close()
	var cmd *exec.Cmd
	if place.server != nil {
		cmd, err = place.server.Psql(c.Args...)
	} else if path, none := postgres.FindPsql(e.postgresConfig()); none == nil {
		cmd, err = psqlAt(path, place.cfg.URL, c.Args...)
	} else {
		err = none
	}
	if err != nil {
		return err
	}
	// Ctrl-C is for psql: there it ends a query, not the session.
	signal.Ignore(syscall.SIGINT, syscall.SIGQUIT)
	err = cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return &exit{ended.ExitCode(), errQuiet}
	}
	return err
}

// isSetting tells plio's settings from psql's own flags, which are others.
func isSetting(arg string) bool {
	return slices.Contains([]string{"--data", "--postgres-bin", "--database-url", "--database-direct-url", "--encryption-key"}, name(arg))
}

// name is a flag without its value.
func name(arg string) string {
	flag, _, _ := strings.Cut(arg, "=")
	return flag
}

// errQuiet is an end that somebody else has explained.
var errQuiet = errors.New("")
