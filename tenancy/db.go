package tenancy

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
)

// DB opens transactions bound to one tenant, and keeps the registry of tenants.
// It is safe for use by many at once.
type DB struct {
	cfg     Config
	shared  *pgxpool.Pool
	pool    *pool
	pooled  bool // a pooler is between
	retries atomic.Int64
}

// Open connects to a database that Migrate has prepared. It finds out by itself
// whether a pooler is between, and then does nothing that is not safe with one:
// no statement is prepared, nothing is set for a session.
//
// Outside a tenant's transaction the search path is empty, so a query that forgot
// its tenant fails (42P01) instead of finding a table. Where it is not, as the
// role's setting is missing, Open fails with [ErrPathSet] and says what to type.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	return open(ctx, cfg, defects{})
}

func open(ctx context.Context, cfg Config, bugs defects) (*DB, error) {
	db := &DB{cfg: cfg.withDefaults()}
	if _, err := db.registry(); err != nil {
		return nil, err
	}
	d, err := newDialer(ctx, db.cfg)
	if err != nil {
		return nil, err
	}
	d.bugs, db.pooled = bugs, d.pooled
	if db.shared, err = d.sharedPool(ctx); err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	db.pool = newPool(max(1, db.cfg.MaxConns-db.cfg.SharedConns), d.dial)
	return db, nil
}

// Close closes every connection, once it is back.
func (db *DB) Close() {
	db.closeFleet()
	db.pool.close()
	db.shared.Close()
}

// Shared returns the pool for the shared tables. Its connections have an empty
// search path: tables are written public.x. Behind a pooler its statements run
// in pgx's exec mode, where the parameter of a jsonb is a json.RawMessage, not a
// []byte.
func (db *DB) Shared() *pgxpool.Pool { return db.shared }
