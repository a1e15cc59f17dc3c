package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/plio/tenancy"
)

// load is one kind of work, as raw pgx does it and as tenancy does.
type load struct {
	name string
	aims []aim
	all  bool // pgx's schema holds the rows of all tenants, not of one
	raw  func(ctx context.Context, pool *pgxpool.Pool, key int) error
	ours func(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, key int) error
}

// aim is a ratio that is to be reached.
type aim struct {
	tenants, callers int
	ratio            float64
}

type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

var loads = []load{
	{
		name: "point read",
		aims: []aim{{300, 32, 0.85}, {300, 1, 0.75}},
		raw: func(ctx context.Context, pool *pgxpool.Pool, key int) error {
			return readOne(ctx, pool, key)
		},
		ours: func(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, key int) error {
			return readOne(ctx, db.Single(t), key)
		},
	},
	{
		name: "point read, as many rows in pgx's schema",
		all:  true,
		raw: func(ctx context.Context, pool *pgxpool.Pool, key int) error {
			return readOne(ctx, pool, key)
		},
		ours: func(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, key int) error {
			return readOne(ctx, db.Single(t), key)
		},
	},
	{
		name: "insert",
		raw: func(ctx context.Context, pool *pgxpool.Pool, key int) error {
			return insertOne(ctx, pool, key)
		},
		ours: func(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, key int) error {
			return insertOne(ctx, db.Single(t), key)
		},
	},
	{
		name: "list of 25",
		raw: func(ctx context.Context, pool *pgxpool.Pool, _ int) error {
			return readPage(ctx, pool)
		},
		ours: func(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, _ int) error {
			return readPage(ctx, db.Single(t))
		},
	},
	{
		name: "write transaction, against pgx's insert alone",
		aims: []aim{{300, 32, 0.55}, {300, 1, 0.55}},
		raw: func(ctx context.Context, pool *pgxpool.Pool, key int) error {
			return insertOne(ctx, pool, key)
		},
		ours: writeInTx,
	},
	{
		name: "write transaction, against pgx's",
		raw: func(ctx context.Context, pool *pgxpool.Pool, key int) error {
			return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return insertOne(ctx, tx, key) })
		},
		ours: writeInTx,
	},
	{
		name: "read transaction, against pgx's",
		raw: func(ctx context.Context, pool *pgxpool.Pool, key int) error {
			return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error { return readOne(ctx, tx, key) })
		},
		ours: func(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, key int) error {
			return db.InReadTx(ctx, t, func(tx tenancy.Tx) error { return readOne(ctx, tx, key) })
		},
	},
}

func writeInTx(ctx context.Context, db *tenancy.DB, t tenancy.Tenant, key int) error {
	return db.InTx(ctx, t, func(tx tenancy.Tx) error { return insertOne(ctx, tx, key) })
}

// lesson is a row as an application has it.
type lesson struct {
	id, course       int64
	slug, title      string
	status           string
	public           bool
	settings         []byte
	asset            *int64
	created, updated time.Time
}

func (l *lesson) fields() []any {
	return []any{&l.id, &l.slug, &l.title, &l.status, &l.public, &l.settings, &l.course, &l.asset, &l.created, &l.updated}
}

const columns = "l.id, l.slug, l.title, l.status, l.is_public, l.settings, l.course_id, l.asset_id, l.created_at, l.updated_at"

func readOne(ctx context.Context, db querier, key int) error {
	var l lesson
	err := db.QueryRow(ctx, "SELECT "+columns+" FROM lesson l WHERE l.id = $1 AND l.deleted IS NULL", key).Scan(l.fields()...)
	if err == nil && l.id != int64(key) {
		return fmt.Errorf("lesson %d instead of %d", l.id, key)
	}
	return err
}

func insertOne(ctx context.Context, db querier, key int) error {
	var id int64
	return db.QueryRow(ctx, "INSERT INTO visit (lesson_id, kind, at, details) VALUES ($1, $2, $3, $4) RETURNING id",
		key, "played", 12.5, []byte(`{"speed": 1}`)).Scan(&id)
}

func readPage(ctx context.Context, db querier) error {
	rows, err := db.Query(ctx, "SELECT "+columns+`, a.url, a.title FROM lesson l LEFT JOIN asset a ON a.id = l.asset_id
		WHERE l.deleted IS NULL ORDER BY l.updated_at DESC, l.id DESC LIMIT 25`)
	if err != nil {
		return err
	}
	n := 0
	for ; rows.Next(); n++ {
		var l lesson
		var url, title *string
		if err := rows.Scan(append(l.fields(), &url, &title)...); err != nil {
			return err
		}
	}
	if n != 25 {
		return fmt.Errorf("%d lessons instead of 25", n)
	}
	return rows.Err()
}

// someone chooses a tenant and a row at random.
func (w *world) someone(r *rand.Rand, tenants int) (tenancy.Tenant, int) {
	return w.tenants[r.IntN(tenants)], 1 + r.IntN(w.o.rows)
}
