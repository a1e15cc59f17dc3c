package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// membershipJSON is somebody's place in an organization, on the wire.
type membershipJSON struct {
	ID           int64          `json:"id"`
	User         int64          `json:"user"`
	UserDetails  memberUserJSON `json:"user_details"`
	Organization int64          `json:"organization"`
	IsOwner      bool           `json:"is_owner"`
	Role         int64          `json:"role"`
}

// memberUserJSON is what a membership tells of its user.
type memberUserJSON struct {
	ID        int64   `json:"id"`
	FirstName string  `json:"first_name"`
	LastName  string  `json:"last_name"`
	Email     *string `json:"email"`
	Mobile    *string `json:"mobile"`
	AvatarURL *string `json:"avatar_url"`
	Status    string  `json:"status"`
}

func membershipToJSON(m store.Membership) membershipJSON {
	user := memberUserJSON{m.OrganizationUser.UserID, m.FirstName, m.LastName, m.Email, m.Mobile, m.AvatarURL, m.Status}
	return membershipJSON{m.OrganizationUser.ID, user.ID, user, m.OrganizationUser.OrganizationID, m.OrganizationUser.IsOwner, m.OrganizationUser.RoleID}
}

// roleIn returns the caller's role in an organization, "" for none.
func (c *call) roleIn(ctx context.Context, organization int64) (string, error) {
	role, err := c.Shared.RoleInOrganization(ctx, organization, c.Who.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return role, err
}

// mayGrant reports whether the caller may give, change and take a role in an
// organization.
func (c *call) mayGrant(ctx context.Context, organization, role int64) (bool, error) {
	if c.Who.IsSuperuser {
		return true, nil
	}
	mine, err := c.roleIn(ctx, organization)
	if err != nil || len(grants[mine]) == 0 {
		return false, err
	}
	r, err := c.Shared.RoleByID(ctx, role)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return slices.Contains(grants[mine], r.Name), err
}

// membershipList shows the memberships of the organizations that the caller
// administers, narrowed to that of the parameter, or else of the header.
func (a *API) membershipList(ctx context.Context, c *call) (drf.Response, error) {
	var id *int64
	var named *string
	if parameter := c.query("organization"); parameter != "" {
		n, err := strconv.ParseInt(parameter, 10, 64)
		if err != nil {
			return drf.OK([]membershipJSON{}), nil
		}
		id = &n
	} else if header := shortcode(c.Request); header != personal {
		named = &header
	}
	rows, err := c.Shared.MembershipList(ctx, c.Who.IsSuperuser, c.Who.UserID, id, named)
	list := make([]membershipJSON, len(rows))
	for i, row := range rows {
		list[i] = membershipToJSON(row)
	}
	return drf.OK(list), err
}

// membership returns the one that the path names, to a superuser and to the
// admins of its organization.
func (a *API) membership(ctx context.Context, c *call) (store.Membership, error) {
	id, err := c.pk()
	if err != nil {
		return store.Membership{}, err
	}
	m, err := c.Shared.MembershipByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Membership{}, drf.NotFound("OrganizationUser")
	} else if err != nil {
		return store.Membership{}, err
	}
	mine, err := c.roleIn(ctx, m.OrganizationUser.OrganizationID)
	if err == nil && !c.Who.IsSuperuser && len(grants[mine]) == 0 {
		err = drf.NotFound("OrganizationUser")
	}
	return store.Membership(m), err
}

func (a *API) membershipRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	m, err := a.membership(ctx, c)
	return drf.OK(membershipToJSON(m)), err
}

func (a *API) membershipDelete(ctx context.Context, c *call) (drf.Response, error) {
	m, err := a.membership(ctx, c)
	if err != nil {
		return drf.Response{}, err
	}
	if ok, err := c.mayGrant(ctx, m.OrganizationUser.OrganizationID, m.OrganizationUser.RoleID); err != nil || !ok {
		return drf.Response{}, either(err, drf.Forbidden())
	}
	_, err = c.Shared.MembershipDelete(ctx, &c.At, m.OrganizationUser.ID)
	return drf.NoContent(), err
}

func (a *API) membershipCreate(ctx context.Context, c *call) (drf.Response, error) {
	in, d := readMembership(c, false)
	if !c.Who.IsSuperuser {
		if ok, err := c.mayGrant(ctx, in.organization.Value, in.role.Value); err != nil || !ok {
			return drf.Response{}, either(err, drf.Forbidden())
		}
	}
	if err := in.check(ctx, c, d); err != nil {
		return drf.Response{}, err
	}
	made, err := c.Shared.MembershipInsert(ctx, in.organization.Value, in.user.Value, in.role.Value, in.isOwner.Value)
	if errors.Is(err, store.ErrTaken) {
		return drf.Response{}, memberAlready()
	} else if err != nil {
		return drf.Response{}, err
	}
	m, err := c.Shared.MembershipByID(ctx, made.ID)
	return drf.Created(membershipToJSON(store.Membership(m))), err
}

// membershipUpdate changes what the body names. The present role and the new
// one have to be the caller's to give, in the organization that it is in and in
// the one that it goes to.
func (a *API) membershipUpdate(ctx context.Context, c *call) (drf.Response, error) {
	m, err := a.membership(ctx, c)
	if e, ok := errors.AsType[*drf.Error](err); ok && e.Status == http.StatusNotFound && !c.Who.IsSuperuser {
		return drf.Response{}, drf.Forbidden()
	} else if err != nil {
		return drf.Response{}, err
	}
	now := m.OrganizationUser
	in, d := readMembership(c, c.Method == http.MethodPatch)
	for _, place := range [][2]int64{{now.OrganizationID, now.RoleID}, {in.organization.Or(now.OrganizationID), in.role.Or(now.RoleID)}} {
		if ok, err := c.mayGrant(ctx, place[0], place[1]); err != nil || !ok {
			return drf.Response{}, either(err, drf.Forbidden())
		}
	}
	if err := in.check(ctx, c, d); err != nil {
		return drf.Response{}, err
	}
	_, err = c.Shared.MembershipUpdate(ctx, store.MembershipChange{
		ID: now.ID, At: c.At, OrganizationID: in.organization.Pointer(), UserID: in.user.Pointer(), RoleID: in.role.Pointer(), IsOwner: in.isOwner.Pointer(),
	})
	if errors.Is(err, store.ErrTaken) {
		return drf.Response{}, memberAlready()
	} else if err != nil {
		return drf.Response{}, err
	}
	changed, err := c.Shared.MembershipByID(ctx, now.ID)
	return drf.OK(membershipToJSON(store.Membership(changed))), err
}

// either returns err, or what is wrong otherwise.
func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func memberAlready() error {
	return drf.Invalid("non_field_errors", "The fields user, organization must make a unique set.")
}
