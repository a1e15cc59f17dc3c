package cli

import (
	"context"

	"example.org/plio/internal/auth"
)

type userLinkCmd struct {
	Email     string `arg:"" help:"The user's e-mail address."`
	Superuser bool   `help:"Make the user a super-admin of the platform."`
}

// Help is shown below the command's one line.
func (userLinkCmd) Help() string {
	return "The link works once, within 24 hours. It begins with PLIO_PUBLIC_URL, or else with the address of the server that runs."
}

func (c *userLinkCmd) Run(ctx context.Context, e *env) error {
	db, err := e.openOrMake(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	u, err := db.userWith(ctx, c.Email, c.Superuser)
	if err != nil {
		return err
	}
	code, err := auth.New(db.Shared(), auth.Options{Log: e.log}).MakeLink(ctx, u.ID)
	if err != nil {
		return err
	}
	return e.say("%s", e.noted()+"/start/"+code)
}
