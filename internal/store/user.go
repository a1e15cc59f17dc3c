package store

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"example.org/plio/internal/store/shareddb"
)

// Identity is one thing that somebody is known by. Email and Mobile give it
// its one form; it is one user's at most.
type Identity struct {
	kind, value string
	given       string // as the user's own row keeps it
}

// ErrEmail is returned for a text that is no e-mail address.
var ErrEmail = errors.New("no e-mail address")

// ByEmail is whoever has an e-mail address, in whatever case it was typed. The
// error is ErrEmail.
func ByEmail(text string) (Identity, error) {
	given := strings.TrimSpace(text)
	a, err := mail.ParseAddress(given)
	at := strings.LastIndexByte(given, '@')
	if err != nil || a.Address != given || len(given) > 254 || !strings.Contains(given[at+1:], ".") {
		return Identity{}, fmt.Errorf("%q is %w; write it as ada@example.org", fmt.Sprintf("%.60s", text), ErrEmail)
	}
	return Identity{"email", strings.ToLower(given), given}, nil
}

// ByMobile is whoever has a mobile number. The error is ErrMobile.
func ByMobile(text string) (Identity, error) {
	e164, err := Mobile(text)
	return Identity{"mobile", e164, e164}, err
}

// Value returns the one form: an address in small letters, or E.164.
func (i Identity) Value() string { return i.value }

func (i Identity) is(kind string) *string {
	if i.kind != kind {
		return nil
	}
	return &i.given
}

// UserBy returns the live user with an identity.
func (s Shared) UserBy(ctx context.Context, id Identity) (User, error) {
	return s.UserByIdentity(ctx, id.kind, id.value, 0)
}

// FindOrCreateUser returns the user with an identity; when there is none, it
// makes one, approved, of that name. Of many callers at once one makes it and
// all get it, on a pool as well as in a transaction. The user may be inactive.
func (s Shared) FindOrCreateUser(ctx context.Context, id Identity, firstName, lastName string) (u User, created bool, err error) {
	u, err = s.UserBy(ctx, id)
	if !errors.Is(err, ErrNotFound) {
		return u, false, err
	}
	if err := s.UserIdentityFree(ctx, id.kind, []string{id.value}); err != nil {
		return u, false, err
	}
	u, err = s.UserClaim(ctx, shareddb.UserClaimParams{
		Email: id.is("email"), Mobile: id.is("mobile"), FirstName: firstName, LastName: lastName,
		Kind: id.kind, Value: id.value,
	})
	if !errors.Is(err, ErrNotFound) {
		return u, err == nil, err
	}
	u, err = s.UserBy(ctx, id) // somebody was quicker
	return u, false, err
}

// NewAccount is what CreateUser makes a user of; the identities may be none.
type NewAccount struct {
	Identities          []Identity
	FirstName, LastName string
	Status              string // "waitlist" or "approved"
	Superuser           bool
}

// CreateUser makes a user, or returns ErrTaken when somebody has one of the
// identities. That ends a transaction it runs in.
func (s Shared) CreateUser(ctx context.Context, n NewAccount) (User, error) {
	p := shareddb.UserCreateParams{
		FirstName: n.FirstName, LastName: n.LastName, Status: n.Status, IsSuperuser: n.Superuser,
		Kinds: []string{}, Vals: []string{},
	}
	for _, id := range n.Identities {
		if err := s.UserIdentityFree(ctx, id.kind, []string{id.value}); err != nil {
			return User{}, err
		}
		p.Kinds, p.Vals = append(p.Kinds, id.kind), append(p.Vals, id.value)
		if id.kind == "email" {
			p.Email = &id.given
		} else {
			p.Mobile = &id.given
		}
	}
	return s.UserCreate(ctx, p)
}

// EnsureUsersByMobile returns the user of each number (E.164, as Mobile gives
// them), and makes those that are missing, approved and without a name. created
// counts these. It sends four statements, however many numbers there are.
func (s Shared) EnsureUsersByMobile(ctx context.Context, mobiles []string) (ids map[string]int64, created int, err error) {
	ids = make(map[string]int64, len(mobiles))
	if err := s.addUsersByMobile(ctx, ids, mobiles); err != nil {
		return nil, 0, err
	}
	missing := slices.DeleteFunc(slices.Clone(mobiles), func(m string) bool { return ids[m] != 0 })
	if len(missing) == 0 {
		return ids, 0, nil
	}
	if err := s.UserIdentityFree(ctx, "mobile", missing); err != nil {
		return nil, 0, err
	}
	n, err := s.UsersClaimByMobile(ctx, missing)
	if err != nil {
		return nil, 0, err
	}
	return ids, int(n), s.addUsersByMobile(ctx, ids, missing)
}

func (s Shared) addUsersByMobile(ctx context.Context, ids map[string]int64, mobiles []string) error {
	rows, err := s.UsersByMobile(ctx, mobiles)
	for _, row := range rows {
		ids[row.Mobile] = row.UserID
	}
	return err
}
