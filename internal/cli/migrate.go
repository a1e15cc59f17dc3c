package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.org/plio/tenancy"
)

type migrateCmd struct {
	Plan   bool   `help:"Say what would be done, and do nothing."`
	Canary string `placeholder:"SHORTCODE" help:"The workspace that comes first; if it fails, no other is tried."`
	JSON   bool   `help:"Print JSON."`
}

// Help is shown below the command's one line.
func (migrateCmd) Help() string {
	return `Each workspace is migrated in a transaction of its own. One that fails stays as it was, is named, and the others go on; migrate again to retry it.

Exit codes: 0 all is up to date; 1 failed, nothing was done; 3 some workspaces failed and were named.`
}

func (c *migrateCmd) Run(ctx context.Context, e *env) error {
	place, err := e.join(ctx)
	if err != nil {
		return err
	}
	defer place.close()
	if c.Plan {
		return c.plan(ctx, e, place.cfg)
	}
	r, err := e.rollOut(ctx, place.cfg, c.Canary)
	if err != nil && len(r.Failed) == 0 {
		return err
	}
	if c.JSON {
		if err := e.json(migratedJSON(r)); err != nil {
			return err
		}
	} else if err := c.say(e, r); err != nil {
		return err
	}
	if err != nil {
		return partly("%s could not be brought up to date, as said above; the others are", count(len(r.Failed)+r.Left, "workspace"))
	}
	return nil
}

func (c *migrateCmd) say(e *env, r tenancy.Report) error {
	for _, f := range r.Failed {
		fmt.Fprintln(e.stderr, "not migrated:", f) //nolint:errcheck // the summary follows
	}
	if r.Nothing() {
		return e.say("Everything is up to date.")
	}
	text := summary(r)
	return e.say("%s, in %s.", strings.ToUpper(text[:1])+text[1:], r.Took.Round(time.Millisecond))
}

// summary is what a roll-out did.
func summary(r tenancy.Report) string {
	var did []string
	if n := len(r.Own) + len(r.Shared); n > 0 {
		did = append(did, "ran "+count(n, "migration")+" of the shared tables")
	}
	if n := len(r.BuiltIn); n > 0 {
		did = append(did, "made "+count(n, "built-in workspace"))
	}
	if r.Tenants > 0 {
		did = append(did, "migrated "+count(r.Tenants, "workspace"))
	}
	if n := len(r.Failed); n > 0 {
		did = append(did, count(n, "workspace")+" failed")
	}
	if r.Left > 0 {
		did = append(did, count(r.Left, "workspace")+" left")
	}
	if len(did) == 0 {
		did = append(did, "gave the database's role its empty search path")
	}
	return strings.Join(did, ", ")
}

// rollOut migrates, and shows how far it is.
func (e *env) rollOut(ctx context.Context, cfg tenancy.Config, canary string) (tenancy.Report, error) {
	p := e.progress("migrating workspaces")
	defer p.end()
	return tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{Canary: canary, Progress: p.set})
}

// migrate migrates before something else is done. Workspaces that fail are
// named and left behind; that the shared tables fail is an error.
func (e *env) migrate(ctx context.Context, cfg tenancy.Config, done func(string, ...any)) error {
	r, err := e.rollOut(ctx, cfg, "")
	if err != nil && len(r.Failed) == 0 {
		return err
	}
	for _, f := range r.Failed {
		e.log.Error("a workspace is not served, its migration failed: " + f.Error())
	}
	if !r.Nothing() {
		done(summary(r), "took", r.Took.Round(time.Millisecond))
	}
	return nil
}
