package tenancytest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// Open opens a copy of the template that no other test sees. Both are gone when
// t ends. options change the Config, as
//
//	func(c *tenancy.Config) { c.MaxConns = 2 }
func (tpl *Template) Open(t testing.TB, options ...func(*tenancy.Config)) *tenancy.DB {
	t.Helper()
	cfg := tpl.ConfigFor(t)
	for _, option := range options {
		option(&cfg)
	}
	db, err := tenancy.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal("tenancytest: ", err)
	}
	t.Cleanup(db.Close)
	return db
}

// ConfigFor is the template's Config with the URL of a new copy, for a test that
// opens it itself, perhaps more than once.
func (tpl *Template) ConfigFor(t testing.TB) tenancy.Config {
	t.Helper()
	cfg := tpl.config(tpl.database(t, " TEMPLATE "+tpl.name))
	// A copy comes without the setting of the serving role.
	if _, err := tenancy.Migrate(context.Background(), cfg, tenancy.MigrateOptions{}); err != nil {
		t.Fatal("tenancytest: ", err)
	}
	return cfg
}

// URL leads to a new copy of the template.
func (tpl *Template) URL(t testing.TB) string {
	t.Helper()
	return tpl.ConfigFor(t).URL
}

// EmptyURL leads to a new database in which there is nothing, not even what
// Migrate makes.
func (tpl *Template) EmptyURL(t testing.TB) string {
	t.Helper()
	return tpl.database(t, " TEMPLATE template0")
}

// database makes a database that is dropped when t ends.
func (tpl *Template) database(t testing.TB, how string) string {
	t.Helper()
	name := fmt.Sprintf("%s_%d", tpl.name, tpl.copies.Add(1))
	if tpl.quick {
		how += " STRATEGY file_copy"
	}
	ctx := context.Background()
	if tpl.server == "" {
		t.Fatal("tenancytest: Template.Main has not run: call it in TestMain")
	}
	if err := tpl.exec(ctx, "CREATE DATABASE "+name+how); err != nil {
		t.Fatal("tenancytest: ", err)
	}
	t.Cleanup(func() {
		if err := tpl.drop(ctx, name); err != nil {
			t.Error("tenancytest: ", err)
		}
	})
	return tpl.url(name)
}

// uniqueName is a name that no other run of tests has, on any machine.
func uniqueName() string { return "tenancytest_" + strings.ToLower(rand.Text()[:10]) }

// knowsStrategy reports whether the server, 15 or newer, can copy a database as
// files: 9 ms where writing it to the log takes 50.
func knowsStrategy(ctx context.Context, server string) (bool, error) {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx) //nolint:errcheck // done
	var version int
	err = conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
	return version >= 150000, err
}

// withDatabase exchanges the database in a URL, or in a list of keywords.
func withDatabase(server, database string) string {
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "" {
		return server + " dbname=" + database // of two, the last counts
	}
	u.Path = "/" + database
	query := u.Query()
	query.Del("dbname")
	query.Del("database")
	u.RawQuery = query.Encode()
	if u.Host == "" { // String would drop the slashes
		return u.Scheme + "://" + u.EscapedPath() + "?" + u.RawQuery
	}
	return u.String()
}
