package tenancy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// MigrateOptions are how Migrate goes about it. The zero value is fine.
type MigrateOptions struct {
	// Workers is how many tenants are migrated at once, each over a connection
	// of its own. Defaults to the number of processors and one more.
	Workers int
	// Canary is the key of the tenant that comes first, alone. If it fails, no
	// other is tried.
	Canary string
	// Progress is called when a tenant is done, well or badly, never twice at
	// once.
	Progress func(done, total int)
}

// Migrate brings the database up to date, over Config.DirectURL: the serving
// role's empty search path, this package's two tables, the shared migrations,
// the built-in tenants, and the tenant migrations in every tenant that is not
// gone. All files are read and checked before anything runs.
//
// Each tenant is one transaction with its rows in the ledger. One that fails is
// as it was, its error is kept in the ledger, and the others go on; the next
// Migrate tries again. The error is then a MigrationError, and Report names all.
// A second Migrate at the same time waits for the first. If there is nothing to
// do, it costs three queries.
func Migrate(ctx context.Context, cfg Config, opts MigrateOptions) (r Report, err error) {
	start := time.Now()
	m, err := newMigrator(ctx, cfg, opts)
	if err != nil {
		return r, err
	}
	defer m.close()
	defer func() { r.Took = time.Since(start) }()
	todo, err := m.plan(ctx)
	if err != nil || todo.Empty() {
		return r, m.explain(ctx, err)
	}
	if _, err := m.conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
		return r, fmt.Errorf("tenancy: waiting for another Migrate: %w", err)
	}
	err = m.explain(ctx, m.run(ctx))
	return m.report, err
}

// migrator is one run of Migrate. Its connection holds the lock.
type migrator struct {
	f      *fleet
	opts   MigrateOptions
	direct *pgx.ConnConfig
	conn   *pgx.Conn
	role   string // of Config.URL
	report Report
}

func newMigrator(ctx context.Context, cfg Config, opts MigrateOptions) (*migrator, error) {
	f, err := newFleet(cfg)
	if err != nil {
		return nil, err
	}
	m := &migrator{f: f, opts: opts}
	if m.role, err = servingRole(f.cfg.URL); err != nil {
		return nil, err
	}
	if m.direct, err = pgx.ParseConfig(f.cfg.DirectURL); err != nil {
		return nil, fmt.Errorf("tenancy: Config.DirectURL: %w", err)
	}
	m.conn, err = m.connect(ctx)
	return m, err
}

// connect connects past any pooler, as the serving role, which is to own all
// that there is: so an application can make tenants, and Migrate change them.
func (m *migrator) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := connectDirect(ctx, m.direct)
	if err != nil || m.direct.User == m.role {
		return conn, err
	}
	if err := become(ctx, conn, m.role); err != nil {
		hangUp(conn)
		return nil, err
	}
	return conn, nil
}

// connectDirect connects past any pooler, with an empty path.
func connectDirect(ctx context.Context, cfg *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	// Asked first: behind a pooler the connection whose path is set would be
	// somebody else's next.
	var pid uint32
	err = conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeExec).Scan(&pid)
	if err == nil && pid != conn.PgConn().PID() {
		hangUp(conn)
		return nil, fmt.Errorf("%w: set Config.DirectURL", ErrPooler)
	}
	if err == nil {
		_, err = conn.Exec(ctx, "SELECT set_config('search_path', '', false)", pgx.QueryExecModeExec)
	}
	if err != nil {
		hangUp(conn)
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	return conn, nil
}

// hangUp closes conn, whatever became of the context that it was used with.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn.Close(ctx) //nolint:errcheck // nothing is left to be lost
}

func (m *migrator) close() { hangUp(m.conn) }

// run does what is to do, once the lock is held.
func (m *migrator) run(ctx context.Context) error {
	todo, err := m.plan(ctx) // another Migrate may have done it meanwhile
	if err != nil {
		return err
	}
	if todo.RoleSet {
		if err := setRolePath(ctx, m.conn, m.role); err != nil {
			return err
		}
		m.report.RoleSet = true
	}
	if m.report.Own, err = m.public(ctx, ofOwn, m.f.own[len(m.f.own)-len(todo.Own):]); err != nil {
		return err
	}
	if m.report.Shared, err = m.public(ctx, ofShared, m.f.shared[len(m.f.shared)-len(todo.Shared):]); err != nil {
		return err
	}
	for _, b := range m.f.cfg.BuiltIn {
		if !slices.Contains(todo.BuiltIn, b.Key) {
			continue
		}
		if err := m.makeBuiltIn(ctx, b); err != nil {
			return err
		}
		m.report.BuiltIn = append(m.report.BuiltIn, b.Key)
	}
	if err := m.tenants(ctx, todo.Behind); err != nil || len(todo.Behind) == 0 {
		return err
	}
	late, err := m.latecomers(ctx)
	if err != nil {
		return err
	}
	return m.tenants(ctx, late)
}

// latecomers are tenants that an older program made meanwhile. Whoever looks
// for the latest version from here on sees that it is too old; those who looked
// before are waited for, unless they take very long.
func (m *migrator) latecomers(ctx context.Context) (late []Behind, err error) {
	_, err = m.conn.Exec(ctx, "SELECT set_config('lock_timeout', '5s', false)", pgx.QueryExecModeExec)
	if err == nil {
		_, err = m.conn.Exec(ctx, "SELECT pg_advisory_lock($1)", pgx.QueryExecModeExec, versionLock)
	}
	if err != nil && !busy(err) {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	if late, err = m.f.readBehind(ctx, m.conn); err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	_, err = m.conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", pgx.QueryExecModeExec, versionLock)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	return late, nil
}

// public runs migrations of schema public, a transaction each, and stops at
// the first that fails.
func (m *migrator) public(ctx context.Context, who int64, set source) (ran []string, err error) {
	w := worker{m: m}
	defer w.close()
	for _, one := range set {
		if err := w.connect(ctx); err != nil {
			return ran, err
		}
		if err := w.apply(ctx, who, Tenant{}, source{one}); err != nil {
			return ran, fmt.Errorf("tenancy: %w", err)
		}
		ran = append(ran, one.file)
	}
	return ran, nil
}

// makeBuiltIn makes a tenant with a schema of the application's choice. The
// first tenant of all gets the id 1, even if an earlier try failed.
func (m *migrator) makeBuiltIn(ctx context.Context, b BuiltIn) error {
	inside, outward := m.f.tenant.split()
	return pgx.BeginFunc(ctx, m.conn, func(tx pgx.Tx) error {
		t, err := m.nextBuiltIn(ctx, tx, b)
		if err != nil {
			return err
		}
		if err := register(ctx, tx, t); err != nil {
			return fmt.Errorf("built-in tenant: %w", err)
		}
		if _, err := tx.Exec(ctx, "SELECT set_config('search_path', $1, true)", pgx.QueryExecModeExec, t.schema); err != nil {
			return err
		}
		if err := m.f.build(ctx, tx.Conn().PgConn(), t, inside); err != nil {
			return fmt.Errorf("built-in tenant with schema %s: %w", t.schema, err)
		}
		done, err := pipeline(ctx, tx.Conn().PgConn(), outward)
		return notCreated(t, outward, done, err)
	})
}

func (m *migrator) nextBuiltIn(ctx context.Context, tx pgx.Tx, b BuiltIn) (Tenant, error) {
	var id int64
	var empty bool
	if err := tx.QueryRow(ctx, "SELECT NOT EXISTS (SELECT FROM public.tenancy_tenant)").Scan(&empty); err != nil {
		return Tenant{}, fmt.Errorf("tenancy: %w", err)
	}
	if empty {
		if _, err := tx.Exec(ctx, "SELECT setval('public.tenancy_tenant_id_seq', 1, false)"); err != nil {
			return Tenant{}, fmt.Errorf("tenancy: %w", err)
		}
	}
	if err := tx.QueryRow(ctx, "SELECT nextval('public.tenancy_tenant_id_seq')").Scan(&id); err != nil {
		return Tenant{}, fmt.Errorf("tenancy: %w", err)
	}
	return TenantFromRow(id, b.Key, b.Schema)
}

// busy reports whether err is somebody else's lock, so that trying again later
// may help.
func busy(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == lockTimeout || pg.Code == "40P01" || pg.Code == "40001")
}
