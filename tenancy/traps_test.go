package tenancy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

// Each trap of docs/tenancy.md, as it shuts.

// inTx runs one statement in a tenant and returns its error's code, "" for none.
func inTx(t *testing.T, db *tenancy.DB, tenant tenancy.Tenant, sql string) string {
	t.Helper()
	err := db.InTx(t.Context(), tenant, func(tx tenancy.Tx) error {
		_, err := tx.Exec(t.Context(), sql)
		return err
	})
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	if err != nil {
		t.Errorf("%s: %v", sql, err)
	}
	return ""
}

func TestTrapAnUnqualifiedSharedTableIsNotFoundInATenant(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	blue := newTenant(t, db, "blue")
	for sql, code := range map[string]string{"SELECT FROM member": "42P01", "SELECT FROM public.member": "", "SELECT FROM note": "", "SELECT FROM public.note": "42P01"} {
		if got := inTx(t, db, blue, sql); got != code {
			t.Errorf("%s: %q, want %q", sql, got, code)
		}
	}
}

func TestTrapOperatorsAndFunctionsOfPublicAreWrittenOut(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	do(t, cfg.URL, `CREATE FUNCTION public.near(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT abs($1 - $2) < 2';
		CREATE OPERATOR public.=~= (LEFTARG = int, RIGHTARG = int, FUNCTION = public.near);`)
	db := open(t, cfg)
	blue := newTenant(t, db, "blue")
	for sql, code := range map[string]string{
		"SELECT near(1, 2)": "42883", "SELECT public.near(1, 2)": "",
		"SELECT 1 =~= 2": "42883", "SELECT 1 OPERATOR(public.=~=) 2": "",
	} {
		if got := inTx(t, db, blue, sql); got != code {
			t.Errorf("%s: %q, want %q", sql, got, code)
		}
	}
	if ask[bool](t, cfg.URL, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'citext')") {
		do(t, cfg.URL, "CREATE EXTENSION citext SCHEMA public")
		var plain, qualified bool
		err := db.InReadTx(t.Context(), blue, func(tx tenancy.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT 'A'::public.citext = 'a'::public.citext, 'A'::public.citext OPERATOR(public.=) 'a'::public.citext`).Scan(&plain, &qualified)
		})
		if err != nil || plain || !qualified {
			t.Errorf("citext: %t, %t, %v", plain, qualified, err)
		}
	}
}

func TestTrapUniqueMeansUniqueInOneTenant(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	blue, red := newTenant(t, db, "blue"), newTenant(t, db, "red")
	for _, tt := range []struct {
		tenant tenancy.Tenant
		sql    string
		code   string
	}{
		{blue, "INSERT INTO tag (name) VALUES ('a')", ""},
		{red, "INSERT INTO tag (name) VALUES ('a')", ""},
		{red, "INSERT INTO tag (name) VALUES ('a')", "23505"},
		{red, "INSERT INTO tag (name) VALUES ('a') ON CONFLICT (name) DO NOTHING", ""},
	} {
		if got := inTx(t, db, tt.tenant, tt.sql); got != tt.code {
			t.Errorf("%s in %s: %q, want %q", tt.sql, tt.tenant.Key(), got, tt.code)
		}
	}
}

func TestTrapOnConflictDoNothingReturnsNoRow(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	blue := newTenant(t, db, "blue")
	for i, want := range []int{1, 0} {
		err := db.InTx(t.Context(), blue, func(tx tenancy.Tx) error {
			rows, err := tx.Query(t.Context(), "INSERT INTO tag (name) VALUES ('a') ON CONFLICT (name) DO NOTHING RETURNING name")
			if err != nil {
				return err
			}
			got := 0
			for rows.Next() {
				got++
			}
			if got != want {
				t.Errorf("time %d: %d rows, want %d", i+1, got, want)
			}
			return rows.Err()
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestTrapASecondConnectionWhileHoldingOneWaitsForItself(t *testing.T) {
	t.Parallel()
	db := template.Open(t, func(c *tenancy.Config) { c.MaxConns, c.SharedConns = 2, 1 })
	blue := newTenant(t, db, "blue")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	nothing := func(tenancy.Tx) error { return nil }
	err := db.InTx(t.Context(), blue, func(tx tenancy.Tx) error {
		if _, err := tx.Exec(t.Context(), "SELECT FROM public.member"); err != nil {
			t.Errorf("on the same transaction: %v", err)
		}
		return db.InTx(ctx, blue, func(inner tenancy.Tx) error {
			_, err := inner.Exec(ctx, "SELECT FROM note")
			return errors.Join(err, nothing(inner))
		})
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
}

func TestTrapAFunctionThatChangesThePathIsUndone(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	blue, red := newTenant(t, db, "blue"), newTenant(t, db, "red")
	err := db.InTx(t.Context(), blue, func(tx tenancy.Tx) error {
		if _, err := tx.Exec(t.Context(), "SELECT set_config('search_path', '"+red.Schema()+"', false)"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO tag (name) VALUES ('stray')")
		return err
	})
	if !errors.Is(err, tenancy.ErrPathChanged) || ask[int](t, cfg.URL, "SELECT count(*) FROM "+red.Schema()+".tag") != 0 {
		t.Errorf("err = %v, or the row was kept", err)
	}
}

func TestTrapATypeOfATenantsOwnIsAnotherTypeInEachTenant(t *testing.T) {
	t.Parallel()
	cfg := later(template.ConfigFor(t), "0003_mood.sql", "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE day (mood mood PRIMARY KEY);")
	db := open(t, cfg)
	newTenant(t, db, "blue")
	newTenant(t, db, "red")
	if n := ask[int](t, cfg.URL, "SELECT count(DISTINCT atttypid) FROM pg_attribute WHERE attname = 'mood'"); n != 2 {
		t.Errorf("%d types, want 2", n)
	}
}

func TestTrapAConcurrentIndexIsRefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	cfg := later(template.ConfigFor(t), "0003_index.sql", "CREATE INDEX CONCURRENTLY note_member ON note (member_id);")
	if _, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{}); err == nil || !strings.Contains(err.Error(), "CONCURRENTLY does not work in a transaction") {
		t.Errorf("err = %v", err)
	}
}
