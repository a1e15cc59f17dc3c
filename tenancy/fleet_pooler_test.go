package tenancy_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

// behindPooler returns cfg with a URL that leads through PgBouncer.
func behindPooler(t *testing.T, cfg tenancy.Config, connections int) tenancy.Config {
	t.Helper()
	return tenancytest.BehindPooler(t, cfg, connections)
}

func TestTheFleetIsMadeAndChangedThroughAPoolerWithOneConnection(t *testing.T) {
	t.Parallel()
	direct := template.ConfigFor(t)
	direct.DirectURL = direct.URL
	cfg := behindPooler(t, direct, 1)
	db, h := serving(t, cfg, tenancy.MiddlewareOptions{MaxAge: time.Hour})
	var wg sync.WaitGroup
	for _, key := range []string{"a", "b", "c", "a"} {
		wg.Go(func() {
			_, err := db.Create(t.Context(), key, func(tx tenancy.Tx, _ tenancy.Tenant) error {
				_, err := tx.Exec(t.Context(), "WITH m AS (INSERT INTO public.member (name) VALUES ('owner') RETURNING id) INSERT INTO note (text, member_id) SELECT 'hello', id FROM m")
				return err
			})
			if err != nil && !(key == "a" && errors.Is(err, tenancy.ErrExists)) {
				t.Errorf("%s: %v", key, err)
			}
		})
	}
	wg.Wait()
	wantTenants(t, direct.URL, 3)
	a, err := db.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	listening(t, direct.URL)
	for _, tt := range []struct {
		step   step
		key    string
		status int
	}{{suspend, "a", 403}, {resume, "a", 200}, {rename, "renamed", 200}, {trash, "renamed", 404}} {
		if err := tt.step(db, t, a, nil); err != nil {
			t.Fatal(err)
		}
		eventually(t, tt.key, func() bool { status, _, _ := get(h, tt.key); return status == tt.status })
	}
	boom := errors.New("boom")
	if _, err := db.Create(t.Context(), "d", func(tenancy.Tx, tenancy.Tenant) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("err = %v", err)
	}
	wantTenants(t, direct.URL, 3)
	newer := later(cfg, "0003_size.sql", "ALTER TABLE note ADD COLUMN size int;")
	if r := migrate(t, newer); r.Tenants != 3 {
		t.Errorf("%+v", r)
	}
}

func TestMigrateRefusesAPoolerAndLeavesNothingOnItsConnections(t *testing.T) {
	t.Parallel()
	direct := template.ConfigFor(t)
	direct.DirectURL = direct.URL
	through := behindPooler(t, direct, 1)
	through.DirectURL = ""
	for name, run := range map[string]func() error{
		"Migrate": func() error { _, err := tenancy.Migrate(t.Context(), through, tenancy.MigrateOptions{}); return err },
		"Plan":    func() error { _, err := tenancy.Plan(t.Context(), through); return err },
	} {
		if err := run(); !errors.Is(err, tenancy.ErrPooler) {
			t.Errorf("%s: %v", name, err)
		}
	}
	conn, err := pgx.Connect(t.Context(), through.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // done
	var source string
	err = conn.QueryRow(t.Context(), "SELECT source FROM pg_settings WHERE name = 'search_path'", pgx.QueryExecModeSimpleProtocol).Scan(&source)
	if err != nil || source != "database user" {
		t.Errorf("the path comes from %s, %v", source, err)
	}
}

func TestOpenBehindAPoolerSaysWhatToTypeWhenTheRolesPathIsNotEmpty(t *testing.T) {
	t.Parallel()
	direct := template.ConfigFor(t)
	direct.DirectURL = direct.URL
	var user, database string
	if err := connect(t, direct.URL).QueryRow(t.Context(), "SELECT current_user, current_database()").Scan(&user, &database); err != nil {
		t.Fatal(err)
	}
	do(t, direct.URL, "ALTER ROLE "+user+" IN DATABASE "+database+" RESET search_path")
	cfg := behindPooler(t, direct, 1)
	db, err := tenancy.Open(t.Context(), cfg)
	if err == nil {
		db.Close()
	}
	if !errors.Is(err, tenancy.ErrPathSet) {
		t.Errorf("err = %v", err)
	}
	migrate(t, cfg)
	console := strings.Replace(cfg.URL, "/"+database+"?", "/pgbouncer?", 1)
	do(t, console, "RECONNECT "+database)
	db, err = tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
}
