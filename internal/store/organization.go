package store

import (
	"context"
	"encoding/json"

	"example.org/plio/internal/store/shareddb"
	"example.org/plio/tenancy"
)

// NewOrganization is what an organization is made of. The API key comes
// encrypted, with the hash that finds it.
type NewOrganization struct {
	Name         string
	Shortcode    string
	APIKeyEnc    []byte
	APIKeySHA256 []byte
	Config       json.RawMessage
}

// CreateOrganization makes an organization with its workspace, both or
// neither. It takes a connection of its own. A shortcode that cannot be had is
// tenancy's ErrExists, ErrReserved or ErrInvalidKey; an API key that is another
// organization's is ErrTaken.
func CreateOrganization(ctx context.Context, db *tenancy.DB, n NewOrganization) (Organization, error) {
	var made Organization
	_, err := db.Create(ctx, n.Shortcode, func(tx tenancy.Tx, t tenancy.Tenant) error {
		row, err := BindShared(tx).OrganizationInsert(ctx, shareddb.OrganizationInsertParams{
			ID: t.ID(), Name: n.Name, APIKeyEnc: n.APIKeyEnc, APIKeySHA256: n.APIKeySHA256, Config: n.Config,
		})
		made = organizationOf(row, t.Key(), t.Schema())
		return err
	})
	return made, err
}

// ChangeOrganization changes o, and returns it as it is then. Another shortcode
// than o's renames its workspace, in the same transaction; "" keeps it. The
// errors are CreateOrganization's.
func ChangeOrganization(ctx context.Context, db *tenancy.DB, o Organization, shortcode string, c OrganizationChange) (Organization, error) {
	c.ID = o.ID
	if shortcode == "" || shortcode == o.Shortcode {
		row, err := BindShared(db.Shared()).OrganizationUpdate(ctx, c)
		return organizationOf(row, o.Shortcode, o.SchemaName), err
	}
	t, err := tenancy.TenantFromRow(o.ID, o.Shortcode, o.SchemaName)
	if err != nil {
		return Organization{}, err
	}
	var changed Organization
	err = db.Rename(ctx, t, shortcode, func(tx tenancy.Tx) error {
		row, err := BindShared(tx).OrganizationUpdate(ctx, c)
		changed = organizationOf(row, shortcode, o.SchemaName)
		return err
	})
	return changed, err
}

// organizationOf adds to a row what the registry knows of its workspace.
func organizationOf(row shareddb.Organization, shortcode, schema string) Organization {
	return Organization{
		ID: row.ID, Name: row.Name, APIKeyEnc: row.APIKeyEnc, APIKeySHA256: row.APIKeySHA256, Config: row.Config,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, Shortcode: shortcode, SchemaName: schema,
	}
}
