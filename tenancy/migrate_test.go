package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// migrate runs Migrate and fails t if that fails.
func migrate(t testing.TB, cfg tenancy.Config) tenancy.Report {
	t.Helper()
	report, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// later is the application of template after some more tenant migrations.
func later(cfg tenancy.Config, pairs ...string) tenancy.Config {
	cfg.Tenant = both(tenantFiles, files(pairs...))
	return cfg
}

// both joins two sets of migrations; of two files with one name the second counts.
func both(a, b fs.FS) fs.FS {
	all := []string{}
	for _, fsys := range []fs.FS{a, b} {
		names, _ := fs.Glob(fsys, "*.sql")
		for _, name := range names {
			all = append(all, name, strings.TrimPrefix(read(fsys, name), "-- +goose Up\n"))
		}
	}
	return files(all...)
}

func read(fsys fs.FS, name string) string {
	data, _ := fs.ReadFile(fsys, name)
	return string(data)
}

func TestMigrateMakesEverythingInAnEmptyDatabaseAndThenHasNothingToDo(t *testing.T) {
	t.Parallel()
	cfg := tenancy.Config{URL: template.EmptyURL(t), Shared: sharedFiles, Tenant: tenantFiles, BuiltIn: []tenancy.BuiltIn{{"home", "personal"}}}
	plan, err := tenancy.Plan(t.Context(), cfg)
	if err != nil || plan.Empty() || fmt.Sprint(plan.Own, plan.Shared, plan.BuiltIn, plan.RoleSet) != "[0001_registry.sql 0002_version.sql] [0001_member.sql] [home] true" {
		t.Errorf("Plan before: %+v, %v", plan, err)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
		t.Errorf("Plan has made %d tables", n)
	}
	if r := migrate(t, cfg); r.Nothing() || fmt.Sprint(r.Own, r.Shared, r.BuiltIn, r.RoleSet, r.Tenants) != "[0001_registry.sql 0002_version.sql] [0001_member.sql] [home] true 0" {
		t.Errorf("first: %+v", r)
	}
	if plan, err := tenancy.Plan(t.Context(), cfg); err != nil || !plan.Empty() || plan.Tenants != 1 || plan.Latest != 2 {
		t.Errorf("Plan after: %+v, %v", plan, err)
	}
	if r := migrate(t, cfg); !r.Nothing() {
		t.Errorf("second: %+v", r)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM personal.note"); n != 0 {
		t.Errorf("%d notes", n)
	}
}

func TestMigrateBringsEveryTenantThatIsNotGoneUpToDate(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	active, suspended, trashed := newTenant(t, db, "active"), newTenant(t, db, "suspended"), newTenant(t, db, "trashed")
	if err := errors.Join(suspend(db, t, suspended, nil), trash(db, t, trashed, nil)); err != nil {
		t.Fatal(err)
	}
	do(t, cfg.URL, "INSERT INTO public.tenancy_tenant (schema_name, state) VALUES ('dropped', 'gone')")
	cfg = later(cfg, "0003_color.sql", "ALTER TABLE note ADD COLUMN color text NOT NULL DEFAULT 'blue'; UPDATE note SET color = 'red';", "0004_size.sql", "ALTER TABLE note ADD COLUMN size int;")
	db = open(t, cfg)
	if s, err := db.Status(t.Context()); err != nil || s.Latest != 4 || s.Tenants != 3 || len(s.Behind) != 3 || s.Behind[0].Tenant != active || s.Behind[0].Version != 2 {
		t.Errorf("Status before: %+v, %v", s, err)
	}
	if info, err := db.Info(t.Context(), "active"); err != nil || info.Behind != 2 || info.Version != 2 {
		t.Errorf("Info before: %+v, %v", info, err)
	}
	var seen []int
	r, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{Progress: func(done, total int) { seen = append(seen, done*10+total) }})
	if err != nil || r.Tenants != 3 || fmt.Sprint(seen) != "[13 23 33]" {
		t.Errorf("%+v, %v, progress %v", r, err, seen)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM information_schema.columns WHERE table_name = 'note' AND column_name IN ('color', 'size')"); n != 6 {
		t.Errorf("%d new columns, want 6", n)
	}
	if s, err := db.Status(t.Context()); err != nil || len(s.Behind) != 0 {
		t.Errorf("Status after: %+v, %v", s, err)
	}
	if created := newTenant(t, db, "new"); ask[string](t, cfg.URL, "SELECT count(color)::text FROM "+created.Schema()+".note") != "0" {
		t.Error("a new tenant has another version")
	}
}

func TestMigrateGoesOnPastATenantThatFailsAndTriesAgainNextTime(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	var bad tenancy.Tenant
	for _, key := range []string{"a", "b", "bad", "c", "d"} {
		if tenant := newTenant(t, db, key); key == "bad" {
			bad = tenant
		}
	}
	do(t, cfg.URL, "INSERT INTO "+bad.Schema()+".note (text) VALUES ('x'), ('x')")
	cfg = later(cfg, "0003_fine.sql", "ALTER TABLE note ADD COLUMN size int;", "0004_unique.sql", "SELECT 1;\nALTER TABLE note ADD CONSTRAINT note_unique UNIQUE (text);")
	r, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{})
	failed, ok := errors.AsType[*tenancy.MigrationError](err)
	if !ok || failed.Tenant != bad || failed.Version != 4 || failed.At != "0004_unique.sql line 3" || r.Tenants != 4 || len(r.Failed) != 1 || r.Left != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	s, err := open(t, cfg).Status(t.Context())
	if err != nil || len(s.Behind) != 1 || s.Behind[0].Version != 2 || !strings.Contains(s.Behind[0].Error, "note_unique") || time.Since(s.Behind[0].FailedAt) > time.Minute {
		t.Errorf("Status: %+v, %v", s, err)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM information_schema.columns WHERE column_name = 'size' AND table_schema = '"+bad.Schema()+"'"); n != 0 {
		t.Error("the tenant that failed was left half way")
	}
	do(t, cfg.URL, "DELETE FROM "+bad.Schema()+".note")
	if r := migrate(t, cfg); r.Tenants != 1 {
		t.Errorf("%+v", r)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM public.tenancy_migration WHERE state = 'failed' OR error <> ''"); n != 0 {
		t.Errorf("%d failures are still in the ledger", n)
	}
}

func TestTheCanaryComesFirstAndStopsTheRollOut(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	for _, key := range []string{"a", "b", "canary"} {
		newTenant(t, db, key)
	}
	canary, _ := db.Get(t.Context(), "canary")
	do(t, cfg.URL, "INSERT INTO "+canary.Schema()+".note (text) VALUES ('x'), ('x')")
	cfg = later(cfg, "0003_unique.sql", "ALTER TABLE note ADD CONSTRAINT note_unique UNIQUE (text);")
	r, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{Canary: "canary"})
	if err == nil || r.Tenants != 0 || len(r.Failed) != 1 || r.Left != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{Canary: "nobody"}); !errors.Is(err, tenancy.ErrNotFound) {
		t.Errorf("a canary that is not there: %v", err)
	}
	do(t, cfg.URL, "DELETE FROM "+canary.Schema()+".note")
	if r, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{Canary: "canary"}); err != nil || r.Tenants != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestMigrateGetsThroughBehindATransactionThatHoldsALock(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	tenant := newTenant(t, open(t, cfg), "busy")
	conn, err := pgx.Connect(t.Context(), cfg.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // done
	reader, err := pgx.Connect(t.Context(), cfg.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(context.Background()) //nolint:errcheck // done
	if _, err := conn.Exec(t.Context(), "BEGIN; SELECT FROM "+tenant.Schema()+".note"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		// A reader, whom the waiting migration must not hold up: the lock that it
		// waits for is held until every read is through.
		if _, err := reader.Exec(t.Context(), "SET statement_timeout = '30s'"); err != nil {
			t.Error(err)
		}
		for range 60 {
			if _, err := reader.Exec(t.Context(), "SELECT count(*) FROM "+tenant.Schema()+".note"); err != nil {
				t.Errorf("a reader is held up: %v", err)
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		conn.Exec(context.Background(), "COMMIT") //nolint:errcheck // Migrate will tell
	})
	r, err := tenancy.Migrate(t.Context(), later(cfg, "0003_size.sql", "ALTER TABLE note ADD COLUMN size int;"), tenancy.MigrateOptions{})
	wg.Wait()
	if err != nil || r.Tenants != 1 || r.Retries == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOfTwoMigratesAtOnceOneDoesTheWork(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	for _, key := range []string{"a", "b", "c"} {
		newTenant(t, db, key)
	}
	cfg = later(cfg, "0003_count.sql", "UPDATE note SET text = text; CREATE TABLE counter (n int PRIMARY KEY); SELECT pg_sleep(0.05);")
	reports := make([]tenancy.Report, 4)
	var wg sync.WaitGroup
	for i := range reports {
		wg.Go(func() { reports[i] = migrate(t, cfg) })
	}
	wg.Wait()
	worked := 0
	for _, r := range reports {
		if worked += r.Tenants; r.Tenants != 0 && r.Tenants != 3 {
			t.Errorf("%+v", r)
		}
	}
	if worked != 3 {
		t.Errorf("%d tenants were migrated, want 3", worked)
	}
}

func TestAMigrateThatWaitsForAnotherEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	newTenant(t, open(t, cfg), "a")
	cfg = later(cfg, "0003_slow.sql", "SELECT pg_sleep(1);")
	var wg sync.WaitGroup
	wg.Go(func() { migrate(t, cfg) })
	time.Sleep(200 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
	wg.Wait()
}

func TestAMigrateThatIsCancelledSaysWhatIsLeftAndIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	for _, key := range []string{"a", "b", "c", "d"} {
		newTenant(t, db, key)
	}
	cfg = later(cfg, "0003_slow.sql", "CREATE TABLE third (n int PRIMARY KEY); SELECT pg_sleep(0.02);")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{Workers: 1, Progress: func(done, _ int) {
		if done == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || r.Tenants != 2 || r.Left != 2 || len(r.Failed) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if r := migrate(t, cfg); r.Tenants != 2 {
		t.Errorf("taken up again: %+v", r)
	}
}

func TestMigrateStopsAtASharedMigrationThatFails(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	newTenant(t, open(t, cfg), "a")
	cfg = later(cfg, "0003_third.sql", "CREATE TABLE third (n int PRIMARY KEY);")
	cfg.Shared = both(sharedFiles, files("0002_fine.sql", "CREATE TABLE public.second (n int PRIMARY KEY);", "0003_bad.sql", "CREATE TABLE public.third (n int PRIMARY KEY);\n\nSELECT 1/0;"))
	r, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{})
	failed, ok := errors.AsType[*tenancy.MigrationError](err)
	if !ok || failed.At != "0003_bad.sql line 4" || failed.Tenant != (tenancy.Tenant{}) || r.Tenants != 0 || len(r.Shared) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM pg_tables WHERE tablename = 'third'"); n != 0 {
		t.Errorf("%d tables third", n)
	}
}

func TestAMigrationThatLeavesItsSchemaIsUndone(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	newTenant(t, open(t, cfg), "a")
	cfg = later(cfg, "0003_rogue.sql", "SELECT set_config('search_path', 'public', false); CREATE TABLE stray (n int PRIMARY KEY);")
	if _, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{}); err == nil || !strings.Contains(err.Error(), "search_path is public") {
		t.Errorf("err = %v", err)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM pg_tables WHERE tablename = 'stray'"); n != 0 {
		t.Error("the table was made in public")
	}
}

func TestATenantWhoseMigrationEndsTheServerProcessFailsAlone(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	for _, key := range []string{"a", "bad", "c"} {
		newTenant(t, db, key)
	}
	bad, _ := db.Get(t.Context(), "bad")
	do(t, cfg.URL, "INSERT INTO "+bad.Schema()+".note (text) VALUES ('x')")
	cfg = later(cfg, "0003_kill.sql", "SELECT pg_terminate_backend(pg_backend_pid()) FROM note;")
	r, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{Workers: 1})
	if err == nil || r.Tenants != 2 || len(r.Failed) != 1 || r.Failed[0].Tenant != bad || r.Left != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if s, err := db.Status(t.Context()); err != nil || ask[int](t, cfg.URL, "SELECT count(*) FROM public.tenancy_migration WHERE state = 'failed'") != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	do(t, cfg.URL, "DELETE FROM "+bad.Schema()+".note")
	if r := migrate(t, cfg); r.Tenants != 1 {
		t.Errorf("%+v", r)
	}
}
