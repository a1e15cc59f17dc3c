package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

func TestHowManyNetworkTripsThingsTake(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	ctx := t.Context()
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	read := func(q interface {
		QueryRow(context.Context, string, ...any) pgx.Row
	}) error {
		var n int
		return q.QueryRow(ctx, "SELECT count(*) FROM note WHERE id > $1", 0).Scan(&n)
	}
	for _, tt := range []struct {
		name        string
		first, then int // the second time everything is prepared
		fn          func()
	}{
		{"a transaction without a statement", 0, 0, func() { must(db.InTx(ctx, red, func(tenancy.Tx) error { return nil })) }},
		{"a single read", 2, 1, func() { must(read(db.Single(red))) }},
		{"a single write", 2, 1, func() {
			_, err := db.Single(red).Exec(ctx, "INSERT INTO note (text) VALUES ($1)", "x")
			must(err)
		}},
		{"a transaction of one write", 2, 2, func() {
			must(db.InTx(ctx, red, func(tx tenancy.Tx) error { return note(ctx, tx, "x") }))
		}},
		{"a transaction of one read", 2, 2, func() { must(db.InReadTx(ctx, red, func(tx tenancy.Tx) error { return read(tx) })) }},
		{"a transaction of a batch", 2, 2, func() {
			must(db.InTx(ctx, red, func(tx tenancy.Tx) error {
				b := &pgx.Batch{}
				for range 3 {
					b.Queue("INSERT INTO note (text) VALUES ($1)", "x")
				}
				return tx.SendBatch(ctx, b).Close()
			}))
		}},
		{"a transaction that fails", 2, 2, func() {
			if err := db.InTx(ctx, red, func(tx tenancy.Tx) error { return errors.Join(note(ctx, tx, "x"), errBoom) }); !errors.Is(err, errBoom) {
				t.Error(err)
			}
		}},
	} {
		for round, want := range []int{tt.first, tt.then} {
			got, err := tenancy.Trips(ctx, db, red, tt.fn)
			if err != nil || got != want {
				t.Errorf("%s, round %d: %d trips, %v; want %d", tt.name, round, got, err, want)
			}
		}
	}
}

func TestStatementsPreparedForOneTenantDoNotServeAnother(t *testing.T) {
	t.Parallel()
	db, red, blue := one(t)
	ctx := t.Context()
	for i := range 20 {
		tenant := []tenancy.Tenant{red, blue}[i%2]
		if _, err := db.Single(tenant).Exec(ctx, "INSERT INTO note (text) VALUES ($1)", tenant.Key()); err != nil {
			t.Fatal(err)
		}
		var seen string
		if err := db.Single(tenant).QueryRow(ctx, "SELECT max(text) || min(text) FROM note WHERE id > $1", 0).Scan(&seen); err != nil || seen != tenant.Key()+tenant.Key() {
			t.Errorf("%s sees %s, %v", tenant.Key(), seen, err)
		}
	}
	wantNotes(t, db, red, 10)
	wantNotes(t, db, blue, 10)
}

// TestAMigrationUnderWayIsNotNoticed changes the columns that a prepared
// statement returns.
func TestAMigrationUnderWayIsNotNoticed(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	ctx := t.Context()
	run := func() error {
		rows, err := db.Single(red).Query(ctx, "SELECT * FROM note WHERE id > $1", 0)
		rows.Close()
		return errors.Join(err, rows.Err(), db.InTx(ctx, red, func(tx tenancy.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE note SET text = $1 RETURNING *", "x")
			return err
		}))
	}
	for i := range 3 {
		if err := run(); err != nil {
			t.Errorf("after %d migrations: %v", i, err)
		}
		if _, err := db.Shared().Exec(ctx, fmt.Sprintf("ALTER TABLE %s.note ADD COLUMN more%d text", red.Schema(), i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := db.Stats().Retried; n < 2 {
		t.Errorf("%d retries: the migrations went unseen", n)
	}
}

func TestOtherErrorsOfThatCodeAreNotRetried(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	runs := 0
	err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '0A000'; END $$")
		return err
	})
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "0A000" || runs != 1 {
		t.Errorf("%v after %d runs", err, runs)
	}
}

func TestAServerThatForgotItsStatementsHeals(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, after := range []func(db *tenancy.DB, red tenancy.Tenant) error{
		func(db *tenancy.DB, red tenancy.Tenant) error {
			_, err := db.Single(red).Exec(ctx, "INSERT INTO note (text) VALUES ($1)", "x")
			return err
		},
		func(db *tenancy.DB, red tenancy.Tenant) error {
			return db.InTx(ctx, red, func(tx tenancy.Tx) error { return note(ctx, tx, "x") })
		},
	} {
		db, red, _ := one(t)
		rogue := db.InTx(ctx, red, func(tx tenancy.Tx) error {
			_, err := tx.Exec(ctx, "DEALLOCATE ALL")
			return err
		})
		if err := after(db, red); err != nil {
			t.Errorf("%v; the rogue had %v", err, rogue)
		}
		wantNotes(t, db, red, 1)
	}
}

func TestASmallCacheOfStatementsChangesNothing(t *testing.T) {
	t.Parallel()
	db := template.Open(t, func(c *tenancy.Config) { c.MaxConns, c.SharedConns, c.Statements = 2, 1, 4 })
	red := newTenant(t, db, "red")
	for i := range 40 {
		var n int
		if err := db.Single(red).QueryRow(t.Context(), fmt.Sprintf("SELECT %d + $1::int", i%7), 1).Scan(&n); err != nil || n != i%7+1 {
			t.Fatalf("%d, %v", n, err)
		}
	}
	b := &pgx.Batch{}
	for i := range 30 {
		b.Queue(fmt.Sprintf("SELECT %d + $1::int", i), 1).QueryRow(func(row pgx.Row) error {
			var n int
			if err := row.Scan(&n); err != nil || n != i+1 {
				return fmt.Errorf("%d instead of %d, %w", n, i+1, err)
			}
			return nil
		})
	}
	if err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error { return tx.SendBatch(t.Context(), b).Close() }); err != nil {
		t.Error(err)
	}
	var known int
	err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error {
		if _, err := tx.Exec(t.Context(), "SELECT $1::int", 1); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM pg_prepared_statements", pgx.QueryExecModeExec).Scan(&known)
	})
	if err != nil || known > 4+4+3 {
		t.Errorf("the server knows %d statements, %v", known, err)
	}
}
