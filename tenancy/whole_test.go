package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

// TestATenantIsWholeOrAbsentWhenItsServerProcessDies ends every connection at a
// random moment of a creation, and counts how often that cut one.
func TestATenantIsWholeOrAbsentWhenItsServerProcessDies(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	var cut, made int
	for i := range 40 {
		db := open(t, cfg)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		var err error
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err = db.Create(ctx, fmt.Sprintf("tenant-%d", i), func(tx tenancy.Tx, _ tenancy.Tenant) error {
				_, err := tx.Exec(ctx, "INSERT INTO public.member (name) VALUES ('owner')")
				return err
			})
		})
		time.Sleep(time.Duration(rand.Int64N(int64(25 * time.Millisecond))))
		do(t, template.Server(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+ask[string](t, cfg.URL, "SELECT current_database()")+"'")
		wg.Wait()
		cancel()
		db.Close()
		if err != nil {
			cut++
		} else {
			made++
		}
	}
	t.Logf("%d cut, %d made", cut, made)
	// A creation may be cut after its commit, before its caller hears of it.
	tenants := ask[int](t, cfg.URL, "SELECT count(*) FROM public.tenancy_tenant")
	if cut == 0 || tenants < made {
		t.Errorf("%d cut, %d made, %d there", cut, made, tenants)
	}
	wantTenants(t, cfg.URL, tenants)
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM public.member"); n != tenants {
		t.Errorf("%d owners of %d tenants", n, tenants)
	}
}

func TestSignUpsGoOnWhileATenantIsMade(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	_, err := open(t, cfg).Create(t.Context(), "slow", func(tx tenancy.Tx, _ tenancy.Tenant) error {
		if _, err := tx.Exec(t.Context(), "INSERT INTO note (text) VALUES ('x')"); err != nil {
			return err
		}
		do(t, cfg.URL, "SET lock_timeout = '2s'; INSERT INTO public.member (name) VALUES ('somebody else')")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAMigrationThatFailsInANewTenantNamesItsStatement(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, later(cfg, "0003_bad.sql", "CREATE TABLE fine (n int PRIMARY KEY);\nINSERT INTO fine SELECT 1/0;"))
	_, err := db.Create(t.Context(), "blue", nil)
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "22012" || !strings.Contains(err.Error(), "0003_bad.sql line 3") {
		t.Errorf("err = %v", err)
	}
	wantTenants(t, cfg.URL, 0)
}

func TestASchemasNameThatIsTakenIsReplacedByAnother(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	taken := newTenant(t, db, "blue").Schema()
	do(t, cfg.URL, "CREATE SCHEMA nobodys")
	names := []string{taken, "nobodys", "freenameab"}
	tenancy.NameSchemas(db, func() string { defer func() { names = names[1:] }(); return names[0] })
	red, err := db.Create(t.Context(), "red", nil)
	if err != nil || red.Schema() != "freenameab" {
		t.Errorf("%v, %v", red, err)
	}
	tenancy.NameSchemas(db, func() string { return taken })
	if _, err := db.Create(t.Context(), "green", nil); err == nil || !strings.Contains(err.Error(), "the schema's name is taken") {
		t.Errorf("err = %v", err)
	}
	wantTenants(t, cfg.URL, 2)
}

func TestAProgramThatIsOlderThanTheTenantsMakesNone(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	older := open(t, cfg)
	newTenant(t, older, "before")
	newer := later(cfg, "0003_size.sql", "ALTER TABLE note ADD COLUMN size int;")
	began, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // it looked in time, and ends late
		_, err := older.Create(t.Context(), "meanwhile", func(tenancy.Tx, tenancy.Tenant) error {
			close(began)
			<-goOn
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-began
	time.AfterFunc(300*time.Millisecond, func() { close(goOn) })
	if r := migrate(t, newer); r.Tenants != 2 {
		t.Errorf("%+v", r)
	}
	wg.Wait()
	if _, err := older.Create(t.Context(), "after", nil); !errors.Is(err, tenancy.ErrNewer) {
		t.Errorf("err = %v", err)
	}
	newTenant(t, open(t, newer), "after")
	if s, err := open(t, newer).Status(t.Context()); err != nil || len(s.Behind) > 0 {
		t.Errorf("%+v, %v", s, err)
	}
}
