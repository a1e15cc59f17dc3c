package welcome

import (
	"errors"
	"reflect"
	"strconv"
	"testing"
	"time"

	"example.org/plio/internal/auth"
)

func TestADeskRemembersABrowserForTenMinutes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	d := newDesk(func() time.Time { return now })
	uses := 0
	use := func() (auth.Welcome, error) {
		uses++
		if uses == 1 {
			return auth.Welcome{}, errors.New("not yet")
		}
		return auth.Welcome{Tokens: auth.Tokens{Access: strconv.Itoa(uses)}}, nil
	}
	if _, err := d.once("code", "browser", use); err == nil {
		t.Error("the error is lost")
	}
	if _, ok := d.find("code", "browser"); ok {
		t.Error("what failed is remembered")
	}
	for range 2 {
		if got, err := d.once("code", "browser", use); got.Tokens.Access != "2" || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	now = now.Add(10 * time.Minute)
	if got, ok := d.find("code", "browser"); !ok || got.Tokens.Access != "2" {
		t.Error("it is forgotten too early")
	}
	for _, other := range [][2]string{{"code", "another"}, {"another", "browser"}, {"code", ""}} {
		if _, ok := d.find(other[0], other[1]); ok {
			t.Errorf("%q gets what another got", other)
		}
	}
	now = now.Add(time.Second)
	if _, ok := d.find("code", "browser"); ok {
		t.Error("it is remembered too long")
	}
}

func TestADeskIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	d := newDesk(func() time.Time { return now })
	one := func() (auth.Welcome, error) { return auth.Welcome{}, nil }
	for i := range 1000 {
		now = now.Add(time.Millisecond)
		d.once(strconv.Itoa(i), "browser", one)
	}
	if len(d.entries) != maxEntries {
		t.Errorf("%d entries", len(d.entries))
	}
	if _, ok := d.find("999", "browser"); !ok {
		t.Error("the newest is forgotten")
	}
	if _, ok := d.find("1", "browser"); ok {
		t.Error("the oldest is remembered")
	}
	now = now.Add(time.Hour)
	if d.once("later", "browser", one); len(d.entries) != 1 {
		t.Errorf("%d entries an hour later", len(d.entries))
	}
}

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	for lang, words := range texts {
		v := reflect.ValueOf(*words)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s: %s is missing", lang, v.Type().Field(i).Name)
			}
		}
		for problem := range english.Problems {
			if words.Problems[problem] == "" {
				t.Errorf("%s: %q is missing", lang, problem)
			}
		}
	}
	for _, field := range []struct {
		name     string
		problems []auth.Problem
	}{{"email", []auth.Problem{auth.Missing, auth.Invalid, auth.Inactive}}, {"name", []auth.Problem{auth.Missing, auth.Invalid, auth.TooLong}}} {
		for _, p := range field.problems {
			if english.problem(field.name, p) == "" {
				t.Errorf("no words for %s %s", field.name, p)
			}
		}
	}
}
