package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

// organizationJSON is an organization on the wire.
type organizationJSON struct {
	ID         int64           `json:"id"`
	SchemaName string          `json:"schema_name"`
	Name       string          `json:"name"`
	Shortcode  string          `json:"shortcode"`
	APIKey     string          `json:"api_key"`
	Config     json.RawMessage `json:"config"`
	CreatedAt  drf.Time        `json:"created_at"`
	UpdatedAt  drf.Time        `json:"updated_at"`
}

func (a *API) organizationToJSON(o store.Organization) (organizationJSON, error) {
	key, err := a.key.Open(o.APIKeyEnc)
	if err != nil {
		return organizationJSON{}, fmt.Errorf("api: the key of organization %d: %w", o.ID, err)
	}
	return organizationJSON{o.ID, o.SchemaName, o.Name, o.Shortcode, key, o.Config, drf.Time(o.CreatedAt), drf.Time(o.UpdatedAt)}, nil
}

func (a *API) organizationAnswer(o store.Organization, answer func(any) drf.Response) (drf.Response, error) {
	body, err := a.organizationToJSON(o)
	return answer(body), err
}

// superuser refuses everybody else.
func (c *call) superuser() error {
	if !c.Who.IsSuperuser {
		return drf.Forbidden()
	}
	return nil
}

// organization returns the organization that the path names, to a superuser.
func (a *API) organization(ctx context.Context, c *call) (store.Organization, error) {
	if err := c.superuser(); err != nil {
		return store.Organization{}, err
	}
	return organizationByPK(ctx, c)
}

func organizationByPK(ctx context.Context, c *call) (store.Organization, error) {
	id, err := c.pk()
	if err != nil {
		return store.Organization{}, err
	}
	o, err := c.Shared.OrganizationByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return o, drf.NotFound("Organization")
	}
	return o, err
}

func (a *API) organizationList(ctx context.Context, c *call) (drf.Response, error) {
	rows, err := c.Shared.OrganizationList(ctx, c.Who.IsSuperuser, c.Who.UserID)
	if err != nil {
		return drf.Response{}, err
	}
	list := make([]organizationJSON, len(rows))
	for i, row := range rows {
		if list[i], err = a.organizationToJSON(store.Organization(row)); err != nil {
			return drf.Response{}, err
		}
	}
	return drf.OK(list), nil
}

func (a *API) organizationRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	o, err := a.organization(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	return a.organizationAnswer(o, drf.OK)
}

func (a *API) organizationCreate(ctx context.Context, c *call) (drf.Response, error) {
	if err := c.superuser(); err != nil {
		return drf.Response{}, err
	}
	in, err := readOrganization(c, false)
	if err != nil {
		return drf.Response{}, err
	}
	key := in.apiKey.Value
	if !in.apiKey.Set {
		key = auth.NewAPIKey()
	}
	sealed, hash, err := a.key.SealAPIKey(key)
	if err != nil {
		return drf.Response{}, err
	}
	o, err := store.CreateOrganization(ctx, a.db, store.NewOrganization{
		Name: in.name.Value, Shortcode: in.shortcode.Value, Config: in.config.Value, APIKeyEnc: sealed, APIKeySHA256: hash,
	})
	if err != nil {
		return drf.Response{}, organizationTaken(in, err)
	}
	return a.organizationAnswer(o, drf.Created)
}

// organizationUpdate changes what the body names. A new shortcode renames the
// workspace, in the same transaction.
func (a *API) organizationUpdate(ctx context.Context, c *call) (drf.Response, error) {
	o, err := a.organization(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	in, err := readOrganization(c, c.Method == http.MethodPatch)
	if err != nil {
		return drf.Response{}, err
	}
	change := store.OrganizationChange{Name: in.name.Pointer(), SetConfig: in.config.Set, Config: in.config.Value, At: c.At}
	if in.apiKey.Set {
		if change.APIKeyEnc, change.APIKeySHA256, err = a.key.SealAPIKey(in.apiKey.Value); err != nil {
			return drf.Response{}, err
		}
	}
	if o, err = store.ChangeOrganization(ctx, a.db, o, in.shortcode.Value, change); err != nil {
		return drf.Response{}, organizationTaken(in, err)
	}
	return a.organizationAnswer(o, drf.OK)
}

// organizationTaken turns what tenancy and the database say into errors of the
// fields that are at fault.
func organizationTaken(in organizationInput, err error) error {
	switch {
	case errors.Is(err, tenancy.ErrExists):
		return drf.Invalid("shortcode", "organization with this shortcode already exists.")
	case errors.Is(err, tenancy.ErrReserved):
		return drf.Invalid("shortcode", fmt.Sprintf("%q is reserved.", in.shortcode.Value))
	case errors.Is(err, store.ErrTaken):
		return drf.Invalid("api_key", "organization with this api key already exists.")
	}
	return err
}

// organizationDelete puts an organization away: its header is unknown from then
// on, its key is dead, and it leaves the profiles. Its data stays.
func (a *API) organizationDelete(ctx context.Context, c *call) (drf.Response, error) {
	o, err := a.organization(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	t, err := tenancy.TenantFromRow(o.ID, o.Shortcode, o.SchemaName)
	if err != nil {
		return drf.Response{}, err
	}
	return drf.NoContent(), a.db.Trash(ctx, t, fmt.Sprintf("user %d", c.Who.UserID), nil)
}

// organizationSetting stores any JSON as config["settings"]. Beside superusers
// the organization's own admins may.
func (a *API) organizationSetting(ctx context.Context, c *call) (drf.Response, error) {
	id, err := c.pk()
	if err != nil {
		return drf.Response{}, err
	}
	role, err := c.roleIn(ctx, id)
	if err != nil {
		return drf.Response{}, err
	}
	if !c.Who.IsSuperuser && !slices.Contains([]string{superAdmin, orgAdmin}, role) {
		return drf.Response{}, drf.Forbidden()
	}
	settings, err := c.Body.Any()
	if err != nil {
		return drf.Response{}, err
	}
	o, err := organizationByPK(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	config, err := c.Shared.OrganizationSettingUpdate(ctx, settings, c.At, o.ID)
	return drf.OK(config), err
}
