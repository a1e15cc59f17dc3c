package tenancy_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

func TestCreateMakesTheTenantWithItsTablesItsLedgerAndTheApplicationsOwnRow(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	made, err := db.Create(t.Context(), "blue", func(tx tenancy.Tx, tenant tenancy.Tenant) error {
		if tenant != tx.Tenant() || tenant.ID() == 0 {
			t.Errorf("fn was given %v, its transaction is of %v", tenant, tx.Tenant())
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO note (text) VALUES ('first')")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		"SELECT count(*) FROM public.tenancy_tenant WHERE key = 'blue' AND state = 'active' AND old_key IS NULL": 1,
		"SELECT count(*) FROM " + made.Schema() + ".note WHERE text = 'first'":                                   1,
		"SELECT count(*) FROM " + made.Schema() + ".tag":                                                         0,
		"SELECT count(*) FROM public.tenancy_migration WHERE tenant_id > 0 AND state = 'applied'":                2,
		"SELECT count(*) FROM pg_constraint WHERE conname = 'note_member' AND convalidated":                      1,
		"SELECT count(*) FROM pg_tables WHERE tablename = 'note'":                                                1,
	} {
		if got := ask[int](t, cfg.URL, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if got, err := db.Get(t.Context(), "blue"); got != made || err != nil {
		t.Errorf("Get: %v, %v; want %v", got, err, made)
	}
	infos, err := db.List(t.Context())
	if err != nil || len(infos) != 1 || infos[0].Tenant != made || infos[0].Version != 2 || infos[0].Behind != 0 {
		t.Errorf("List: %+v, %v", infos, err)
	}
	if db.LatestVersion() != 2 {
		t.Errorf("LatestVersion: %d", db.LatestVersion())
	}
}

func TestCreateRefusesAKey(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	newTenant(t, db, "taken")
	for _, tt := range []struct {
		key  string
		want error
	}{
		{"taken", tenancy.ErrExists},
		{"admin", tenancy.ErrReserved}, {"Admin", tenancy.ErrReserved}, {"www", tenancy.ErrReserved},
		{"", tenancy.ErrInvalidKey}, {"a b", tenancy.ErrInvalidKey}, {"ä", tenancy.ErrInvalidKey}, {"a'", tenancy.ErrInvalidKey},
		{"a\n", tenancy.ErrInvalidKey}, {"a.b", tenancy.ErrInvalidKey}, {strings.Repeat("x", 51), tenancy.ErrInvalidKey},
		{strings.Repeat("x", 50), nil}, {"Taken", nil}, {"-_-", nil}, {"7", nil}, {"public", nil},
	} {
		_, err := db.Create(t.Context(), tt.key, nil)
		if !errors.Is(err, tt.want) {
			t.Errorf("%q: %v, want %v", tt.key, err, tt.want)
		}
		if err != nil && !strings.Contains(err.Error(), `"`+strings.ReplaceAll(tt.key, "\n", `\n`)+`"`) {
			t.Errorf("%q: the error does not name it: %v", tt.key, err)
		}
	}
}

func TestOfManyWhoCreateTheSameKeyAtOnceOneSucceeds(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			// The row of public.member is what the foreign key leads to.
			_, err := db.Create(t.Context(), "blue", func(tx tenancy.Tx, _ tenancy.Tenant) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO public.member (name) VALUES ('owner')")
				return err
			})
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, tenancy.ErrExists):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 7 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
	wantTenants(t, cfg.URL, 1)
}

func TestManyCreationsAtOnceDoNotWaitForEachOtherForEver(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	var wg sync.WaitGroup
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		wg.Go(func() {
			_, err := db.Create(t.Context(), key, func(tx tenancy.Tx, _ tenancy.Tenant) error {
				_, err := tx.Exec(t.Context(), "WITH m AS (INSERT INTO public.member (name) VALUES ('owner') RETURNING id) INSERT INTO note (text, member_id) SELECT 'hello', id FROM m")
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", key, err)
			}
		})
	}
	wg.Wait()
	wantTenants(t, cfg.URL, 8)
}

func TestACreationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, fn := range map[string]func(tenancy.Tx, func()) error{
		"an error": func(tenancy.Tx, func()) error { return boom },
		"a panic":  func(tenancy.Tx, func()) error { panic(boom) },
		"a cancelled request": func(tx tenancy.Tx, cancel func()) error {
			cancel()
			return boom
		},
		"a statement that fails and is not looked at": func(tx tenancy.Tx, _ func()) error {
			tx.Exec(context.Background(), "SELECT 1 / 0") //nolint:errcheck // that is the point
			return nil
		},
		"a row that breaks the foreign key": func(tx tenancy.Tx, _ func()) error {
			_, err := tx.Exec(context.Background(), "INSERT INTO note (text, member_id) VALUES ('x', 77)")
			return err
		},
		"a path that was changed": func(tx tenancy.Tx, _ func()) error {
			_, err := tx.Exec(context.Background(), "SET search_path TO public")
			return err
		},
		"a server process that dies": func(tx tenancy.Tx, _ func()) error {
			_, err := tx.Exec(context.Background(), "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := template.ConfigFor(t)
			db := open(t, cfg)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := func() (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = p.(error)
					}
				}()
				_, err = db.Create(ctx, "blue", func(tx tenancy.Tx, _ tenancy.Tenant) error {
					if _, err := tx.Exec(ctx, "INSERT INTO note (text) VALUES ('x')"); err != nil {
						t.Error(err)
					}
					return fn(tx, cancel)
				})
				return err
			}()
			_, isPG := errors.AsType[*pgconn.PgError](err)
			if err == nil || !errors.Is(err, boom) && !isPG && !errors.Is(err, tenancy.ErrPathChanged) {
				t.Errorf("err = %v", err)
			}
			wantTenants(t, cfg.URL, 0)
			newTenant(t, db, "blue")
		})
	}
}

// wantTenants fails t unless so many tenants are there, each whole.
func wantTenants(t *testing.T, url string, want int) {
	t.Helper()
	for what, query := range map[string]string{
		"rows":    "SELECT count(*) FROM public.tenancy_tenant",
		"schemas": "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^[a-z]{10}$'",
		"tables":  "SELECT count(*) / 2 FROM pg_tables WHERE tablename IN ('note', 'tag')",
		"ledgers": "SELECT count(*) / 2 FROM public.tenancy_migration WHERE tenant_id > 0",
		"keys":    "SELECT count(*) FROM pg_constraint WHERE conname = 'note_member'",
	} {
		if got := ask[int](t, url, query); got != want {
			t.Errorf("%d %s, want %d", got, what, want)
		}
	}
}

// open opens a database that is closed when t ends.
func open(t testing.TB, cfg tenancy.Config) *tenancy.DB {
	t.Helper()
	db, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}
