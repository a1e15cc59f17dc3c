package cli

import "context"

type orgResumeCmd struct {
	Shortcode string `arg:"" help:"The organization's shortcode."`
}

func (c *orgResumeCmd) Run(ctx context.Context, e *env) error {
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	info, o, err := db.organization(ctx, c.Shortcode)
	if err != nil {
		return err
	}
	if err := db.Resume(ctx, info.Tenant, operator(), nil); err != nil {
		return err
	}
	return e.say("%s (%s) is in service again.", plain(o.Name), o.Shortcode)
}
