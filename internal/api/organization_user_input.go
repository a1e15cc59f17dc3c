package api

import (
	"context"
	"errors"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// membershipInput is what a body says of a membership.
type membershipInput struct {
	user, organization, role drf.Opt[int64]
	isOwner                  drf.Opt[bool]
}

func readMembership(c *call, partial bool) (in membershipInput, d *drf.Decoder) {
	d = c.Body.Decoder(partial)
	d.PK("user", &in.user)
	d.PK("organization", &in.organization)
	d.PK("role", &in.role)
	d.Bool("is_owner", &in.isOwner, drf.Optional())
	return in, d
}

// check looks up what the body refers to, and returns what is wrong with it.
func (in membershipInput) check(ctx context.Context, c *call, d *drf.Decoder) error {
	for _, ref := range []struct {
		field string
		id    drf.Opt[int64]
		find  func(int64) error
	}{
		{"user", in.user, func(id int64) error { _, err := c.Shared.UserByID(ctx, id); return err }},
		{"organization", in.organization, func(id int64) error { _, err := c.Shared.OrganizationByID(ctx, id); return err }},
		{"role", in.role, func(id int64) error { _, err := c.Shared.RoleByID(ctx, id); return err }},
	} {
		if err := refer(d, ref.field, ref.id, ref.find); err != nil {
			return err
		}
	}
	return d.Err()
}

// refer looks up the object that a field names, and adds the error of one that
// does not exist to d.
func refer(d *drf.Decoder, field string, id drf.Opt[int64], find func(int64) error) error {
	if !id.Set || id.Null {
		return nil
	}
	err := find(id.Value)
	if errors.Is(err, store.ErrNotFound) {
		d.NoSuchPK(field)
		return nil
	}
	return err
}
