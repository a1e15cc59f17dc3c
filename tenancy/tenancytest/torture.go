package tenancytest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

var errOnPurpose = errors.New("ended on purpose")

// torture writes into every table of every guest, and returns what it found
// wrong, each kind once.
func (g *guests) torture(ctx context.Context, tables []string, transactions int) ([]string, error) {
	tables = slices.DeleteFunc(slices.Clone(tables), func(table string) bool { return !g.isTable(ctx, table) })
	for _, tenant := range g.tenants {
		if err := g.loosen(ctx, tenant, tables); err != nil {
			return nil, fmt.Errorf("cannot make tenant %d ready to be written to: %w", tenant.ID(), err)
		}
	}
	r := &round{db: g.db, tenants: g.tenants, tables: tables, kept: map[place]int{}, wrong: map[string]bool{}}
	queue := make(chan int)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range queue {
				r.one(ctx, n)
			}
		})
	}
	for n := range max(transactions, len(tables)*len(g.tenants)) {
		queue <- n
	}
	close(queue)
	wg.Wait()
	if err := r.count(ctx); err != nil {
		return nil, err
	}
	return r.findings(), nil
}

// isTable tells tables from views, which the survey has judged already.
func (g *guests) isTable(ctx context.Context, name string) (is bool) {
	err := g.db.Shared().QueryRow(ctx, "SELECT relkind IN ('r', 'p') FROM pg_catalog.pg_class WHERE relname = $1 AND relnamespace = $2::text::regnamespace",
		name, g.tenants[0].Schema()).Scan(&is)
	return err == nil && is
}

// place is a table of a tenant.
type place struct {
	tenant int
	table  string
}

// round is one torture.
type round struct {
	db      *tenancy.DB
	tenants []tenancy.Tenant
	tables  []string

	mu    sync.Mutex
	kept  map[place]int // rows that were committed
	wrong map[string]bool
}

func (r *round) find(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrong[fmt.Sprintf(format, args...)] = true
}

func (r *round) findings() (list []string) {
	for w := range r.wrong {
		list = append(list, w)
	}
	slices.Sort(list)
	return list
}

// The ways in which a transaction ends. The first ones commit.
const (
	commits = iota
	commitsAfterASavepoint
	fails
	panics
	isCancelled
	changesThePath
	ways
)

// one runs the nth transaction: each table of each tenant has its turn, and
// commits the first time.
func (r *round) one(ctx context.Context, n int) {
	at := place{n % len(r.tenants), r.tables[n/len(r.tenants)%len(r.tables)]}
	way := commits
	if n >= len(r.tenants)*len(r.tables) {
		way = rand.IntN(ways)
	}
	tenant, other := r.tenants[at.tenant], r.tenants[(at.tenant+1)%len(r.tenants)]
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { recover() }() //nolint:errcheck // panicked on purpose
	err := r.db.InTx(ctx, tenant, func(tx tenancy.Tx) error {
		if err := r.write(ctx, tx, at, way == commitsAfterASavepoint); err != nil {
			return err
		}
		switch way {
		case fails:
			return errOnPurpose
		case panics:
			panic(errOnPurpose)
		case isCancelled:
			cancel()
			return ctx.Err()
		case changesThePath:
			if _, err := tx.Exec(ctx, "SET search_path TO "+other.Schema(), pgx.QueryExecModeExec); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, insert(at.table), tenant.Schema())
			return err
		}
		return nil
	})
	switch {
	case err == nil && way == changesThePath:
		r.find("a transaction that changed its search path was committed")
	case err == nil:
		r.mu.Lock()
		r.kept[at]++
		r.mu.Unlock()
	case way <= commitsAfterASavepoint:
		r.find("table %s cannot be written to: %v", at.table, err)
	}
}

func insert(table string) string {
	return "INSERT INTO " + pgx.Identifier{table}.Sanitize() + " (isolation_marker) VALUES ($1)"
}

// write adds a row, and looks whether all that it can see and change is its own
// tenant's.
func (r *round) write(ctx context.Context, tx tenancy.Tx, at place, savepoint bool) error {
	mine := r.tenants[at.tenant].Schema()
	if savepoint {
		err := pgx.BeginFunc(ctx, tx, func(sp pgx.Tx) error {
			_, err := sp.Exec(ctx, insert(at.table), "undone")
			return errors.Join(err, errOnPurpose)
		})
		if !errors.Is(err, errOnPurpose) {
			return err
		}
	}
	if _, err := tx.Exec(ctx, insert(at.table), mine); err != nil {
		return err
	}
	table := pgx.Identifier{at.table}.Sanitize()
	var seen int
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE isolation_marker IS DISTINCT FROM $1", mine).Scan(&seen); err != nil {
		return err
	}
	if seen > 0 {
		r.find("through table %s a tenant sees rows that are not its own", at.table)
	}
	changed, err := tx.Exec(ctx, "UPDATE "+table+" SET isolation_marker = $1 WHERE isolation_marker IS DISTINCT FROM $1", mine)
	if err == nil && changed.RowsAffected() > 0 {
		r.find("through table %s a tenant changes rows that are not its own", at.table)
	}
	return err
}

// count looks into every schema from outside: each row is where it was written.
func (r *round) count(ctx context.Context) error {
	for i, tenant := range r.tenants {
		for _, table := range r.tables {
			var all, own int
			err := r.db.Shared().QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE isolation_marker = $1) FROM "+pgx.Identifier{tenant.Schema(), table}.Sanitize(),
				tenant.Schema()).Scan(&all, &own)
			if err != nil {
				return err
			}
			if kept := r.kept[place{i, table}]; all != kept || own != kept {
				r.find("table %s: a tenant has %d rows, %d of them its own, and wrote %d", table, all, own, kept)
			}
		}
	}
	return nil
}
