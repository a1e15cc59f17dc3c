package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

const superAdmin, orgAdmin, orgView = "super-admin", "org-admin", "org-view"

// grants says which roles somebody with a role may give, change and take.
var grants = map[string][]string{
	superAdmin: {orgAdmin, orgView},
	orgAdmin:   {orgView},
}

// roleJSON is a role on the wire.
type roleJSON struct {
	ID        int64    `json:"id"`
	Name      string   `json:"name"`
	CreatedAt drf.Time `json:"created_at"`
	UpdatedAt drf.Time `json:"updated_at"`
}

func roleToJSON(r store.Role) roleJSON {
	return roleJSON{r.ID, r.Name, drf.Time(r.CreatedAt), drf.Time(r.UpdatedAt)}
}

// sees reports whether the caller may know of a role: a superuser of all,
// others of those that they may grant in the organization of the header.
func (c *call) sees(r store.Role) bool {
	return c.Who.IsSuperuser || slices.Contains(grants[c.Who.Role], r.Name)
}

func (a *API) roleList(ctx context.Context, c *call) (drf.Response, error) {
	roles, err := c.Shared.RoleList(ctx)
	list := []roleJSON{}
	for _, r := range roles {
		if c.sees(r) {
			list = append(list, roleToJSON(r))
		}
	}
	return drf.OK(list), err
}

func (a *API) role(ctx context.Context, c *call) (store.Role, error) {
	id, err := c.pk()
	if err != nil {
		return store.Role{}, err
	}
	r, err := c.Shared.RoleByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !c.sees(r) {
		return r, drf.NotFound("Role")
	}
	return r, err
}

func (a *API) roleRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	r, err := a.role(ctx, c)
	return drf.OK(roleToJSON(r)), err
}

func readRole(c *call, partial bool) (name drf.Opt[string], err error) {
	d := c.Body.Decoder(partial)
	d.String("name", &name, drf.Max(255))
	return name, d.Err()
}

func roleTaken() error { return drf.Invalid("name", "role with this name already exists.") }

// roleCreate and the two below are for superusers: a role says what its holders
// may do, by its name.
func (a *API) roleCreate(ctx context.Context, c *call) (drf.Response, error) {
	if err := c.superuser(); err != nil {
		return drf.Response{}, err
	}
	name, err := readRole(c, false)
	if err != nil {
		return drf.Response{}, err
	}
	r, err := c.Shared.RoleInsert(ctx, name.Value)
	if errors.Is(err, store.ErrTaken) {
		err = roleTaken()
	}
	return drf.Created(roleToJSON(r)), err
}

// ownRole returns the role that the path names, if it is not built in: those
// keep their names, as everybody's rights hang on them.
func (a *API) ownRole(ctx context.Context, c *call) (store.Role, error) {
	if err := c.superuser(); err != nil {
		return store.Role{}, err
	}
	r, err := a.role(ctx, c)
	if err == nil && slices.Contains([]string{superAdmin, orgAdmin, orgView}, r.Name) {
		return r, drf.Refuse(http.StatusForbidden, "The role "+r.Name+" is built in.")
	}
	return r, err
}

func (a *API) roleUpdate(ctx context.Context, c *call) (drf.Response, error) {
	r, err := a.ownRole(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	name, err := readRole(c, c.Method == http.MethodPatch)
	if err != nil {
		return drf.Response{}, err
	}
	r, err = c.Shared.RoleUpdate(ctx, name.Pointer(), c.At, r.ID)
	if errors.Is(err, store.ErrTaken) {
		err = roleTaken()
	}
	return drf.OK(roleToJSON(r)), err
}

func (a *API) roleDelete(ctx context.Context, c *call) (drf.Response, error) {
	r, err := a.ownRole(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	n, err := c.Shared.RoleDelete(ctx, &c.At, r.ID)
	if err == nil && n == 0 {
		err = drf.Refuse(http.StatusBadRequest, "Somebody has the role "+r.Name+". Give them another one first.")
	}
	return drf.NoContent(), err
}
