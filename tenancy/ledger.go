package tenancy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Who a row of the ledger is about, when it is no tenant.
const ofShared, ofOwn = int64(0), int64(-1)

// ledger is what public.tenancy_migration says, in short.
type ledger struct {
	own, shared int64    // applied versions
	exists      bool     // the two tables do
	behind      []Behind // tenants that lack a version
	tenants     int      // that are not gone
	builtIn     []BuiltIn
}

// Behind is a tenant that lacks migrations.
type Behind struct {
	Tenant  Tenant
	State   State
	Version int64 // the last that it has
	// Error is what the last try ended with, empty when there was none.
	Error string
	// FailedAt is when that was.
	FailedAt time.Time
}

// querier is what pgx.Conn, pgx.Tx and pgxpool.Pool have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// readLedger asks the database what it has, and fails when this binary's
// migrations are not those that ran.
func (f *fleet) readLedger(ctx context.Context, q querier) (l ledger, err error) {
	err = q.QueryRow(ctx, "SELECT to_regclass('public.tenancy_migration') IS NOT NULL").Scan(&l.exists)
	if err != nil || !l.exists {
		return l, err
	}
	applied, err := f.verify(ctx, q)
	if err != nil {
		return l, err
	}
	l.own, l.shared = applied[ofOwn], applied[ofShared]
	if l.behind, err = f.readBehind(ctx, q); err != nil {
		return l, err
	}
	if err := q.QueryRow(ctx, "SELECT count(*) FROM public.tenancy_tenant WHERE state <> 'gone'").Scan(&l.tenants); err != nil {
		return l, err
	}
	l.builtIn, err = f.missingBuiltIn(ctx, q)
	return l, err
}

// verify compares the versions and checksums that were applied anywhere with
// the files, and returns the last version of own and shared.
func (f *fleet) verify(ctx context.Context, q querier) (map[int64]int64, error) {
	rows, err := q.Query(ctx, `SELECT least(tenant_id, 1), version, checksum, count(*), min(tenant_id)
		FROM public.tenancy_migration WHERE state = 'applied' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
	if err != nil {
		return nil, err
	}
	last := map[int64]int64{}
	var wrong []error
	var who, version, count, first int64
	var sum string
	_, err = pgx.ForEachRow(rows, []any{&who, &version, &sum, &count, &first}, func() error {
		last[who] = version
		set, of := f.tenant, fmt.Sprintf("tenant migration %04d (%d tenants, the first has id %d)", version, count, first)
		switch who {
		case ofOwn:
			set, of = f.own, fmt.Sprintf("tenancy's own migration %04d", version)
		case ofShared:
			set, of = f.shared, fmt.Sprintf("shared migration %04d", version)
		}
		switch {
		case version > set.latest():
			wrong = append(wrong, fmt.Errorf("%w: it has %s, this program knows %d", ErrNewer, of, set.latest()))
		case set[version-1].checksum != sum:
			wrong = append(wrong, fmt.Errorf("%w: %s, file %s", ErrChanged, of, set[version-1].file))
		}
		return nil
	})
	return last, errors.Join(append(wrong, err)...)
}

// readBehind lists the tenants that lack the latest version: versions have no
// gaps, so who has the latest has them all.
func (f *fleet) readBehind(ctx context.Context, q querier) ([]Behind, error) {
	if f.tenant.latest() == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, `SELECT t.id, coalesce(t.key, ''), t.schema_name, t.state,
			(SELECT coalesce(max(m.version), 0) FROM public.tenancy_migration m WHERE m.tenant_id = t.id AND m.state = 'applied'),
			coalesce(failed.error, ''), coalesce(failed.finished_at, '-infinity')
		FROM public.tenancy_tenant t
		LEFT JOIN LATERAL (SELECT error, finished_at FROM public.tenancy_migration m
			WHERE m.tenant_id = t.id AND m.state = 'failed' ORDER BY version LIMIT 1) failed ON true
		WHERE t.state <> 'gone' AND NOT EXISTS (SELECT FROM public.tenancy_migration m
			WHERE m.tenant_id = t.id AND m.version = $1 AND m.state = 'applied')
		ORDER BY t.id`, f.tenant.latest())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Behind, err error) {
		var id int64
		var key, schema string
		var failedAt any
		if err := row.Scan(&id, &key, &schema, &b.State, &b.Version, &b.Error, &failedAt); err != nil {
			return b, err
		}
		b.FailedAt, _ = failedAt.(time.Time)
		b.Tenant, err = TenantFromRow(id, key, schema)
		return b, err
	})
}

// missingBuiltIn lists the built-in tenants that are not there, and fails when
// one's key or schema is there without the other.
func (f *fleet) missingBuiltIn(ctx context.Context, q querier) ([]BuiltIn, error) {
	missing := slices.Clone(f.cfg.BuiltIn)
	rows, err := q.Query(ctx, "SELECT coalesce(key, ''), schema_name FROM public.tenancy_tenant WHERE key = ANY ($1) OR schema_name = ANY ($2)",
		f.builtInKeys(), f.builtInSchemas())
	if err != nil {
		return nil, err
	}
	var key, schema string
	_, err = pgx.ForEachRow(rows, []any{&key, &schema}, func() error {
		i := slices.Index(missing, BuiltIn{key, schema})
		if i < 0 {
			return fmt.Errorf("tenancy: the tenant %q has the schema %q: a built-in tenant wants either, not both: keep a built-in tenant's key and schema as they were", key, schema)
		}
		missing = slices.Delete(missing, i, i+1)
		return nil
	})
	return missing, err
}

// entries are the commands that write the ledger's rows for what just ran. They
// come after it: two migrators at once end in one success, as the key is unique.
func entries(who int64, ran source) []command {
	if len(ran) == 0 {
		return nil
	}
	versions, sums := make([]int64, len(ran)), make([]string, len(ran))
	for i, m := range ran {
		versions[i], sums[i] = m.version, m.checksum
	}
	return []command{
		cmd("DELETE FROM public.tenancy_migration WHERE tenant_id = $1 AND state = 'failed'", who),
		cmd(`INSERT INTO public.tenancy_migration (tenant_id, version, checksum, state, started_at, finished_at)
			SELECT $1, m.version, m.checksum, 'applied', now(), clock_timestamp() FROM unnest($2::bigint[], $3::text[]) AS m (version, checksum)`,
			who, versions, sums),
	}
}
