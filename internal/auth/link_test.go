package auth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/store"
)

// first returns the code of a first link.
func (w *world) first() string {
	w.Helper()
	code, ok, err := w.FirstLink(w.Context())
	if err != nil || !ok || !lettersAndDigits.MatchString(code) {
		w.Fatalf("first link %q, %t, %v", code, ok, err)
	}
	return code
}

// live reports whether a link is alive.
func (w *world) live(code string) bool {
	w.Helper()
	_, err := w.Link(w.Context(), code)
	if err != nil && !errors.Is(err, auth.ErrLinkDead) {
		w.Fatal(err)
	}
	return err == nil
}

func TestTheFirstLinkMakesASuperuserOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, code := w.first(), w.first()
	if w.live(before) || !w.live(code) {
		t.Error("the new link is alive, and the one before is dead")
	}
	for range 3 { // a preview spends nothing
		if l, err := w.Link(t.Context(), code); err != nil || !l.First || l.Name != "" {
			t.Fatalf("%+v, %v", l, err)
		}
	}
	got, err := w.UseLink(t.Context(), code, " Ada@Example.org ", "Ada  King Lovelace")
	if err != nil {
		t.Fatal(err)
	}
	u := got.User
	if *u.Email != "Ada@Example.org" || u.FirstName != "Ada" || u.LastName != "King Lovelace" || !u.IsSuperuser || !u.IsStaff || u.Status != "approved" || !u.LastLogin.Equal(w.at) {
		t.Errorf("user %+v", u)
	}
	if w.bearer(got.Tokens.Access) != u.ID || len(got.Organizations) != 0 {
		t.Errorf("%+v", got)
	}
	ada, _ := store.ByEmail("ada@example.ORG")
	if same, err := w.shared.UserBy(t.Context(), ada); err != nil || same.ID != u.ID {
		t.Errorf("her address leads to %d: %v", same.ID, err)
	}
	if _, err := w.UseLink(t.Context(), code, "eve@example.org", "Eve"); !errors.Is(err, auth.ErrLinkDead) {
		t.Errorf("used twice: %v", err)
	}
	if code, ok, err := w.FirstLink(t.Context()); ok || code != "" || err != nil {
		t.Errorf("with a superuser: %q, %t, %v", code, ok, err)
	}
	w.exec(`UPDATE public."user" SET is_active = false`)
	w.first() // nobody is left who could let others in
}

func TestTheFirstLinkTakesAUserWhoIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.org")
	got, err := w.UseLink(t.Context(), w.first(), "ADA@example.org", "Somebody Else")
	if err != nil || got.User.ID != ada || !got.User.IsSuperuser || got.User.FirstName != "Ada" || *got.User.Email != "ada@example.org" {
		t.Errorf("%+v, %v", got.User, err)
	}
}

func TestWhatIsTypedWrongIsToldAndTheLinkLives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`UPDATE public."user" SET is_active = false WHERE id = $1`, w.user("gone@example.org"))
	code := w.first()
	for _, tt := range []struct {
		email, name string
		want        auth.FormError
	}{
		{"", " ", auth.FormError{Email: auth.Missing, Name: auth.Missing}},
		{"ada", "Ada", auth.FormError{Email: auth.Invalid}},
		{"ada@example", "Ada", auth.FormError{Email: auth.Invalid}},
		{"Ada <ada@example.org>", "Ada", auth.FormError{Email: auth.Invalid}},
		{"ada@example.org\x00", "Ada", auth.FormError{Email: auth.Invalid}},
		{strings.Repeat("a", 250) + "@example.org", "Ada", auth.FormError{Email: auth.Invalid}},
		{"ada@example.org", "A\x00da", auth.FormError{Name: auth.Invalid}},
		{"ada@example.org", "\xff", auth.FormError{Name: auth.Invalid}},
		{"ada@example.org", strings.Repeat("अ", 151), auth.FormError{Name: auth.TooLong}},
		{"gone@example.org", "Ada", auth.FormError{Email: auth.Inactive}},
	} {
		_, err := w.UseLink(t.Context(), code, tt.email, tt.name)
		if e, ok := errors.AsType[*auth.FormError](err); !ok || *e != tt.want {
			t.Errorf("%q, %q: %v, want %v", tt.email, tt.name, err, &tt.want)
		}
	}
	if !w.live(code) || w.count(`SELECT count(*) FROM public."user"`) != 1 {
		t.Error("the link was spent, or a user made")
	}
	if _, err := w.UseLink(t.Context(), code, "ada@example.org", strings.Repeat("अ", 150)); err != nil {
		t.Error(err)
	}
}

func TestALinkSignsItsUserIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.org")
	code, err := w.MakeLink(t.Context(), ada)
	if err != nil || !lettersAndDigits.MatchString(code) {
		t.Fatalf("%q, %v", code, err)
	}
	if l, err := w.Link(t.Context(), code); err != nil || l.First || l.Name != "Ada Lovelace" {
		t.Errorf("%+v, %v", l, err)
	}
	w.exec(`UPDATE public."user" SET first_name = '', last_name = ''`)
	if l, err := w.Link(t.Context(), code); err != nil || l.Name != "ada@example.org" {
		t.Errorf("%+v, %v", l, err)
	}
	got, err := w.UseLink(t.Context(), code, "", "")
	if err != nil || got.User.ID != ada || got.User.IsSuperuser || w.bearer(got.Tokens.Access) != ada {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestALinkDies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.at
	ada := w.user("ada@example.org")
	for _, tt := range []struct {
		what  string
		code  func() string
		sql   string
		later time.Duration
		live  bool
	}{
		{"in its last minute", nil, "", 24*time.Hour - time.Minute, true},
		{"after a day", nil, "", 24 * time.Hour, false},
		{"the first one after a day", w.first, "", 24 * time.Hour, false},
		{"when a superuser came to be by other means", w.first, `UPDATE public."user" SET is_superuser = true`, 0, false},
		{"with its user", nil, `UPDATE public."user" SET is_active = false`, 0, false},
		{"with its user, deleted", nil, `UPDATE public."user" SET is_active = true, deleted = now()`, 0, false},
	} {
		w.at = start
		var code string
		if tt.code != nil {
			code = tt.code()
		} else {
			w.exec(`UPDATE public."user" SET is_active = true, deleted = NULL`)
			code, _ = w.MakeLink(t.Context(), ada)
		}
		if !w.live(code) {
			t.Fatalf("%s: dead from the start", tt.what)
		}
		if tt.sql != "" {
			w.exec(tt.sql)
		}
		w.at = start.Add(tt.later)
		if w.live(code) != tt.live {
			t.Errorf("%s: alive %t", tt.what, !tt.live)
		}
		_, err := w.UseLink(t.Context(), code, "eve@example.org", "Eve")
		if (err == nil) != tt.live || err != nil && !errors.Is(err, auth.ErrLinkDead) {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
	for _, code := range []string{"", "ABC", strings.Repeat("A", 52)} {
		if w.live(code) {
			t.Errorf("%q is a link", code)
		}
	}
}

func TestALinkUsedByTwentyAtOnceSignsInOne(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"the first", "somebody's"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := w.first()
			if what == "somebody's" {
				code, _ = w.MakeLink(t.Context(), w.user("ada@example.org"))
			}
			var in, dead atomic.Int64
			atOnce(20, func(i int) {
				_, err := w.UseLink(context.Background(), code, fmt.Sprintf("user%d@example.org", i), "Ada")
				switch {
				case err == nil:
					in.Add(1)
				case errors.Is(err, auth.ErrLinkDead):
					dead.Add(1)
				default:
					t.Error(err)
				}
			})
			if in.Load() != 1 || dead.Load() != 19 || w.count(`SELECT count(*) FROM public."user"`) != 1 {
				t.Errorf("%d in, %d met a dead link", in.Load(), dead.Load())
			}
		})
	}
}

func TestOfTwentyFirstLinksMadeAtOnceOneLives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	codes := make([]string, 20)
	atOnce(20, func(i int) {
		var err error
		if codes[i], _, err = w.FirstLink(context.Background()); err != nil {
			t.Error(err)
		}
	})
	alive := 0
	for _, code := range codes {
		if w.live(code) {
			alive++
		}
	}
	if alive != 1 {
		t.Errorf("%d are alive", alive)
	}
}

func TestWelcomeHasTheOrganizationsOfTheUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.org")
	w.organization("mine", ada)
	code, err := w.MakeLink(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.UseLink(t.Context(), code, "", "")
	if err != nil || len(got.Organizations) != 1 || got.Organizations[0].Shortcode != "mine" || got.Organizations[0].Role != "org-admin" {
		t.Errorf("%+v, %v", got.Organizations, err)
	}
}
