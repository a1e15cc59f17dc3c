package cli_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// connect is a connection of one's own to the PostgreSQL that plio runs.
func (p *plio) connect() *pgx.Conn {
	p.Helper()
	if p.socket == "" {
		p.socket = strings.Trim(p.sql("SHOW unix_socket_directories"), `"`)
	}
	conn, err := pgx.Connect(p.Context(), fmt.Sprintf("host=%s port=5432 user=postgres dbname=plio sslmode=disable", p.socket))
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { conn.Close(context.Background()) }) //nolint:errcheck // the server is gone then
	return conn
}

// halves are the ways in which an organization can be there in part. What is
// whole is asked of the personal workspace: it has every table, with every
// column, constraint, index and sequence, and every row of the ledger.
var halves = map[string]string{
	"an organization without a workspace": `SELECT o.name FROM public.organization o
		WHERE NOT EXISTS (SELECT FROM public.tenancy_tenant t WHERE t.id = o.id)`,
	"a workspace without an organization": `SELECT t.key FROM public.tenancy_tenant t
		WHERE t.schema_name NOT IN ('personal', 'void') AND NOT EXISTS (SELECT FROM public.organization o WHERE o.id = t.id)`,
	"a workspace without a schema": `SELECT t.key FROM public.tenancy_tenant t
		WHERE NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = t.schema_name)`,
	"a schema without a workspace": `SELECT n.nspname FROM pg_namespace n
		WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
		AND NOT EXISTS (SELECT FROM public.tenancy_tenant t WHERE t.schema_name = n.nspname)`,
	"a workspace with other tables than the personal one": `WITH has AS (
			SELECT n.nspname, array_agg(c.relkind::text || ' ' || c.relname ORDER BY c.relkind, c.relname) AS what
			FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'i', 'S') GROUP BY 1)
		SELECT t.key FROM public.tenancy_tenant t JOIN has ON has.nspname = t.schema_name
		WHERE has.what IS DISTINCT FROM (SELECT what FROM has WHERE nspname = 'personal')`,
	"a workspace with other columns than the personal one": `WITH has AS (
			SELECT c.relnamespace::regnamespace::text AS schema_name,
				array_agg(c.relname || '.' || a.attname || ' ' || a.atttypid || ' ' || a.attnotnull ORDER BY c.relname, a.attname) AS what
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
			WHERE a.attnum > 0 AND NOT a.attisdropped GROUP BY 1)
		SELECT t.key FROM public.tenancy_tenant t JOIN has USING (schema_name)
		WHERE has.what IS DISTINCT FROM (SELECT what FROM has WHERE schema_name = 'personal')`,
	"a workspace with other constraints than the personal one": `WITH has AS (
			SELECT n.nspname, array_agg(c.relname || ' ' || k.conname || ' ' || k.contype::text || ' ' || k.convalidated::text ORDER BY c.relname, k.conname) AS what
			FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r' LEFT JOIN pg_constraint k ON k.conrelid = c.oid GROUP BY 1)
		SELECT t.key FROM public.tenancy_tenant t JOIN has ON has.nspname = t.schema_name
		WHERE has.what IS DISTINCT FROM (SELECT what FROM has WHERE nspname = 'personal')`,
	"a workspace with another ledger than the personal one": `WITH has AS (
			SELECT t.key, t.schema_name, array_agg(m.version || ' ' || m.checksum::text || ' ' || m.state ORDER BY m.version) AS what
			FROM public.tenancy_tenant t LEFT JOIN public.tenancy_migration m ON m.tenant_id = t.id GROUP BY 1, 2)
		SELECT key FROM has WHERE what IS DISTINCT FROM (SELECT what FROM has WHERE schema_name = 'personal')`,
	"a ledger without a workspace": `SELECT m.tenant_id::text FROM public.tenancy_migration m
		WHERE m.tenant_id > 0 AND NOT EXISTS (SELECT FROM public.tenancy_tenant t WHERE t.id = m.tenant_id)`,
}

// incomplete returns what is there in part, as "a workspace without …: af".
func incomplete(ctx context.Context, t *testing.T, conn *pgx.Conn) (found []string) {
	t.Helper()
	for what, query := range halves {
		rows, err := conn.Query(ctx, query)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[*string])
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, name := range names {
			found = append(found, fmt.Sprintf("%s: %s", what, *name))
		}
	}
	slices.Sort(found)
	return found
}

// TestAHalfOrganizationIsFound keeps TestKilledOrganizationsAreWholeOrAbsent
// from proving nothing: each way of being cut in two, planted, is found.
func TestAHalfOrganizationIsFound(t *testing.T) {
	t.Parallel()
	p := install(t)
	p.must("org", "create", "af", "--name", "Avanti Fellows")
	schema := p.sql(`SELECT schema_name FROM public.tenancy_tenant WHERE key = 'af'`)
	p.serve()
	conn := p.connect()
	if found := incomplete(t.Context(), t, conn); len(found) > 0 {
		t.Fatalf("a whole organization is taken for a half one: %v", found)
	}
	for plant, want := range map[string][]string{
		"INSERT INTO public.tenancy_tenant (key, schema_name, state) VALUES ('kc', 'kalaclub', 'active')": {
			"a workspace with another ledger than the personal one: kc", "a workspace without a schema: kc", "a workspace without an organization: kc"},
		"CREATE SCHEMA kalaclub":                                        {"a schema without a workspace: kalaclub"},
		"DELETE FROM public.organization":                               {"a workspace without an organization: af"},
		"DROP TABLE " + schema + ".plio_tag":                            {"a workspace with other columns than the personal one: af", "a workspace with other constraints than the personal one: af", "a workspace with other tables than the personal one: af"},
		"DROP INDEX " + schema + ".item_plio_id":                        {"a workspace with other tables than the personal one: af"},
		"ALTER TABLE " + schema + ".person DROP CONSTRAINT person_user": {"a workspace with other constraints than the personal one: af"},
		"ALTER TABLE " + schema + ".video DROP COLUMN title":            {"a workspace with other columns than the personal one: af"},
		"DELETE FROM public.tenancy_migration m USING public.tenancy_tenant t WHERE m.tenant_id = t.id AND t.key = 'af'": {
			"a workspace with another ledger than the personal one: af"},
		"INSERT INTO public.tenancy_migration SELECT 4711, version, checksum, state, error, started_at, finished_at FROM public.tenancy_migration WHERE tenant_id = 1": {
			"a ledger without a workspace: 4711"},
	} {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), plant); err != nil {
			t.Fatalf("%s: %v", plant, err)
		}
		if found := incomplete(t.Context(), t, conn); !slices.Equal(found, want) {
			t.Errorf("%s: found %q, want %q", plant, found, want)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
