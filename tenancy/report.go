package tenancy

import (
	"fmt"
	"time"
)

// Report is what a Migrate did.
type Report struct {
	Own     []string // files of this package that ran
	Shared  []string // files of Config.Shared that ran
	BuiltIn []string // keys of built-in tenants that were made
	RoleSet bool     // the serving role was given its empty search path
	Tenants int      // how many were brought up to date
	Failed  []*MigrationError
	Left    int           // how many are still behind, other than Failed: the roll-out stopped
	Retries int           // how often somebody held a lock, and a transaction was tried again
	Took    time.Duration // all in all, with waiting for another Migrate
}

// Nothing reports whether everything was as it should be already.
func (r Report) Nothing() bool {
	return len(r.Own)+len(r.Shared)+len(r.BuiltIn)+r.Tenants+len(r.Failed)+r.Left == 0 && !r.RoleSet
}

// MigrationError says which migration of which tenant failed, and where. The
// tenant is as before: its transaction was rolled back.
type MigrationError struct {
	Tenant  Tenant // the zero Tenant: schema public
	Version int64
	At      string // file and line of the statement, empty if it was none of the migration's
	Err     error
}

// Error names the tenant, the file and the line.
func (e *MigrationError) Error() string {
	who := "schema public"
	if e.Tenant.schema != "" {
		who = fmt.Sprintf("tenant %q (id %d, schema %s)", e.Tenant.key, e.Tenant.id, e.Tenant.schema)
	}
	if e.At == "" {
		return fmt.Sprintf("%s, migration %04d: %v", who, e.Version, e.Err)
	}
	return fmt.Sprintf("%s, %s: %v", who, e.At, e.Err)
}

// Unwrap returns what PostgreSQL said.
func (e *MigrationError) Unwrap() error { return e.Err }

// err sums up what failed. It wraps the first MigrationError.
func (r Report) err(of int) error {
	if len(r.Failed) == 0 {
		return nil
	}
	return fmt.Errorf("tenancy: %d of %d tenants failed; %d were not tried; the first: %w", len(r.Failed), of, r.Left, r.Failed[0])
}
