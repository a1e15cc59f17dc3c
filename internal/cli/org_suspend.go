package cli

import (
	"cmp"
	"context"
	"os"
)

type orgSuspendCmd struct {
	Shortcode string `arg:"" help:"The organization's shortcode."`
}

func (c *orgSuspendCmd) Run(ctx context.Context, e *env) error {
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	info, o, err := db.organization(ctx, c.Shortcode)
	if err != nil {
		return err
	}
	if err := db.Suspend(ctx, info.Tenant, operator(), nil); err != nil {
		return err
	}
	return e.say("Suspended %s (%s). To take it into service again: plio org resume %[2]s", plain(o.Name), o.Shortcode)
}

// operator is who types, as the registry remembers it.
func operator() string {
	return "command line, " + cmp.Or(os.Getenv("SUDO_USER"), os.Getenv("USER"), "unknown")
}
