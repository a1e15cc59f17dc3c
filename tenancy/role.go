package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The serving role is the role of Config.URL. Its search path in this database
// is empty, so that a connection which a pooler hands out sees no table before
// a tenant's transaction gives it a path. The setting is kept outside of the
// ledger: a cloned or restored database comes without it.

// servingRole returns the name of the role of url.
func servingRole(url string) (string, error) {
	cfg, err := pgconn.ParseConfig(url)
	if err != nil {
		return "", fmt.Errorf("tenancy: Config.URL: %w", err)
	}
	return cfg.User, nil
}

// rolePathIsEmpty reports whether role has an empty path set in this database.
func rolePathIsEmpty(ctx context.Context, q querier, role string) (bool, error) {
	var path *string
	err := q.QueryRow(ctx, `SELECT (SELECT substr(c, 13) FROM unnest(s.setconfig) AS c WHERE c LIKE 'search\_path=%')
		FROM pg_catalog.pg_roles r
		LEFT JOIN pg_catalog.pg_db_role_setting s ON s.setrole = r.oid
			AND s.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		WHERE r.rolname = $1`, role).Scan(&path)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, fmt.Errorf("tenancy: the role %q of Config.URL does not exist on the server of Config.DirectURL", role)
	}
	return path != nil && strings.Trim(*path, `"' `) == "", err
}

// become makes conn act as role from here on.
func become(ctx context.Context, conn *pgx.Conn, role string) error {
	_, err := conn.Exec(ctx, "SET ROLE "+pgx.Identifier{role}.Sanitize())
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == insufficientPrivilege {
		return fmt.Errorf("tenancy: the role of Config.DirectURL may not act as that of Config.URL: let a superuser type: GRANT %s TO %s; (%w)",
			pgx.Identifier{role}.Sanitize(), pgx.Identifier{conn.Config().User}.Sanitize(), err)
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "22023" { // invalid_parameter_value
		return fmt.Errorf("tenancy: the role of Config.URL: %w", err)
	}
	return err
}

// setRolePath gives role, which conn is, its empty path in this database.
func setRolePath(ctx context.Context, conn *pgx.Conn, role string) error {
	var database string
	if err := conn.QueryRow(ctx, "SELECT pg_catalog.current_database()").Scan(&database); err != nil {
		return fmt.Errorf("tenancy: %w", err)
	}
	alter := alterRole(role, database)
	_, err := conn.Exec(ctx, alter)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == insufficientPrivilege {
		return fmt.Errorf("%w: let a superuser type: %s; (%w)", ErrPathSet, alter, err)
	}
	return err
}

// explain adds to an error about missing rights what gives them.
func (m *migrator) explain(ctx context.Context, err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != insufficientPrivilege {
		return err
	}
	var database string
	var inPublic, inDatabase bool
	asked := m.conn.QueryRow(ctx, `SELECT current_database(),
		has_schema_privilege($1, 'public', 'USAGE') AND has_schema_privilege($1, 'public', 'CREATE'),
		has_database_privilege($1, current_database(), 'CREATE')`, m.role).Scan(&database, &inPublic, &inDatabase)
	role := pgx.Identifier{m.role}.Sanitize()
	var command string
	switch {
	case asked != nil:
		return err
	case !inPublic:
		command = "GRANT USAGE, CREATE ON SCHEMA public TO " + role
	case !inDatabase:
		command = "GRANT CREATE ON DATABASE " + pgx.Identifier{database}.Sanitize() + " TO " + role
	default:
		return err
	}
	return fmt.Errorf("%w: let a superuser type: %s;", err, command)
}

const insufficientPrivilege = "42501"

func alterRole(role, database string) string {
	return "ALTER ROLE " + pgx.Identifier{role}.Sanitize() + " IN DATABASE " + pgx.Identifier{database}.Sanitize() + " SET search_path = ''"
}

// checkServing is Open's check of a new connection as it comes, direct or from
// a pooler: the path is empty, and the registry is there.
func checkServing(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) error {
	var path, role, database string
	var registry bool
	err := q.QueryRow(ctx, `SELECT current_setting('search_path'), session_user, current_database(),
		to_regclass('public.tenancy_migration') IS NOT NULL`, pgx.QueryExecModeExec).Scan(&path, &role, &database, &registry)
	switch {
	case err != nil:
		return fmt.Errorf("tenancy: %w", err)
	case !registry:
		return ErrNotMigrated
	case strings.Trim(path, `"' `) != "":
		return fmt.Errorf("%w: it is %s: run Migrate, or type: %s; then, behind PgBouncer, on its console: RECONNECT %s;",
			ErrPathSet, path, alterRole(role, database), pgx.Identifier{database}.Sanitize())
	}
	return nil
}
