package tenancy

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DB opens transactions bound to one tenant, and keeps the registry of tenants.
type DB struct {
	cfg    Config
	shared *pgxpool.Pool
	pool   *pgxpool.Pool
}

// Open connects to a database that Migrate has prepared. Outside a tenant's
// transaction the search path is empty, so a query that forgot its tenant fails
// (42P01) instead of finding a table.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg = cfg.withDefaults()
	shared, err := newPool(ctx, cfg.URL, cfg.SharedConns)
	if err != nil {
		return nil, err
	}
	pool, err := newPool(ctx, cfg.URL, max(1, cfg.MaxConns-cfg.SharedConns))
	if err != nil {
		shared.Close()
		return nil, err
	}
	return &DB{cfg: cfg, shared: shared, pool: pool}, nil
}

func newPool(ctx context.Context, url string, conns int) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	cfg.MaxConns = int32(conns)
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "select set_config('search_path', '', false)")
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	return pool, nil
}

// Close closes every connection, once it is back.
func (db *DB) Close() {
	db.shared.Close()
	db.pool.Close()
}

// Shared returns the pool for the shared tables. Its connections have an empty
// search path: tables are written public.x.
func (db *DB) Shared() *pgxpool.Pool { return db.shared }
