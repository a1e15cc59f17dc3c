package tenancy

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Pending is what Migrate would do.
type Pending struct {
	Own     []string // files of this package
	Shared  []string // files of Config.Shared
	BuiltIn []string // keys of built-in tenants that are missing
	RoleSet bool     // the serving role has no empty search path here
	Behind  []Behind // the tenants that lack migrations
	Tenants int      // how many there are, spare and trashed ones included
	Latest  int64    // the version that they should have
}

// Empty reports whether there is nothing to do.
func (p Pending) Empty() bool {
	return len(p.Own)+len(p.Shared)+len(p.BuiltIn)+len(p.Behind) == 0 && !p.RoleSet
}

// Plan says what Migrate would do. It reads only, over Config.DirectURL, also
// from a database in which there is nothing yet, and fails where Migrate would
// refuse to begin.
func Plan(ctx context.Context, cfg Config) (Pending, error) {
	m, err := newMigrator(ctx, cfg, MigrateOptions{})
	if err != nil {
		return Pending{}, err
	}
	defer m.close()
	return m.plan(ctx)
}

func (m *migrator) plan(ctx context.Context) (p Pending, err error) {
	l, err := m.f.readLedger(ctx, m.conn)
	if err != nil {
		return p, fmt.Errorf("tenancy: %w", err)
	}
	set, err := rolePathIsEmpty(ctx, m.conn, m.role)
	if err != nil {
		return p, err
	}
	p = Pending{Own: files(m.f.own[l.own:]), Shared: files(m.f.shared[l.shared:]), RoleSet: !set,
		Behind: l.behind, Tenants: l.tenants, Latest: m.f.tenant.latest()}
	if !l.exists {
		l.builtIn = m.f.cfg.BuiltIn
	}
	for _, b := range l.builtIn {
		p.BuiltIn = append(p.BuiltIn, b.Key)
	}
	return p, nil
}

func files(s source) (names []string) {
	for _, m := range s {
		names = append(names, m.file)
	}
	return names
}

// Status is how far the fleet is, from the ledger.
type Status struct {
	Latest  int64    // the version that a tenant should have
	Tenants int      // how many there are, spare and trashed ones included
	Behind  []Behind // those that have less
}

// Status asks the ledger who is behind.
func (db *DB) Status(ctx context.Context) (Status, error) {
	f, err := db.registry()
	if err != nil {
		return Status{}, err
	}
	s := Status{Latest: f.tenant.latest()}
	err = pgx.BeginFunc(ctx, db.shared, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM public.tenancy_tenant WHERE state <> 'gone'").Scan(&s.Tenants); err != nil {
			return err
		}
		s.Behind, err = f.readBehind(ctx, tx)
		return err
	})
	if err != nil {
		return Status{}, fmt.Errorf("tenancy: %w", err)
	}
	return s, nil
}
