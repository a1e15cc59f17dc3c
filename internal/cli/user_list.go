package cli

import (
	"context"
	"strings"
	"time"

	"example.org/plio/internal/store"
)

type userListCmd struct {
	JSON bool `help:"Print JSON."`
}

// userJSON is a user as scripts read it.
type userJSON struct {
	ID            int64      `json:"id"`
	Email         string     `json:"email,omitempty"`
	Mobile        string     `json:"mobile,omitempty"`
	Name          string     `json:"name"`
	Status        string     `json:"status"`
	Active        bool       `json:"active"`
	Superuser     bool       `json:"superuser"`
	Organizations int64      `json:"organizations"`
	LastLogin     *time.Time `json:"last_login"`
	CreatedAt     time.Time  `json:"created_at"`
}

func (c *userListCmd) Run(ctx context.Context, e *env) error {
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	rows, err := store.BindShared(db.Shared()).UserList(ctx)
	if err != nil {
		return err
	}
	users := make([]userJSON, len(rows))
	for i, u := range rows {
		users[i] = userJSON{u.ID, text(u.Email), text(u.Mobile), fullName(u.FirstName, u.LastName), u.Status, u.IsActive, u.IsSuperuser, u.OrganizationCount, u.LastLogin, u.CreatedAt}
	}
	if c.JSON {
		return e.json(users)
	}
	if len(users) == 0 {
		return e.say("There is no user yet. To let one in: plio user link EMAIL")
	}
	t := newTable("ID>", "NAME", "E-MAIL", "MOBILE", "STATUS", "ORGANIZATIONS>", "LAST LOGIN")
	for _, u := range users {
		login := "never"
		if u.LastLogin != nil {
			login = day(*u.LastLogin)
		}
		t.add(u.ID, u.Name, u.Email, u.Mobile, status(u), u.Organizations, login)
	}
	return t.write(e.stdout)
}

func status(u userJSON) string {
	switch {
	case !u.Active:
		return "deactivated"
	case u.Superuser:
		return "super-admin"
	}
	return u.Status
}

func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
