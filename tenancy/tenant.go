package tenancy

import (
	"fmt"
	"regexp"
)

// Tenant is one tenant: who it is to the application, and the schema that
// holds its tables. Only the registry makes one (Get, List, Create, or
// TenantFromRow), so a Tenant in hand is a schema of ours. The zero Tenant
// has no schema, and no transaction can be bound to it.
type Tenant struct {
	id          int64
	key, schema string
}

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// TenantFromRow is for an application that reads public.tenancy_tenant in a
// query of its own. All three values must come from one row, or the rights in
// one tenant meet the schema of another. A name that cannot be a tenant's
// schema is an error.
func TenantFromRow(id int64, key, schema string) (Tenant, error) {
	if !schemaName.MatchString(schema) || schema == "public" {
		return Tenant{}, fmt.Errorf("tenancy: %q cannot be a tenant's schema", schema)
	}
	return Tenant{id, key, schema}, nil
}

// ID returns the tenant's number, which never changes.
func (t Tenant) ID() int64 { return t.id }

// Key returns what requests call the tenant. A rename changes it.
func (t Tenant) Key() string { return t.key }

// Schema returns the name of the schema that holds the tenant's tables. It
// never changes.
func (t Tenant) Schema() string { return t.schema }
