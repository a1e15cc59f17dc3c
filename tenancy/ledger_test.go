package tenancy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.org/plio/tenancy"
)

func TestMigrateRunsNothingWhenAFileIsNotWhatRanBefore(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	newTenant(t, open(t, cfg), "a")
	more := files("0003_third.sql", "CREATE TABLE third (n int PRIMARY KEY);")
	changed := files("0001_note.sql", "CREATE TABLE note (n int PRIMARY KEY);")
	tests := map[string]struct {
		change func(*tenancy.Config)
		want   error
		says   string
	}{
		"a changed tenant migration": {func(c *tenancy.Config) { c.Tenant = both(both(tenantFiles, more), changed) }, tenancy.ErrChanged, "0001_note.sql"},
		"a changed shared migration": {func(c *tenancy.Config) {
			c.Tenant = both(tenantFiles, more)
			c.Shared = files("0001_member.sql", "CREATE TABLE public.people (id int);")
		}, tenancy.ErrChanged, "0001_member.sql"},
		"an older program": {func(c *tenancy.Config) {
			c.Tenant = files("0001_note.sql", strings.TrimPrefix(read(tenantFiles, "0001_note.sql"), "-- +goose Up\n"))
		}, tenancy.ErrNewer, "tenant migration 0002 (1 tenants"},
		"an older program, shared": {func(c *tenancy.Config) { c.Tenant, c.Shared = both(tenantFiles, more), nil }, tenancy.ErrNewer, "shared migration 0001"},
		"a file that cannot be read": {func(c *tenancy.Config) {
			c.Tenant = both(both(tenantFiles, more), files("0004_bad.sql", "SELECT '"))
		}, nil, "0004_bad.sql: line 2: a quoted text is never closed"},
	}
	for name, tt := range tests {
		bad := cfg
		tt.change(&bad)
		for what, run := range map[string]func() error{
			"Migrate": func() error {
				_, err := tenancy.Migrate(t.Context(), bad, tenancy.MigrateOptions{})
				return err
			},
			"Plan": func() error { _, err := tenancy.Plan(t.Context(), bad); return err },
		} {
			if err := run(); err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s, %s: %v\nwant %s", name, what, err, tt.says)
			}
		}
		if n := ask[int](t, cfg.URL, "SELECT count(*) FROM pg_tables WHERE tablename = 'third'"); n != 0 {
			t.Fatalf("%s: a migration ran", name)
		}
	}
}

func TestABuiltInTenantKeepsItsKeyAndItsSchema(t *testing.T) {
	t.Parallel()
	cfg := tenancy.Config{URL: template.EmptyURL(t), Tenant: tenantFiles, Shared: sharedFiles, BuiltIn: []tenancy.BuiltIn{{"home", "personal"}}}
	migrate(t, cfg)
	for _, b := range []tenancy.BuiltIn{{"home", "other"}, {"other", "personal"}} {
		cfg.BuiltIn = []tenancy.BuiltIn{b}
		if _, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{}); err == nil || !strings.Contains(err.Error(), "keep a built-in tenant's key and schema") {
			t.Errorf("%v: %v", b, err)
		}
	}
	cfg.BuiltIn = []tenancy.BuiltIn{{"void", "void"}, {"home", "personal"}}
	if r := migrate(t, cfg); fmt.Sprint(r.BuiltIn) != "[void]" {
		t.Errorf("a second one: %+v", r)
	}
}

func TestTheFirstBuiltInTenantHasTheIDOneEvenIfItFailedAtFirst(t *testing.T) {
	t.Parallel()
	cfg := tenancy.Config{URL: template.EmptyURL(t), Shared: sharedFiles, BuiltIn: []tenancy.BuiltIn{{"home", "personal"}}, Tenant: files("0001_bad.sql", "SELECT 1/0;")}
	for range 3 {
		if _, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{}); err == nil || !strings.Contains(err.Error(), "division by zero") {
			t.Errorf("err = %v", err)
		}
	}
	cfg.Tenant = tenantFiles
	migrate(t, cfg)
	if id := ask[int](t, cfg.URL, "SELECT id FROM public.tenancy_tenant"); id != 1 {
		t.Errorf("id %d", id)
	}
}

func TestNothingToDoForAThousandTenantsIsSeenInAFewQueries(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	do(t, cfg.URL, `INSERT INTO public.tenancy_tenant (key, schema_name, state) SELECT 'k' || n, 's' || n, 'active' FROM generate_series(1, 1000) n;
		INSERT INTO public.tenancy_migration SELECT id, v, c, 'applied', '', now(), now() FROM public.tenancy_tenant, unnest(`+sums(t, cfg)+`) WITH ORDINALITY AS x (c, v);
		ANALYZE public.tenancy_tenant, public.tenancy_migration;`)
	before := transactions(t, cfg)
	for range 5 {
		if r := migrate(t, cfg); !r.Nothing() {
			t.Fatalf("%+v", r)
		}
	}
	// A transaction a tenant would be thousands.
	if n := transactions(t, cfg) - before; n > 200 {
		t.Errorf("%d transactions", n)
	}
}

// transactions returns how many the database has committed.
func transactions(t *testing.T, cfg tenancy.Config) int {
	t.Helper()
	do(t, cfg.URL, "SELECT pg_stat_clear_snapshot()")
	return ask[int](t, cfg.URL, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
}

// sums is an SQL array of the checksums of cfg's tenant migrations, taken from a
// tenant that is made for it and taken away.
func sums(t *testing.T, cfg tenancy.Config) string {
	t.Helper()
	newTenant(t, open(t, cfg), "sums")
	array := ask[string](t, cfg.URL, "SELECT quote_literal(array_agg(checksum ORDER BY version)) || '::text[]' FROM public.tenancy_migration WHERE tenant_id > 0")
	do(t, cfg.URL, "DELETE FROM public.tenancy_tenant; DELETE FROM public.tenancy_migration WHERE tenant_id > 0")
	return array
}
