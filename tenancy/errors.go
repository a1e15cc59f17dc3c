package tenancy

import "errors"

var (
	// ErrPathChanged is returned by InTx when the function has left another
	// search path than the tenant's. Nothing was committed.
	ErrPathChanged = errors.New("tenancy: the search path is no longer the tenant's")

	// ErrNotYours is returned by Commit and Rollback of a Tx: who opened the
	// transaction ends it.
	ErrNotYours = errors.New("tenancy: InTx ends its transaction itself")

	// ErrNoTenant is returned for the zero Tenant.
	ErrNoTenant = errors.New("tenancy: no tenant: take one from Get, List, Create or TenantFromRow")

	// ErrNotFound is returned when no tenant has that key or id.
	ErrNotFound = errors.New("tenancy: no such tenant")

	// ErrExists is returned when a key is taken.
	ErrExists = errors.New("tenancy: the key is taken")

	// ErrReserved is returned when a new key is one of Config.Reserved.
	ErrReserved = errors.New("tenancy: the key is reserved")

	// ErrInvalidKey is returned when a new key is not 1 to 50 ASCII letters,
	// digits, underscores and hyphens.
	ErrInvalidKey = errors.New("tenancy: a key is 1 to 50 ASCII letters, digits, underscores or hyphens")

	// ErrState is returned when a tenant is in a state that does not allow the
	// change, as a built-in tenant that should be trashed.
	ErrState = errors.New("tenancy: not possible in the tenant's state")

	// ErrNewer is returned when the database has migrations that this program
	// does not know: it is older than the database.
	ErrNewer = errors.New("tenancy: the database is newer than this program")

	// ErrChanged is returned when the statements of a migration that has run
	// are no longer those that ran. Undo the change, and put it into a new
	// migration.
	ErrChanged = errors.New("tenancy: a migration was changed after it ran")

	// ErrPathSet is returned when a connection has a search path before a
	// tenant's transaction gave it one. The message says what to type.
	ErrPathSet = errors.New("tenancy: the search path outside of tenants is not empty")

	// ErrNotMigrated is returned when the database has no registry yet, or one
	// of an older version of this package.
	ErrNotMigrated = errors.New("tenancy: the database is not migrated: run Migrate first")

	// ErrPooler is returned when Config.DirectURL leads to a pooler.
	ErrPooler = errors.New("tenancy: this needs a connection to PostgreSQL itself, not to a pooler")

	// ErrBehind is what the middleware refuses a tenant for whose tables are
	// those of an older version.
	ErrBehind = errors.New("tenancy: the tenant lacks migrations")
)
