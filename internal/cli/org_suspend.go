package cli

import (
	"cmp"
	"context"
	"os"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type orgSuspendCmd struct {
	Shortcode string `arg:"" help:"The organization's shortcode."`
}

func (c *orgSuspendCmd) Run(ctx context.Context, e *env) error {
	return e.onOrganization(ctx, c.Shortcode, func(db *database, t tenancy.Tenant, o store.Organization) error {
		if err := db.Suspend(ctx, t, operator(), nil); err != nil {
			return err
		}
		return e.say("Suspended %s (%s). To take it into service again: plio org resume %[2]s", plain(o.Name), o.Shortcode)
	})
}

// operator is who types, as the registry remembers it.
func operator() string {
	return "command line, " + cmp.Or(os.Getenv("SUDO_USER"), os.Getenv("USER"), "unknown")
}
