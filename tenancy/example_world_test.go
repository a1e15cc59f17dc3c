package tenancy_test

import (
	"context"
	"io/fs"
	"log"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// exampleTB lets an example borrow what is made for tests.
type exampleTB struct {
	testing.TB
	cleanups []func()
}

func (e *exampleTB) Helper()           {}
func (e *exampleTB) Fatal(args ...any) { log.Fatal(args...) }
func (e *exampleTB) Error(args ...any) { log.Fatal(args...) }
func (e *exampleTB) Cleanup(fn func()) { e.cleanups = append(e.cleanups, fn) }

// database leads to an empty database, until done.
func database() (url string, done func()) {
	e := &exampleTB{}
	url = template.EmptyURL(e)
	return url, func() {
		for _, fn := range e.cleanups {
			fn()
		}
	}
}

// demo is the examples' application with two companies, until done.
func demo() (db *tenancy.DB, done func()) {
	ctx := context.Background()
	url, drop := database()
	db, err := start(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range []string{"acme", "globex"} {
		_, err := db.Create(ctx, key, func(tx tenancy.Tx, t tenancy.Tenant) error {
			_, err := tx.Exec(ctx, "INSERT INTO public.company (id, name) VALUES ($1, $2)", t.ID(), key)
			return err
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	return db, func() { db.Close(); drop() }
}

// setup runs what an example needs to be there.
func setup(db *tenancy.DB, sql string) {
	if _, err := db.Shared().Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		log.Fatal(err)
	}
}

// before leaves a database as a program did that knew one tenant migration.
func before(url, file string, keys ...string) {
	ctx := context.Background()
	cfg := config(url)
	data, err := fs.ReadFile(cfg.Tenant, file)
	if err != nil {
		log.Fatal(err)
	}
	cfg.Tenant = fstest.MapFS{file: &fstest.MapFile{Data: data}}
	if _, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{}); err != nil {
		log.Fatal(err)
	}
	db, err := tenancy.Open(ctx, cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	for _, key := range keys {
		if _, err := db.Create(ctx, key, nil); err != nil {
			log.Fatal(err)
		}
	}
}
