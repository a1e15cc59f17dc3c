package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/plio/internal/store"
)

type userCreateCmd struct {
	Email     string `arg:"" help:"The user's e-mail address."`
	Name      string `placeholder:"NAME" help:"First and last name."`
	Superuser bool   `help:"Make the user a super-admin of the platform."`
	Org       string `placeholder:"SHORTCODE" help:"Make the user a member of this organization, also one who is there already."`
	Role      string `default:"org-view" enum:"super-admin,org-admin,org-view" placeholder:"ROLE" help:"The member's role: super-admin, org-admin or org-view (default: ${default})."`
	JSON      bool   `help:"Print JSON."`
}

func (c *userCreateCmd) Run(ctx context.Context, e *env) error {
	who, err := store.ByEmail(c.Email)
	if err != nil {
		return usage("%w", err)
	}
	db, err := e.openOrMake(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	var org store.Organization
	if c.Org != "" {
		if _, org, err = db.organization(ctx, c.Org); err != nil {
			return err
		}
	}
	var u store.User
	var there bool
	err = pgx.BeginFunc(ctx, db.Shared(), func(tx pgx.Tx) error {
		u, there, err = c.create(ctx, store.BindShared(tx), who, org)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		made := userJSON{ID: u.ID, Email: text(u.Email), Name: fullName(u.FirstName, u.LastName), Status: u.Status,
			Active: u.IsActive, Superuser: u.IsSuperuser, CreatedAt: u.CreatedAt}
		if c.Org != "" {
			made.Organizations = 1
		}
		return e.json(made)
	}
	if there {
		return e.say("User %d, %s, was there already, and is %s of %s now.", u.ID, who.Value(), c.Role, org.Shortcode)
	}
	return e.say("Made user %d, %s. To let them in: plio user link %[2]s", u.ID, who.Value())
}

// create makes the user, and the membership where there is to be one: that also
// for a user who is there already.
func (c *userCreateCmd) create(ctx context.Context, s store.Shared, who store.Identity, org store.Organization) (u store.User, there bool, err error) {
	if u, err = s.UserBy(ctx, who); org.ID != 0 && err == nil {
		there = true
	} else {
		first, last, _ := strings.Cut(strings.Join(strings.Fields(c.Name), " "), " ")
		u, err = s.CreateUser(ctx, store.NewAccount{
			Identities: []store.Identity{who}, FirstName: first, LastName: last, Status: "approved", Superuser: c.Superuser,
		})
	}
	if err != nil || org.ID == 0 {
		return u, there, err
	}
	role, err := s.RoleByName(ctx, c.Role)
	if err != nil {
		return u, there, err
	}
	_, err = s.MembershipInsert(ctx, org.ID, u.ID, role.ID, false)
	if errors.Is(err, store.ErrTaken) {
		err = fmt.Errorf("%s is a member of %s already (plio org show %[2]s)", who.Value(), org.Shortcode)
	}
	return u, there, err
}

// userWith finds or makes the user with an e-mail address.
func (db *database) userWith(ctx context.Context, email string, superuser bool) (store.User, error) {
	who, err := store.ByEmail(email)
	if err != nil {
		return store.User{}, usage("%w", err)
	}
	shared := store.BindShared(db.Shared())
	u, _, err := shared.FindOrCreateUser(ctx, who, "", "")
	if err != nil || !superuser || u.IsSuperuser {
		return u, err
	}
	return u, shared.UserSuperuserUpdate(ctx, true, time.Now(), u.ID)
}
