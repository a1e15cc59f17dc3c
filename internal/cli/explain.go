package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

// meanings are the errors that other rooms name, as somebody at a terminal
// understands them, with what to do.
var meanings = []struct {
	err  error
	says string
}{
	{tenancy.ErrExists, "another organization has this shortcode; choose another one (plio org list shows those taken)"},
	{tenancy.ErrReserved, "this shortcode is a word that addresses need; choose another one"},
	{tenancy.ErrInvalidKey, "a shortcode is 1 to 50 letters, digits, hyphens or underscores, without accents; choose another one"},
	{tenancy.ErrNotFound, "no organization has this shortcode (plio org list shows those there are)"},
	{tenancy.ErrNotMigrated, "there is no Plio in this database yet; plio migrate puts it there"},
	{tenancy.ErrPooler, "PLIO_DATABASE_URL leads to a pooler; set PLIO_DATABASE_DIRECT_URL to the same database past it"},
	{tenancy.ErrNewer, "the database was made by a newer plio than this one; use that, or a newer one still"},
	{store.ErrTaken, "somebody has this e-mail address already (plio user list shows who)"},
	{auth.ErrInactive, "this user is deactivated and cannot sign in"},
}

// explain is what the user is told of an error: one sentence that says what to
// do, where that is known.
func explain(ctx context.Context, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	for _, m := range meanings {
		if errors.Is(err, m.err) {
			return m.says
		}
	}
	if errors.Is(err, tenancy.ErrState) {
		_, what, _ := strings.Cut(err.Error(), tenancy.ErrState.Error()+": ")
		return "cannot " + what
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return "the database does not answer: " + plainly(err) + "; see that it runs, and that PLIO_DATABASE_URL is right"
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && strings.HasPrefix(pg.Code, "57P") {
		return "the database was stopped meanwhile; try again"
	}
	return plainly(err)
}

// plainly takes off the names of rooms, which are for programmers, and says
// what package tenancy calls otherwise as it is called here.
func plainly(err error) string {
	text := err.Error()
	for _, room := range []string{"tenancy", "localpg", "store", "auth", "postgres", "importer"} {
		text = strings.TrimPrefix(text, room+": ")
	}
	return strings.NewReplacer("Config.URL", "PLIO_DATABASE_URL", "Config.DirectURL", "PLIO_DATABASE_DIRECT_URL", "run Migrate", "run plio migrate").Replace(text)
}
