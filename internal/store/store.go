// Package store is every query the platform makes. Tenant's methods see one
// workspace; Shared's see the tables that all workspaces share. Generated
// queries are promoted from shareddb and tenantdb; an operation of several
// statements is written by hand beside them.
package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/internal/store/shareddb"
	"example.org/plio/internal/store/tenantdb"
	"example.org/plio/tenancy"
)

var (
	// ErrNotFound is returned when no live row matches.
	ErrNotFound = errors.New("store: not found")
	// ErrTaken is returned when somebody else has what has to be unique.
	ErrTaken = errors.New("store: taken")
)

// Tenant queries one workspace, and the shared tables beside it.
type Tenant struct {
	*tenantdb.Queries
	Shared
	db tenantdb.DBTX
}

// Shared queries the shared tables.
type Shared struct{ *shareddb.Queries }

// Rows, by the names that other rooms use.
type (
	Caller       = shareddb.CallerByTokenRow
	User         = shareddb.User
	Role         = shareddb.Role
	Membership   = shareddb.MembershipListRow
	Organization = shareddb.OrganizationByIDRow

	Plio          = tenantdb.Plio
	PlioWithVideo = tenantdb.PlioByUUIDRow
	Video         = tenantdb.Video
	Item          = tenantdb.Item
	ItemWhole     = tenantdb.ItemListRow
	Question      = tenantdb.Question
	QuestionWhole = tenantdb.QuestionListRow
	Image         = tenantdb.Image
)

// Parameters of the queries that take many.
type (
	OrganizationChange = shareddb.OrganizationUpdateParams
	MembershipChange   = shareddb.MembershipUpdateParams
	NewPlio            = tenantdb.PlioInsertParams
	PlioChange         = tenantdb.PlioUpdateParams
	VideoChange        = tenantdb.VideoUpdateParams
	NewQuestion        = tenantdb.QuestionInsertParams
)

// BindTenant returns the queries of the workspace that tx is bound to.
func BindTenant(tx tenancy.Tx) Tenant {
	db := mapped{tx}
	return Tenant{tenantdb.New(db), BindShared(tx), db}
}

// BindShared returns the shared queries on db, a pool or a transaction.
func BindShared(db shareddb.DBTX) Shared { return Shared{shareddb.New(mapped{db})} }

// mapped turns the driver's "no rows" into ErrNotFound and a unique violation
// into ErrTaken, once for all queries.
type mapped struct{ shareddb.DBTX }

func (m mapped) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	tag, err := m.DBTX.Exec(ctx, sql, args...)
	return tag, translate(err)
}

func (m mapped) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return mappedRow{m.DBTX.QueryRow(ctx, sql, args...)}
}

type mappedRow struct{ pgx.Row }

func (r mappedRow) Scan(dest ...any) error { return translate(r.Row.Scan(dest...)) }

func translate(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "23505" {
		return errors.Join(ErrTaken, err)
	}
	return err
}
