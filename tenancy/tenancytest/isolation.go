package tenancytest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// IsolationOptions says what of an application's tenants may lead out of their
// schemas. The zero value allows nothing.
type IsolationOptions struct {
	// ForeignKeys are those that lead to schema public, as table.constraint.
	ForeignKeys []string
	// Uses are objects of schema public that tenants use, such as functions in
	// a default or a trigger, as public.name. What an extension brought is
	// allowed.
	Uses []string
	// Transactions is how many are run against the tables. Defaults to 400.
	Transactions int
}

// Isolation fails t for every way that it finds from one tenant into another.
//
// In the catalog it looks at each tenant that has a schema: nothing in it may
// depend on anything outside (a view, a default's sequence, a foreign key, a
// trigger's function, a partition), nothing outside may depend on it, and no
// table's name may mean something outside of a tenant too. Then it makes tenants
// of its own, writes into each of their tables from many goroutines through few
// connections, with transactions that end in every way there is, and looks that
// each row is where it was written and nowhere else. Its tenants lose their
// constraints for that, and are in the trash afterwards.
//
// db is one that nobody else uses, as Template.Open gives it.
func Isolation(t testing.TB, db *tenancy.DB, opts IsolationOptions) {
	t.Helper()
	ctx := context.Background()
	if opts.Transactions == 0 {
		opts.Transactions = 400
	}
	guests, err := newGuests(ctx, db)
	if err != nil {
		t.Fatal("tenancytest: ", err)
	}
	defer guests.trash(ctx, t)
	tables, found, err := survey(ctx, db, opts)
	if err != nil {
		t.Fatal("tenancytest: ", err)
	}
	if len(tables) == 0 {
		t.Fatal("tenancytest: the tenants have no tables, so there is nothing to check")
	}
	for _, f := range found {
		t.Errorf("isolation: %s", f)
	}
	wrong, err := guests.torture(ctx, tables, opts.Transactions)
	if err != nil {
		t.Fatal("tenancytest: ", err)
	}
	for _, w := range wrong {
		t.Errorf("isolation: %s", w)
	}
}

// survey reads the catalog: the names of the tables that tenants have, and what
// is wrong with them.
func survey(ctx context.Context, db *tenancy.DB, opts IsolationOptions) (tables, found []string, err error) {
	infos, err := db.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	var schemas []string
	for _, i := range infos {
		schemas = append(schemas, i.Tenant.Schema())
	}
	rows, err := db.Shared().Query(ctx, `SELECT DISTINCT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition ORDER BY 1`, schemas)
	if err != nil {
		return nil, nil, err
	}
	if tables, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, nil, err
	}
	for _, look := range []func() ([]string, error){
		func() ([]string, error) { return crossings(ctx, db, schemas, opts) },
		func() ([]string, error) { return hidden(ctx, db, schemas) },
		func() ([]string, error) { return outside(ctx, db, tables) },
		func() ([]string, error) { return elsewhere(ctx, db, infos, tables) },
	} {
		f, err := look()
		if err != nil {
			return nil, nil, err
		}
		found = append(found, f...)
	}
	return tables, found, nil
}

// crossings are the dependencies between a tenant's schema and another one.
func crossings(ctx context.Context, db *tenancy.DB, schemas []string, opts IsolationOptions) (found []string, err error) {
	rows, err := db.Shared().Query(ctx, dependencies, schemas)
	if err != nil {
		return nil, err
	}
	var what, to, key, used string
	_, err = pgx.ForEachRow(rows, []any{&what, &to, &key, &used}, func() error {
		if key != "" && strings.HasPrefix(used, "public.") && slices.Contains(opts.ForeignKeys, key) {
			return nil
		}
		if !slices.Contains(opts.Uses, used) {
			found = append(found, what+" depends on "+to)
		}
		return nil
	})
	return found, err
}

// hidden are ways out that the catalog does not keep as dependencies: names in
// texts that are looked up when they run, and settings of functions.
func hidden(ctx context.Context, db *tenancy.DB, schemas []string) ([]string, error) {
	rows, err := db.Shared().Query(ctx, `
		SELECT format('column %I.%I.%I takes its default by a name that is looked up each time: %s', n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid))
		FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
		WHERE n.nspname = ANY ($1) AND pg_get_expr(d.adbin, d.adrelid) ~ 'nextval\(\(?''[^'']*''::text'
		UNION ALL
		SELECT format('function %I.%I sets its own search path or runs as its owner', n.nspname, p.proname)
		FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = ANY ($1) AND (p.prosecdef OR p.proconfig::text LIKE '%search\_path=%')
		UNION ALL
		SELECT format('function %I.%I names the schema %I', n.nspname, p.proname, other.name)
		FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
		CROSS JOIN unnest($1 || ARRAY['public']) AS other (name)
		WHERE n.nspname = ANY ($1) AND other.name <> n.nspname AND p.prosrc ~ ('\m' || other.name || '"?\.')
		UNION ALL
		SELECT format('%I.%I is a foreign table', n.nspname, c.relname)
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = ANY ($1) AND c.relkind = 'f'`, schemas)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// outside are tables whose names mean something where there is no tenant.
func outside(ctx context.Context, db *tenancy.DB, tables []string) ([]string, error) {
	rows, err := db.Shared().Query(ctx, `
		SELECT format('outside of tenants the name %I is %s', name, to_regclass(quote_ident(name))) FROM unnest($1::text[]) AS name
		WHERE to_regclass(quote_ident(name)) IS NOT NULL
		UNION ALL
		SELECT format('public.%I has the name of a tenant''s table', c.relname)
		FROM pg_catalog.pg_class c WHERE c.relname = ANY ($1) AND c.relnamespace = 'public'::regnamespace`, tables)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// elsewhere are tables whose names, in a tenant's transaction, do not mean the
// tenant's own.
func elsewhere(ctx context.Context, db *tenancy.DB, infos []tenancy.Info, tables []string) (found []string, err error) {
	for _, i := range infos {
		err := db.InReadTx(ctx, i.Tenant, func(tx tenancy.Tx) error {
			rows, err := tx.Query(ctx, `SELECT format('in tenant %s the name %I is %s', $1::text, name, coalesce(n.nspname || '.' || c.relname, 'no table'))
				FROM unnest($2::text[]) AS name
				LEFT JOIN pg_catalog.pg_class c ON c.oid = to_regclass(quote_ident(name)) LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
				WHERE n.nspname IS DISTINCT FROM $3`, fmt.Sprint(i.Tenant.ID()), tables, i.Tenant.Schema())
			if err != nil {
				return err
			}
			f, err := pgx.CollectRows(rows, pgx.RowTo[string])
			found = append(found, f...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
