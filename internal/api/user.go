package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// userJSON is a user on the wire. For a reader who may not know of the user
// all but the id is null.
type userJSON struct {
	ID            int64                    `json:"id"`
	LastLogin     *drf.Time                `json:"last_login"`
	IsSuperuser   *bool                    `json:"is_superuser"`
	FirstName     *string                  `json:"first_name"`
	LastName      *string                  `json:"last_name"`
	IsStaff       *bool                    `json:"is_staff"`
	IsActive      *bool                    `json:"is_active"`
	DateJoined    *drf.Time                `json:"date_joined"`
	Email         *string                  `json:"email"`
	Mobile        *string                  `json:"mobile"`
	AvatarURL     *string                  `json:"avatar_url"`
	Config        json.RawMessage          `json:"config"`
	CreatedAt     *drf.Time                `json:"created_at"`
	UpdatedAt     *drf.Time                `json:"updated_at"`
	Organizations []memberOrganizationJSON `json:"organizations"`
	Status        *string                  `json:"status"`
	UniqueID      *string                  `json:"unique_id"`
	AuthOrg       *int64                   `json:"auth_org"`
}

// memberOrganizationJSON is an organization in a user's profile.
type memberOrganizationJSON struct {
	organizationJSON
	Role string `json:"role"`
}

func userToJSON(u store.User, orgs []memberOrganizationJSON) userJSON {
	return userJSON{
		u.ID, drf.TimeOrNull(u.LastLogin), &u.IsSuperuser, &u.FirstName, &u.LastName, &u.IsStaff, &u.IsActive,
		drf.TimeOrNull(&u.DateJoined), u.Email, u.Mobile, u.AvatarURL, u.Config,
		drf.TimeOrNull(&u.CreatedAt), drf.TimeOrNull(&u.UpdatedAt), orgs, &u.Status, u.UniqueID, u.AuthOrgID,
	}
}

// hiddenUser is a user whom the reader may not know of.
func hiddenUser(id int64) userJSON {
	return userJSON{ID: id, Organizations: []memberOrganizationJSON{}}
}

// nestedUser is a user inside another object. Who is not a member of the
// workspace learns the id alone, unless it is himself.
func (a *API) nestedUser(ctx context.Context, c *call, id int64) (userJSON, error) {
	if !c.member() && !c.Who.IsSuperuser && c.Who.UserID != id {
		return hiddenUser(id), nil
	}
	u, err := c.Shared.UserByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return hiddenUser(id), nil
	} else if err != nil {
		return userJSON{}, err
	}
	return a.wholeUser(ctx, c, u)
}

// wholeUser is u with those of his organizations that the reader is in too.
func (a *API) wholeUser(ctx context.Context, c *call, u store.User) (userJSON, error) {
	rows, err := c.Shared.OrganizationsOfUser(ctx, u.ID, c.Who.IsSuperuser, c.Who.UserID)
	if err != nil {
		return userJSON{}, err
	}
	orgs := make([]memberOrganizationJSON, len(rows))
	for i, row := range rows {
		o, err := a.organizationToJSON(store.Organization{
			ID: row.ID, Name: row.Name, APIKeyEnc: row.APIKeyEnc, Config: row.Config,
			CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, Shortcode: row.Shortcode, SchemaName: row.SchemaName,
		})
		if err != nil {
			return userJSON{}, err
		}
		orgs[i] = memberOrganizationJSON{o, row.Role}
	}
	return userToJSON(u, orgs), nil
}

// userToken answers with the user that a token belongs to.
func (a *API) userToken(ctx context.Context, c *call) (drf.Response, error) {
	token := c.query("token")
	if token == "" {
		return drf.Response{}, drf.Refuse(http.StatusBadRequest, "token not provided")
	}
	u, err := c.Shared.UserByAccessToken(ctx, auth.HashToken(token), c.At)
	if errors.Is(err, store.ErrNotFound) {
		return drf.Response{}, drf.Refuse(http.StatusNotFound, "User not found.")
	} else if err != nil {
		return drf.Response{}, err
	}
	body, err := a.wholeUser(ctx, c, u)
	return drf.OK(body), err
}
