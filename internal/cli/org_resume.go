package cli

import (
	"context"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type orgResumeCmd struct {
	Shortcode string `arg:"" help:"The organization's shortcode."`
}

func (c *orgResumeCmd) Run(ctx context.Context, e *env) error {
	return e.onOrganization(ctx, c.Shortcode, func(db *database, t tenancy.Tenant, o store.Organization) error {
		if err := db.Resume(ctx, t, operator(), nil); err != nil {
			return err
		}
		return e.say("%s (%s) is in service again.", plain(o.Name), o.Shortcode)
	})
}
