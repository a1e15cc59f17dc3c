package auth

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/plio/internal/store"
)

const linkLife = 24 * time.Hour

// ErrLinkDead is returned for a link that is unknown, used, expired, replaced,
// or of a user who may not sign in.
var ErrLinkDead = errors.New("auth: this link is dead")

// FirstLink returns the code of a link that makes the first superuser, good for
// 24 hours; the ones before die. ok is false when there is a superuser.
func (a *Auth) FirstLink(ctx context.Context) (code string, ok bool, err error) {
	code = newToken()
	err = a.inTx(ctx, func(s store.Shared) error {
		if err := s.FirstLinkLock(ctx); err != nil {
			return err
		}
		exists, err := s.SuperuserExists(ctx)
		if err != nil || exists {
			return err
		}
		if err := s.FirstLinkDelete(ctx); err != nil {
			return err
		}
		ok = true
		return s.FirstLinkInsert(ctx, HashToken(code), a.now().Add(linkLife))
	})
	if err != nil || !ok {
		return "", false, err
	}
	return code, true, nil
}

// MakeLink returns the code of a link that signs a user in, once, within 24
// hours. It returns ErrInactive.
func (a *Auth) MakeLink(ctx context.Context, userID int64) (code string, err error) {
	code = newToken()
	n, err := a.shared.SignInLinkInsert(ctx, HashToken(code), a.now().Add(linkLife), userID)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", ErrInactive
	}
	return code, nil
}

// Link is what a live link is for.
type Link struct {
	First bool   // it makes the first superuser, and asks who that is
	Name  string // whom it signs in: a name, or else an address or a number
}

// Link looks at a link without spending it. It returns ErrLinkDead.
func (a *Auth) Link(ctx context.Context, code string) (Link, error) {
	row, err := a.shared.SignInLinkByHash(ctx, HashToken(code), a.now())
	if errors.Is(err, store.ErrNotFound) {
		return Link{}, ErrLinkDead
	}
	if err != nil {
		return Link{}, err
	}
	return Link{First: row.UserID == nil, Name: display(row.FirstName, row.LastName, row.Email, row.Mobile)}, nil
}

// display is what somebody is called: a name, or else an address or a number.
func display(first, last, email, mobile string) string {
	return cmp.Or(strings.TrimSpace(first+" "+last), email, mobile)
}

// Organization is one that a user is in.
type Organization = store.UserOrganization

// Welcome is what a link gives.
type Welcome struct {
	User          store.User
	Tokens        Tokens
	Organizations []Organization
}

// Name is what the user is called: a name, or else an address or a number.
func (w Welcome) Name() string {
	return display(w.User.FirstName, w.User.LastName, w.Email(), *cmp.Or(w.User.Mobile, new("")))
}

// Email is the user's address, or "".
func (w Welcome) Email() string { return *cmp.Or(w.User.Email, new("")) }

// UseLink spends a link and signs its user in. One that makes the first
// superuser takes an e-mail address and a name, and makes a superuser of the
// user who has that address, if there is one; others ignore both. It returns
// ErrLinkDead, or a *FormError, which leaves the link as it was.
func (a *Auth) UseLink(ctx context.Context, code, email, name string) (w Welcome, err error) {
	err = a.inTx(ctx, func(s store.Shared) error {
		userID, err := s.SignInLinkUse(ctx, a.now(), HashToken(code))
		if errors.Is(err, store.ErrNotFound) {
			return ErrLinkDead
		}
		if err != nil {
			return err
		}
		if userID == nil {
			userID, err = a.makeFirst(ctx, s, email, name)
			if err != nil {
				return err
			}
		}
		if w.Tokens, err = a.signIn(ctx, s, *userID); err != nil {
			return err
		}
		if w.User, err = s.UserByID(ctx, *userID); err != nil {
			return err
		}
		w.Organizations, err = s.OrganizationsOfUser(ctx, *userID, true, *userID)
		return err
	})
	if errors.Is(err, ErrInactive) {
		err = ErrLinkDead
	}
	if err != nil {
		return Welcome{}, err
	}
	return w, nil
}

func (a *Auth) makeFirst(ctx context.Context, s store.Shared, email, name string) (*int64, error) {
	if exists, err := s.SuperuserExists(ctx); err != nil {
		return nil, err
	} else if exists {
		return nil, ErrLinkDead
	}
	who, first, last, err := readForm(email, name)
	if err != nil {
		return nil, err
	}
	u, _, err := s.FindOrCreateUser(ctx, who, first, last)
	if err != nil {
		return nil, err
	}
	if !u.IsActive {
		return nil, &FormError{Email: Inactive}
	}
	if err := s.UserNameFill(ctx, first, last, a.now(), u.ID); err != nil {
		return nil, err
	}
	return &u.ID, s.UserSuperuserUpdate(ctx, true, a.now(), u.ID)
}

// Problem is what can be wrong with a field of the form; "" is nothing.
type Problem string

// The problems there are.
const (
	Missing  Problem = "missing"
	Invalid  Problem = "invalid"
	TooLong  Problem = "too long"
	Inactive Problem = "inactive" // the address of a deactivated user
)

// FormError says what is wrong with what was typed, field by field.
type FormError struct{ Email, Name Problem }

// Error implements error.
func (e *FormError) Error() string {
	var texts []string
	if e.Email != "" {
		texts = append(texts, "e-mail: "+string(e.Email))
	}
	if e.Name != "" {
		texts = append(texts, "name: "+string(e.Name))
	}
	return strings.Join(texts, "; ")
}

// maxName is what first_name and last_name hold, in characters.
const maxName = 150

// readForm returns whom the form describes: of a name, the first word is the
// first name.
func readForm(email, name string) (who store.Identity, first, last string, err error) {
	var e FormError
	who, err = store.ByEmail(email)
	switch {
	case strings.TrimSpace(email) == "":
		e.Email = Missing
	case err != nil:
		e.Email = Invalid
	}
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		e.Name = Missing
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		e.Name = Invalid
	case utf8.RuneCountInString(name) > maxName:
		e.Name = TooLong
	}
	if e != (FormError{}) {
		return who, "", "", &e
	}
	first, last, _ = strings.Cut(name, " ")
	return who, first, last, nil
}
