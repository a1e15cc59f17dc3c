package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// dialer makes connections, direct or through a pooler.
type dialer struct {
	cfg        *pgxpool.Config
	shared     int32 // connections for the shared tables
	statements int
	pooled     bool
	bugs       defects
}

// newDialer looks what is at cfg.URL.
func newDialer(ctx context.Context, cfg Config) (*dialer, error) {
	parsed, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("tenancy: Config.URL: %w", err)
	}
	if path, ok := parsed.ConnConfig.RuntimeParams["search_path"]; ok {
		return nil, fmt.Errorf("tenancy: Config.URL sets search_path to %q: take that out, as the path is the tenant's", path)
	}
	d := &dialer{cfg: parsed, shared: int32(cfg.SharedConns), statements: cfg.Statements}
	conn, err := pgx.ConnectConfig(ctx, parsed.ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	defer hangUp(conn)
	if err := checkServing(ctx, conn); err != nil {
		return nil, err
	}
	direct, err := isDirect(ctx, conn)
	d.pooled = !direct
	return d, err
}

// isDirect compares the server process that answers with the one that the
// connection was made to. A pooler names itself, or nobody, when it is connected
// to.
func isDirect(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var pid uint32
	err := conn.QueryRow(ctx, "select pg_backend_pid()", pgx.QueryExecModeExec).Scan(&pid)
	if err != nil {
		return false, fmt.Errorf("tenancy: %w", err)
	}
	return pid == conn.PgConn().PID(), nil
}

var errPoolerCame = errors.New("a pooler has come between that was not there when the DB was opened: open it anew")

// connect makes a connection with nothing cached by pgx, and its path empty.
func (d *dialer) connect(ctx context.Context) (*pgx.Conn, error) {
	cfg := d.cfg.ConnConfig.Copy()
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.StatementCacheCapacity, cfg.DescriptionCacheCapacity = 0, 0
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := d.empty(ctx, conn); err != nil {
		hangUp(conn)
		return nil, err
	}
	return conn, nil
}

// empty gives a direct connection its empty path, once it is known to be one. A
// pooler's has it from the role's setting.
func (d *dialer) empty(ctx context.Context, conn *pgx.Conn) error {
	if d.pooled {
		return nil
	}
	direct, err := isDirect(ctx, conn)
	switch {
	case err != nil:
		return err
	case !direct:
		return errPoolerCame
	}
	_, err = conn.Exec(ctx, "select set_config('search_path', '', false)")
	return err
}

// dial makes a backend.
func (d *dialer) dial(ctx context.Context) (*backend, error) {
	conn, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	b := newBackend(conn, d.statements)
	b.pooled, b.bugs = d.pooled, d.bugs
	if !d.pooled {
		err = b.prepareOwn(ctx)
	}
	if err != nil {
		hangUp(conn)
		return nil, err
	}
	return b, nil
}

// prepareOwn prepares what begins, binds and ends transactions.
func (b *backend) prepareOwn(ctx context.Context) error {
	p := b.pg.StartPipeline(ctx)
	for name, sql := range map[string]string{nameBegin: sqlBegin, nameRead: sqlRead, nameCommit: sqlCommit, nameBind: sqlBind} {
		p.SendPrepare(name, sql, nil)
	}
	if err := p.Sync(); err != nil {
		return err
	}
	return p.Close()
}

// sharedPool opens the pool of the shared tables.
func (d *dialer) sharedPool(ctx context.Context) (*pgxpool.Pool, error) {
	cfg := d.cfg.Copy()
	cfg.MaxConns, cfg.MinConns, cfg.MinIdleConns = d.shared, 0, 0
	cfg.AfterConnect = d.empty
	if d.pooled {
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		cfg.ConnConfig.StatementCacheCapacity, cfg.ConnConfig.DescriptionCacheCapacity = 0, 0
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}
