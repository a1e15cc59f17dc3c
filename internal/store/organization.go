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
		o, err := BindShared(tx).OrganizationInsert(ctx, shareddb.OrganizationInsertParams{
			ID: t.ID(), Name: n.Name, APIKeyEnc: n.APIKeyEnc, APIKeySHA256: n.APIKeySHA256, Config: n.Config,
		})
		made = Organization{
			ID: o.ID, Name: o.Name, APIKeyEnc: o.APIKeyEnc, APIKeySHA256: o.APIKeySHA256, Config: o.Config,
			CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, Shortcode: t.Key(), SchemaName: t.Schema(),
		}
		return err
	})
	return made, err
}
