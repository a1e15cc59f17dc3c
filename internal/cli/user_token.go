package cli

import (
	"context"

	"example.org/plio/internal/auth"
)

type userTokenCmd struct {
	Email string `arg:"" help:"The user's e-mail address."`
}

// Help is shown below the command's one line.
func (userTokenCmd) Help() string {
	return "The token is good for 24 hours. Nothing else is printed, so a script can write: TOKEN=$(plio user token EMAIL)"
}

func (c *userTokenCmd) Run(ctx context.Context, e *env) error {
	db, err := e.openOrMake(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	u, err := db.userWith(ctx, c.Email, false)
	if err != nil {
		return err
	}
	token, err := auth.New(db.Shared(), auth.Options{Log: e.log}).AccessToken(ctx, u.ID)
	if err != nil {
		return err
	}
	return e.say("%s", token)
}
