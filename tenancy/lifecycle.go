package tenancy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Rename gives t another key; its id and schema stay. fn, which may be nil, is
// the application's own part of it, in the same transaction. The error is
// ErrInvalidKey, ErrReserved or ErrExists where the key is at fault, and
// ErrState for a tenant that is built in, or has no key any more.
func (db *DB) Rename(ctx context.Context, t Tenant, key string, fn func(Tx) error) error {
	f, err := db.registry()
	if err != nil {
		return err
	}
	if err := f.checkKey(key); err != nil {
		return err
	}
	return db.change(ctx, t, change{name: "rename", from: []State{Active, Suspended}, key: key, fn: fn})
}

// Suspend takes an active tenant out of service: Get refuses it, and so does
// the middleware. Its key and its tables stay. by is kept as Info.StateBy. fn
// as for Rename.
func (db *DB) Suspend(ctx context.Context, t Tenant, by string, fn func(Tx) error) error {
	return db.change(ctx, t, change{name: "suspend", from: []State{Active}, to: Suspended, by: by, fn: fn})
}

// Resume takes a suspended tenant into service again.
func (db *DB) Resume(ctx context.Context, t Tenant, by string, fn func(Tx) error) error {
	return db.change(ctx, t, change{name: "resume", from: []State{Suspended}, to: Active, by: by, fn: fn})
}

// Trash puts a tenant away: nobody finds it any more, its key is free for
// another, its schema stays as it is.
func (db *DB) Trash(ctx context.Context, t Tenant, by string, fn func(Tx) error) error {
	return db.change(ctx, t, change{name: "trash", from: []State{Active, Suspended}, to: Trashed, by: by, fn: fn})
}

// change is one step in a tenant's life: to another state, or to another key.
type change struct {
	name string
	from []State
	to   State // empty: the same
	by   string
	key  string // empty: the same, or none
	fn   func(Tx) error
}

func (db *DB) change(ctx context.Context, t Tenant, c change) error {
	f, err := db.registry()
	if err != nil {
		return err
	}
	if t.schema == "" {
		return ErrNoTenant
	}
	if f.builtIn[t.schema] {
		return fmt.Errorf("%w: %q is built in: it cannot be changed", ErrState, t.key)
	}
	return db.InTx(ctx, t, func(tx Tx) error {
		if err := c.write(ctx, tx, t.id); err != nil || c.fn == nil {
			return err
		}
		return c.fn(tx)
	})
}

// write changes the row, which is locked first: two changes at once come one
// after the other, and the second sees what the first has made.
func (c change) write(ctx context.Context, tx Tx, id int64) error {
	var key string
	var state State
	err := tx.QueryRow(ctx, "SELECT coalesce(key, old_key, ''), state FROM public.tenancy_tenant WHERE id = $1 FOR UPDATE",
		pgx.QueryExecModeExec, id).Scan(&key, &state)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: id %d", ErrNotFound, id)
	}
	if err != nil {
		return fmt.Errorf("tenancy: %s: %w", c.name, err)
	}
	if !slices.Contains(c.from, state) {
		return fmt.Errorf("%w: %s %q: it is %s", ErrState, c.name, key, state)
	}
	sql, args := c.update(id, key)
	_, err = tx.Exec(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == uniqueViolation {
		return fmt.Errorf("%w: %q", ErrExists, c.key)
	}
	if err == nil {
		_, err = tx.Exec(ctx, "SELECT pg_notify($1, $2), pg_notify($1, $3)", pgx.QueryExecModeExec, channel, key, cmp.Or(c.key, key))
	}
	if err != nil {
		return fmt.Errorf("tenancy: %s %q: %w", c.name, key, err)
	}
	return nil
}

func (c change) update(id int64, key string) (sql string, args []any) {
	switch c.to {
	case "":
		return "UPDATE public.tenancy_tenant SET key = $2 WHERE id = $1", []any{id, c.key}
	case Trashed:
		return "UPDATE public.tenancy_tenant SET state = $2, state_at = now(), state_by = $3, old_key = $4, key = NULL WHERE id = $1",
			[]any{id, string(c.to), c.by, key}
	}
	return "UPDATE public.tenancy_tenant SET state = $2, state_at = now(), state_by = $3 WHERE id = $1", []any{id, string(c.to), c.by}
}
