package tenancy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// InTx runs fn in one transaction bound to t, and commits when fn returns nil.
// An error rolls back and comes back unchanged; a panic rolls back and goes on.
// fn may be run twice, so it touches nothing but the database.
func (db *DB) InTx(ctx context.Context, t Tenant, fn func(Tx) error) error {
	return db.run(ctx, t, write, fn)
}

// InReadTx is InTx for work that only reads. It ends with a rollback, which
// also undoes whatever fn did to the path.
func (db *DB) InReadTx(ctx context.Context, t Tenant, fn func(Tx) error) error {
	return db.run(ctx, t, read, fn)
}

const write, read = "begin; ", "begin read only; "

func (db *DB) run(ctx context.Context, t Tenant, begin string, fn func(Tx) error) error {
	if t.schema == "" {
		return ErrNoTenant
	}
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("tenancy: %w", err)
	}
	defer conn.Release()
	return once(ctx, conn.Conn(), t, begin, fn)
}

func once(ctx context.Context, conn *pgx.Conn, t Tenant, begin string, fn func(Tx) error) error {
	raw, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin + "select set_config('search_path', '" + t.schema + "', true)"})
	if err != nil {
		return fmt.Errorf("tenancy: bind %q: %w", t.schema, err)
	}
	defer rollback(ctx, conn, raw)
	if err := fn(Tx{raw: raw, tenant: t}); err != nil || begin == read {
		return err
	}
	return commit(ctx, conn, raw, t)
}

// check fails, with the path in its message, when the path is not t's.
func (t Tenant) check() string {
	return "select case when current_setting('search_path') <> '" + t.schema +
		"' then ('search_path is ' || current_setting('search_path'))::int end"
}

// commit checks the path and commits in one trip: PostgreSQL does not reach the
// commit when the check fails.
func commit(ctx context.Context, conn *pgx.Conn, tx pgx.Tx, t Tenant) error {
	_, err := conn.Exec(ctx, t.check()+"; commit")
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "22P02" {
		return fmt.Errorf("%w: %w", ErrPathChanged, err)
	}
	return err
}

func rollback(ctx context.Context, conn *pgx.Conn, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if conn.PgConn().TxStatus() != 'I' {
		tx.Rollback(ctx) //nolint:errcheck // a connection that is not idle is closed
	}
}
