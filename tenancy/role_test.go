package tenancy_test

import (
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// newRole makes a role without any rights that may log in. A test makes its
// roles first and its database then, as they go in the opposite order.
func newRole(t *testing.T) (name string) {
	t.Helper()
	name = "role_" + strings.ToLower(rand.Text()[:8])
	do(t, template.Server(), "CREATE ROLE "+name+" LOGIN PASSWORD 'secret'")
	t.Cleanup(func() { do(t, template.Server(), "DROP ROLE "+name) })
	return name
}

// as returns the URL of the same database for that role.
func as(t *testing.T, role, admin string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("user", role)
	query.Set("password", "secret")
	u.RawQuery, u.User = query.Encode(), nil
	if u.Host == "" {
		return u.Scheme + "://" + u.EscapedPath() + "?" + u.RawQuery
	}
	return u.String()
}

func path(t *testing.T, url string) string {
	t.Helper()
	return ask[string](t, url, "SHOW search_path")
}

func TestMigrateGivesTheServingRoleItsEmptyPathWheneverItIsMissing(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	if p := path(t, cfg.URL); p != `""` {
		t.Errorf("a new connection has the path %s", p)
	}
	var user, database string
	conn := connect(t, cfg.URL)
	if err := conn.QueryRow(t.Context(), "SELECT current_user, current_database()").Scan(&user, &database); err != nil {
		t.Fatal(err)
	}
	in := "ALTER ROLE " + user + " IN DATABASE " + database
	for _, other := range []string{in + " RESET search_path", in + ` SET search_path = "$user", public`, in + " SET search_path = public"} {
		do(t, cfg.URL, other)
		if p, err := tenancy.Plan(t.Context(), cfg); err != nil || !p.RoleSet || p.Empty() {
			t.Errorf("Plan after %s: %+v, %v", other, p, err)
		}
		if err := tenancy.CheckServing(t.Context(), connect(t, cfg.URL)); !errors.Is(err, tenancy.ErrPathSet) || !strings.Contains(err.Error(), `IN DATABASE "`+database+`" SET search_path = ''`) {
			t.Errorf("the check after %s: %v", other, err)
		}
		if r := migrate(t, cfg); !r.RoleSet {
			t.Errorf("Migrate after %s: %+v", other, r)
		}
		if err := tenancy.CheckServing(t.Context(), connect(t, cfg.URL)); err != nil {
			t.Error(err)
		}
	}
	do(t, cfg.URL, in+" SET work_mem = '8MB'")
	if r := migrate(t, cfg); r.RoleSet {
		t.Errorf("with another setting beside it: %+v", r)
	}
}

func TestADatabaseThatIsNotMigratedIsNamedSo(t *testing.T) {
	t.Parallel()
	if err := tenancy.CheckServing(t.Context(), connect(t, template.EmptyURL(t))); !errors.Is(err, tenancy.ErrNotMigrated) {
		t.Errorf("err = %v", err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) }) //nolint:errcheck // done
	return conn
}

func TestARoleThatOwnsTheDatabaseNeedsNobodysHelp(t *testing.T) {
	t.Parallel()
	name := newRole(t)
	admin := template.EmptyURL(t)
	asRole := as(t, name, admin)
	do(t, admin, "ALTER DATABASE "+ask[string](t, admin, "SELECT current_database()")+" OWNER TO "+name+"; ALTER SCHEMA public OWNER TO "+name)
	cfg := tenancy.Config{URL: asRole, Shared: sharedFiles, Tenant: tenantFiles}
	migrate(t, cfg)
	newTenant(t, open(t, cfg), "blue")
	if p := path(t, asRole); p != `""` {
		t.Errorf("a new connection has the path %s", p)
	}
	if n := ask[int](t, admin, "SELECT count(*) FROM pg_tables WHERE tableowner = $1", name); n != 5 {
		t.Errorf("%s owns %d tables, want 5", name, n)
	}
}

func TestWhatARoleLacksIsInTheErrorAsACommandToType(t *testing.T) {
	t.Parallel()
	serving, migrating := newRole(t), newRole(t)
	admin := template.EmptyURL(t)
	database := ask[string](t, admin, "SELECT current_database()")
	do(t, admin, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	cfg := tenancy.Config{URL: as(t, serving, admin), DirectURL: as(t, migrating, admin), Shared: sharedFiles, Tenant: tenantFiles, BuiltIn: []tenancy.BuiltIn{{"home", "home"}}}
	for _, command := range []string{
		`GRANT "` + serving + `" TO "` + migrating + `"`,
		`GRANT USAGE, CREATE ON SCHEMA public TO "` + serving + `"`,
		`GRANT CREATE ON DATABASE "` + database + `" TO "` + serving + `"`,
	} {
		_, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{})
		if err == nil || !strings.Contains(err.Error(), command+";") {
			t.Fatalf("%v\nwant %s", err, command)
		}
		do(t, admin, command)
	}
	migrate(t, cfg)
	newTenant(t, open(t, cfg), "blue")
	if n := ask[int](t, admin, "SELECT count(*) FROM pg_tables WHERE tableowner = $1", serving); n != 7 {
		t.Errorf("%s owns %d tables, want 7", serving, n)
	}
	migrate(t, later(cfg, "0003_size.sql", "ALTER TABLE note ADD COLUMN size int;"))
}
