package tenancytest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// guests are the tenants that Isolation makes for itself.
type guests struct {
	db      *tenancy.DB
	tenants []tenancy.Tenant
}

func newGuests(ctx context.Context, db *tenancy.DB) (*guests, error) {
	g := &guests{db: db}
	for range 3 {
		t, err := db.Create(ctx, "isolation-"+strings.ToLower(rand.Text()[:12]), nil)
		if err != nil {
			return nil, err
		}
		g.tenants = append(g.tenants, t)
	}
	return g, nil
}

func (g *guests) trash(ctx context.Context, t testing.TB) {
	for _, tenant := range g.tenants {
		if err := g.db.Trash(ctx, tenant, "tenancytest.Isolation", nil); err != nil {
			t.Error("tenancytest: ", err)
		}
	}
}

// loosen makes each table of a guest take a row of nothing but its defaults and
// a marker: whose row it is. What would refuse one is dropped.
func (g *guests) loosen(ctx context.Context, tenant tenancy.Tenant, tables []string) error {
	return g.db.InTx(ctx, tenant, func(tx tenancy.Tx) error {
		for _, query := range obstacles {
			rows, err := tx.Query(ctx, query, tenant.Schema())
			if err != nil {
				return err
			}
			commands, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			for _, command := range commands {
				if _, err := tx.Exec(ctx, command, pgx.QueryExecModeExec); err != nil {
					return fmt.Errorf("%s: %w", command, err)
				}
			}
		}
		for _, table := range tables {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+pgx.Identifier{table}.Sanitize()+" ADD COLUMN isolation_marker text", pgx.QueryExecModeExec); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		return nil
	})
}

// obstacles are queries whose answers are commands that take obstacles away, in
// this order.
var obstacles = []string{
	constraints("c.contype = 'f'"),
	constraints("c.contype IN ('c', 'p', 'u', 'x')"),
	`SELECT format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL', c.relname, a.attname)
	FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
	WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND a.attidentity = ''`,
	`SELECT format('DROP INDEX %I', c.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
	WHERE c.relnamespace = $1::text::regnamespace AND i.indisunique AND NOT c.relispartition`,
	`SELECT format('CREATE TABLE %I PARTITION OF %I DEFAULT', 'isolation_' || c.oid, c.relname)
	FROM pg_catalog.pg_class c JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
	WHERE c.relnamespace = $1::text::regnamespace AND p.partdefid = 0 AND p.partstrat <> 'h'`,
}

func constraints(which string) string {
	return `SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname)
	FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
	WHERE c.connamespace = $1::text::regnamespace AND c.conparentid = 0 AND ` + which
}
