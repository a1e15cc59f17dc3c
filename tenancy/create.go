package tenancy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Create makes a tenant: its row, its schema with every table, its rows in the
// ledger, and what fn, which may be nil, writes in the same transaction: all of
// it or nothing. fn runs in the new schema; its foreign keys that leave the
// schema are added after it.
//
// The error is ErrInvalidKey, ErrReserved or ErrExists where the key is at
// fault, and ErrNewer where a newer program has migrated the tenants already. Of
// several callers with one key at once, one succeeds.
func (db *DB) Create(ctx context.Context, key string, fn func(tx Tx, t Tenant) error) (Tenant, error) {
	f, err := db.registry()
	if err != nil {
		return Tenant{}, err
	}
	if err := f.checkKey(key); err != nil {
		return Tenant{}, err
	}
	for range 5 {
		var t Tenant
		if t, err = db.newTenant(ctx, key, f.newSchema()); err != nil {
			return Tenant{}, err
		}
		err = db.InTx(ctx, t, func(tx Tx) error { return f.create(ctx, tx, fn) })
		if err == nil {
			return t, nil
		}
		if !errors.Is(err, errSchemaTaken) {
			return Tenant{}, err
		}
	}
	return Tenant{}, fmt.Errorf("tenancy: create %q: %w", key, err)
}

// newTenant gives a tenant that is nowhere yet its id and its schema's name.
func (db *DB) newTenant(ctx context.Context, key, schema string) (Tenant, error) {
	var id int64
	if err := db.shared.QueryRow(ctx, "SELECT nextval('public.tenancy_tenant_id_seq')").Scan(&id); err != nil {
		return Tenant{}, fmt.Errorf("tenancy: create %q: %w", key, err)
	}
	return TenantFromRow(id, key, schema)
}

// errSchemaTaken: the name is that of another tenant, or of a schema that is
// nobody's. Another name will do.
var errSchemaTaken = errors.New("the schema's name is taken")

func (f *fleet) create(ctx context.Context, tx Tx, fn func(Tx, Tenant) error) error {
	t := tx.Tenant()
	if err := register(ctx, tx, t); err != nil {
		return err
	}
	if err := f.current(ctx, tx); err != nil {
		return err
	}
	inside, outward := f.tenant.split()
	conn := tx.raw.Conn().PgConn()
	if err := f.build(ctx, conn, t, inside); err != nil {
		return err
	}
	if fn != nil {
		if err := fn(tx, t); err != nil {
			return err
		}
	}
	done, err := pipeline(ctx, conn, outward)
	return notCreated(t, outward, done, err)
}

// current fails when tenants have migrations that this program does not know:
// one that it made would be behind from the start. A Migrate that goes on at the
// same time waits, before it ends, for those who have asked.
func (f *fleet) current(ctx context.Context, tx Tx) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock_shared($1)", pgx.QueryExecModeExec, versionLock); err != nil {
		return fmt.Errorf("tenancy: create %q: %w", tx.Tenant().key, err)
	}
	var latest int64
	err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM public.tenancy_migration WHERE tenant_id > 0 AND state = 'applied'",
		pgx.QueryExecModeExec).Scan(&latest)
	if err != nil {
		return fmt.Errorf("tenancy: create %q: %w", tx.Tenant().key, err)
	}
	if latest > f.tenant.latest() {
		return fmt.Errorf("%w: create %q: tenants have migration %04d, this program knows %04d", ErrNewer, tx.Tenant().key, latest, f.tenant.latest())
	}
	return nil
}

// register writes the row of the registry. Who comes second waits here for who
// came first.
func register(ctx context.Context, tx pgx.Tx, t Tenant) error {
	tag, err := tx.Exec(ctx, "INSERT INTO public.tenancy_tenant (id, key, schema_name, state) VALUES ($1, $2, $3, 'active') ON CONFLICT (key) DO NOTHING",
		pgx.QueryExecModeExec, t.id, t.key, t.schema)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == uniqueViolation {
		return errSchemaTaken
	}
	if err != nil {
		return fmt.Errorf("tenancy: create %q: %w", t.key, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("%w: %q", ErrExists, t.key)
	}
	return nil
}

const (
	uniqueViolation = "23505"
	duplicateSchema = "42P06"
	lockTimeout     = "55P03"
)

// build makes t's schema and tables, in one trip. The path is t's already.
func (f *fleet) build(ctx context.Context, conn *pgconn.PgConn, t Tenant, tables []command) error {
	commands := append([]command{cmd("CREATE SCHEMA " + t.schema)}, tables...)
	commands = append(commands, entries(t.id, f.tenant)...)
	// Two creations whose fn writes to a table that the foreign keys lead to
	// would wait for each other: from here on they come one by one.
	commands = append(commands,
		cmd("SELECT pg_advisory_xact_lock($1)", createLock),
		cmd("SELECT pg_notify($1, $2)", channel, t.key))
	done, err := pipeline(ctx, conn, commands)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && done == 0 && (pg.Code == duplicateSchema || pg.Code == uniqueViolation) {
		return errSchemaTaken
	}
	return notCreated(t, commands, done, err)
}

// notCreated says which statement of a migration failed, if it was one.
func notCreated(t Tenant, commands []command, done int, err error) error {
	switch {
	case err == nil:
		return nil
	case done < len(commands) && commands[done].version > 0:
		err = &MigrationError{Tenant: t, Version: commands[done].version, At: commands[done].at, Err: err}
	}
	return fmt.Errorf("tenancy: create %q: %w", t.key, err)
}

// split returns what the migrations of s run, and apart from it what can wait
// until all else is done: foreign keys that leave the schema lock the table that
// they lead to, so that nobody can write there until the commit.
func (s source) split() (inside, outward []command) {
	var statements []statement
	var commands []command
	for _, m := range s {
		statements, commands = append(statements, m.statements...), append(commands, m.commands()...)
	}
	for i, st := range statements {
		if table, constraint := st.outward(); table != "" && !changedLater(statements[i+1:], table, constraint) {
			outward = append(outward, commands[i])
		} else {
			inside = append(inside, commands[i])
		}
	}
	return inside, outward
}

func changedLater(later []statement, table, constraint string) bool {
	return slices.ContainsFunc(later, func(s statement) bool { return s.changes(table, constraint) })
}
