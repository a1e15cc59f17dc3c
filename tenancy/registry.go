package tenancy

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// State is where a tenant is in its life: spare → active ⇄ suspended → trashed
// → gone.
type State string

const (
	Spare     State = "spare"     // a schema without a key, ready to be claimed
	Active    State = "active"    // served
	Suspended State = "suspended" // keeps its key, is not served
	Trashed   State = "trashed"   // its key is free, its schema is kept
	Gone      State = "gone"      // its schema is dropped
)

// Info is what the registry knows of a tenant.
type Info struct {
	Tenant    Tenant
	State     State
	OldKey    string // the key that a trashed tenant had
	CreatedAt time.Time
	StateAt   time.Time // when it came into its state
	StateBy   string    // who brought it there, as told to Suspend, Resume or Trash
	Version   int64     // the last tenant migration that it has
	Behind    int64     // how many it lacks
	BuiltIn   bool
}

// Get returns the active tenant with that key. A suspended one is an error that
// is ErrState, any other ErrNotFound; Info returns those too.
func (db *DB) Get(ctx context.Context, key string) (Tenant, error) {
	info, err := db.Info(ctx, key)
	if err != nil {
		return Tenant{}, err
	}
	if info.State != Active {
		return Tenant{}, fmt.Errorf("%w: %q is %s", ErrState, key, info.State)
	}
	return info.Tenant, nil
}

// Info returns what the registry knows of the tenant with that key, active or
// suspended. There is no other with a key: else the error is ErrNotFound.
func (db *DB) Info(ctx context.Context, key string) (Info, error) {
	infos, err := db.infos(ctx, "WHERE t.key = $2", key)
	if err == nil && len(infos) == 0 {
		err = fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	if err != nil {
		return Info{}, err
	}
	return infos[0], nil
}

// List returns the tenants that are active, suspended or trashed, by id. The
// trashed have no key, but their OldKey.
func (db *DB) List(ctx context.Context) ([]Info, error) {
	return db.infos(ctx, "WHERE t.state NOT IN ('spare', 'gone') ORDER BY t.id")
}

// LatestVersion returns the version of the last tenant migration that this
// program knows. A tenant without a row of it in public.tenancy_migration whose
// state is applied is behind: so an application asks in a query of its own.
func (db *DB) LatestVersion() int64 {
	f, err := db.registry()
	if err != nil {
		return 0 // Open has read the same files
	}
	return f.tenant.latest()
}

func (db *DB) infos(ctx context.Context, where string, args ...any) ([]Info, error) {
	f, err := db.registry()
	if err != nil {
		return nil, err
	}
	return f.infos(ctx, db.shared, where, args...)
}

// infos reads rows of the registry; where may use $2 and on.
func (f *fleet) infos(ctx context.Context, q querier, where string, args ...any) ([]Info, error) {
	rows, err := q.Query(ctx, `SELECT t.id, coalesce(t.key, ''), t.schema_name, t.state, coalesce(t.old_key, ''), t.created_at, t.state_at, t.state_by,
			CASE WHEN EXISTS (SELECT FROM public.tenancy_migration m WHERE m.tenant_id = t.id AND m.version = $1 AND m.state = 'applied') THEN $1
			ELSE (SELECT coalesce(max(m.version), 0) FROM public.tenancy_migration m WHERE m.tenant_id = t.id AND m.state = 'applied') END
		FROM public.tenancy_tenant t `+where, append([]any{f.tenant.latest()}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	infos, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (i Info, err error) {
		var id int64
		var key, schema string
		if err := row.Scan(&id, &key, &schema, &i.State, &i.OldKey, &i.CreatedAt, &i.StateAt, &i.StateBy, &i.Version); err != nil {
			return i, err
		}
		i.Behind, i.BuiltIn = max(0, f.tenant.latest()-i.Version), f.builtIn[schema]
		i.Tenant, err = TenantFromRow(id, key, schema)
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	return infos, nil
}
