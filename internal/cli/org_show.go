package cli

import (
	"context"
	"errors"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type orgShowCmd struct {
	Shortcode string `arg:"" help:"The organization's shortcode."`
	JSON      bool   `help:"Print JSON."`
}

// orgShown is an organization with all that is known of it.
type orgShown struct {
	orgWithKey
	StateBy string       `json:"state_by,omitempty"`
	Members []memberJSON `json:"members"`
}

type memberJSON struct {
	UserID int64  `json:"user_id"`
	Name   string `json:"name"`
	Email  string `json:"email,omitempty"`
	Mobile string `json:"mobile,omitempty"`
	Role   string `json:"role"`
}

func (c *orgShowCmd) Run(ctx context.Context, e *env) error {
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	shown, err := c.show(ctx, e, db)
	if err != nil {
		return err
	}
	if c.JSON {
		return e.json(shown)
	}
	facts := newTable("", "")
	facts.add("name", shown.Name)
	facts.add("shortcode", shown.Shortcode)
	facts.add("id", shown.ID)
	facts.add("schema", shown.Schema)
	facts.add("state", state(shown.orgJSON))
	facts.add("made", day(shown.CreatedAt))
	facts.add("API key", shown.APIKey)
	if err := facts.write(e.stdout); err != nil {
		return err
	}
	if len(shown.Members) == 0 {
		return e.say("\nIt has no members yet.")
	}
	members := newTable("MEMBER>", "NAME", "E-MAIL", "MOBILE", "ROLE")
	for _, m := range shown.Members {
		members.add(m.UserID, m.Name, m.Email, m.Mobile, m.Role)
	}
	if err := e.say(""); err != nil {
		return err
	}
	return members.write(e.stdout)
}

func (c *orgShowCmd) show(ctx context.Context, e *env, db *database) (shown orgShown, err error) {
	info, o, err := db.organization(ctx, c.Shortcode)
	if err != nil {
		return shown, err
	}
	key, err := e.key(ctx, store.BindShared(db.Shared()))
	if err != nil {
		return shown, err
	}
	shown.orgJSON, shown.StateBy, shown.Members = orgToJSON(o, info), info.StateBy, []memberJSON{}
	if shown.APIKey, err = key.Open(o.APIKeyEnc); err != nil {
		return shown, err
	}
	members, err := store.BindShared(db.Shared()).MembershipList(ctx, true, 0, &o.ID, nil)
	for _, m := range members {
		shown.Members = append(shown.Members, memberJSON{m.OrganizationUser.UserID, fullName(m.FirstName, m.LastName), text(m.Email), text(m.Mobile), m.RoleName})
	}
	return shown, err
}

// organization finds an organization by its shortcode; a built-in workspace is
// none.
func (db *database) organization(ctx context.Context, shortcode string) (tenancy.Info, store.Organization, error) {
	info, err := db.Info(ctx, shortcode)
	if err != nil {
		return info, store.Organization{}, err
	}
	o, err := store.BindShared(db.Shared()).OrganizationByID(ctx, info.Tenant.ID())
	if errors.Is(err, store.ErrNotFound) {
		err = tenancy.ErrNotFound
	}
	return info, o, err
}

// onOrganization opens the database for what a command does to an organization.
func (e *env) onOrganization(ctx context.Context, shortcode string, do func(*database, tenancy.Tenant, store.Organization) error) error {
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	info, o, err := db.organization(ctx, shortcode)
	if err != nil {
		return err
	}
	return do(db, info.Tenant, o)
}
