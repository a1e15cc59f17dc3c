package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/localpg"
)

//go:embed schema/*.sql
var files embed.FS

// world is a database with tenants, and one schema like theirs for raw pgx.
type world struct {
	o       options
	server  *localpg.Server
	cfg     tenancy.Config
	tenants []tenancy.Tenant
}

const (
	oneSchema = "one"
	allSchema = "every"
	oursName  = "bench tenancy"
	rawName   = "bench pgx"
)

// newWorld starts a server and fills it.
func newWorld(ctx context.Context, o options, out io.Writer) (*world, error) {
	most := 0
	for _, n := range o.tenants {
		most = max(most, n)
	}
	server, err := localpg.Start(ctx, localpg.Config{Settings: map[string]string{
		"max_connections": "100", "max_locks_per_transaction": "256", "shared_buffers": "256MB", "autovacuum": "off",
	}})
	if err != nil {
		return nil, err
	}
	schema, err := fs.Sub(files, "schema")
	w := &world{o: o, server: server, cfg: tenancy.Config{URL: server.URL() + "&application_name=bench%20tenancy", Tenant: schema, MaxConns: o.conns + 2, SharedConns: 2}}
	if err == nil {
		fmt.Fprintf(out, "PostgreSQL %s, %d CPUs, %d connections a side; making %d tenants with %d rows each\n",
			server.Binaries().Version, runtime.NumCPU(), o.conns, most, o.rows)
		err = w.fill(ctx, most)
	}
	if err != nil {
		w.close(ctx)
		return nil, err
	}
	return w, nil
}

func (w *world) close(ctx context.Context) {
	w.server.Stop(context.WithoutCancel(ctx)) //nolint:errcheck // nothing of it is needed any more
}

// fill makes the tenants, and the one schema from the same file.
func (w *world) fill(ctx context.Context, n int) error {
	if _, err := tenancy.Migrate(ctx, w.cfg, tenancy.MigrateOptions{}); err != nil {
		return err
	}
	db, err := tenancy.Open(ctx, w.cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	w.tenants = make([]tenancy.Tenant, n)
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for k := range errs {
		wg.Go(func() {
			for i := k; i < n && errs[k] == nil; i += len(errs) {
				w.tenants[i], errs[k] = db.Create(ctx, fmt.Sprintf("t%d", i), func(tx tenancy.Tx, _ tenancy.Tenant) error {
					return rows(ctx, tx, w.o.rows)
				})
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := w.plain(ctx, oneSchema, w.o.rows); err != nil {
		return err
	}
	return w.plain(ctx, allSchema, w.o.rows*n)
}

// plain makes a schema for raw pgx.
func (w *world) plain(ctx context.Context, name string, n int) error {
	text, err := files.ReadFile("schema/0001_school.sql")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, w.cfg.URL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // done
	if _, err := conn.Exec(ctx, "CREATE SCHEMA "+name+"; SET search_path TO "+name+"; "+string(text)); err != nil {
		return err
	}
	if err := rows(ctx, conn, n); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// rows fills the tables that the loads use.
func rows(ctx context.Context, db interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}, n int) error {
	for statement := range strings.SplitSeq(`
		INSERT INTO member (name, email) SELECT 'Member ' || i, i || '@example.org' FROM generate_series(1, $1::int / 100) i;
		INSERT INTO course (title, owner_id) SELECT 'Course ' || i, i FROM generate_series(1, $1::int / 100) i;
		INSERT INTO asset (url, title, seconds) SELECT 'https://example.org/' || i, 'Film ' || i, i FROM generate_series(1, $1::int / 10) i;
		INSERT INTO lesson (slug, title, settings, course_id, asset_id, updated_at)
			SELECT 'lesson-' || i, 'Lesson number ' || i, '{"skip": true, "language": "hi"}', 1 + i % ($1::int / 100), 1 + i % ($1::int / 10), now() - i * interval '1 minute'
			FROM generate_series(1, $1::int) i`, ";") {
		result, err := db.Query(ctx, statement, n)
		if err != nil {
			return err
		}
		result.Close()
		if err := result.Err(); err != nil {
			return err
		}
	}
	return nil
}

// raw opens pgx's own pool on a schema.
func (w *world) raw(ctx context.Context, schema string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(w.cfg.URL)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = int32(w.o.conns)
	cfg.ConnConfig.RuntimeParams["search_path"], cfg.ConnConfig.RuntimeParams["application_name"] = schema, rawName
	return pgxpool.NewWithConfig(ctx, cfg)
}
