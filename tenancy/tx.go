package tenancy

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// raw is pgx.Tx by a name that keeps the embedded field unexported.
type raw = pgx.Tx

// Tx is a transaction bound to one tenant. Only DB's methods make one, so code
// that asks for a Tx cannot run outside a tenant. It is a pgx.Tx, but cannot be
// ended, and does not give its connection away.
//
// Its statements are prepared under a name of their own for each tenant and
// connection, and so keep their plans. Statements that differ each time, as
// those with values in their text, gain nothing by that: pass
// pgx.QueryExecModeExec before the arguments.
type Tx struct {
	raw
	tenant    Tenant
	savepoint bool
}

// Tenant returns the tenant that tx is bound to.
func (tx Tx) Tenant() Tenant { return tx.tenant }

// Begin makes a savepoint: a Tx of the same tenant that can be ended.
func (tx Tx) Begin(ctx context.Context) (pgx.Tx, error) {
	sp, err := tx.raw.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return Tx{sp, tx.tenant, true}, nil
}

// Commit returns ErrNotYours, except at a savepoint.
func (tx Tx) Commit(ctx context.Context) error {
	if !tx.savepoint {
		return ErrNotYours
	}
	return tx.raw.Commit(ctx)
}

// Rollback returns ErrNotYours, except at a savepoint.
func (tx Tx) Rollback(ctx context.Context) error {
	if !tx.savepoint {
		return ErrNotYours
	}
	return tx.raw.Rollback(ctx)
}

// Conn returns nil: on the connection itself nothing stays bound.
func (tx Tx) Conn() *pgx.Conn { return nil }
