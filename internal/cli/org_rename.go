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
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	info, o, err := db.organization(ctx, c.Shortcode)
	if err != nil {
		return err
	}
	change.ID = o.ID
	if c.New == "" || c.New == o.Shortcode {
		_, err = store.BindShared(db.Shared()).OrganizationUpdate(ctx, change)
	} else {
		err = db.Rename(ctx, info.Tenant, c.New, func(tx tenancy.Tx) error {
			_, err := store.BindShared(tx).OrganizationUpdate(ctx, change)
			return err
		})
	}
	if err != nil {
		return err
	}
	if o, err = store.BindShared(db.Shared()).OrganizationByID(ctx, o.ID); err != nil {
		return err
	}
	return e.say("Renamed: it is %s (%s) now.", plain(o.Name), o.Shortcode)
}
