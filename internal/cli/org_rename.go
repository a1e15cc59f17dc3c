package cli

import (
	"context"
	"time"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type orgRenameCmd struct {
	Shortcode string `arg:"" help:"The organization's shortcode."`
	New       string `arg:"" optional:"" help:"Its new shortcode. Links and headers with the old one stop working at once."`
	Name      string `placeholder:"NAME" help:"Its new name."`
}

func (c *orgRenameCmd) Run(ctx context.Context, e *env) error {
	if c.New == "" && c.Name == "" {
		return usage("nothing to rename: give a new shortcode, or a new name with --name")
	}
	change := store.OrganizationChange{At: time.Now()}
	if c.Name != "" {
		name, err := orgName(c.Name)
		if err != nil {
			return err
		}
		change.Name = &name
	}
	return e.onOrganization(ctx, c.Shortcode, func(db *database, _ tenancy.Tenant, o store.Organization) error {
		o, err := store.ChangeOrganization(ctx, db.DB, o, c.New, change)
		if err != nil {
			return err
		}
		return e.say("Renamed: it is %s (%s) now.", plain(o.Name), o.Shortcode)
	})
}
