// Package tenancy puts one schema per customer under an application on pgx: it
// keeps the registry of tenants, hands out transactions that see one tenant's
// tables and no other's, and migrates them all.
//
//	report, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{})
//	db, err := tenancy.Open(ctx, cfg)
//	acme, err := db.Create(ctx, "acme", nil)
//	err = db.InTx(ctx, acme, func(tx tenancy.Tx) error {
//		_, err := tx.Exec(ctx, "INSERT INTO invoice (number) VALUES ($1)", "2026-1")
//		return err
//	})
//
// # Tenants
//
// A [Tenant] is an id, which never changes, a key, which is what requests call
// it, and a schema, whose name the package makes. [DB.Get], [DB.Info], [DB.List]
// and [DB.Create] return one; [TenantFromRow] makes one for an application that
// reads the table public.tenancy_tenant in a query of its own. So a Tenant in
// hand is a schema that exists, and no text of a user's ever is one.
//
// # Transactions
//
// A tenant is a property of a transaction: its search path is the tenant's
// schema alone, from its first statement to its end. Outside of one the path is
// empty. Tables that belong to no tenant are in schema public and always written
// public.x. A [Tx] is a pgx.Tx that cannot be ended by hand; before it commits,
// the package looks whether the path is still the tenant's.
//
// # The fleet
//
// Migrations are files in goose's SQL format, read from two file systems: those
// of schema public and those of every tenant. [Migrate] runs what is missing,
// and public.tenancy_migration is the ledger of what ran where. [Plan] says what
// Migrate would do, [DB.Status] who is behind.
//
// # Requests
//
// [DB.Middleware] finds the tenant of a request, by a header, the host's name,
// the path or the application's own rule, and puts it into its context.
//
// # Tests
//
// Package tenancytest gives each test a database of its own and checks an
// application's tables for ways from one tenant into another.
//
// The traps and limits are in docs/tenancy.md of the repository, with a way from
// an existing application to a schema per customer.
package tenancy
