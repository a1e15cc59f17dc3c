package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.org/plio/internal/plitest"
)

const memberships = v1 + "organization-users/"

// The memberships of a new world: sam 1, ann 2, bob 3, ken 4. The roles:
// super-admin 1, org-admin 2, org-view 3.

func TestWhoMayAddWhomAsWhat(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct {
		person string
		role   int
		want   int
	}{
		{"root", 1, 201}, {"root", 2, 201}, {"root", 3, 201},
		{"sam", 1, 403}, {"sam", 2, 201}, {"sam", 3, 201},
		{"ann", 1, 403}, {"ann", 2, 403}, {"ann", 3, 201},
		{"bob", 3, 403}, {"ken", 3, 403}, {"eve", 3, 403}, {"", 3, 401},
		{"ann", 99, 403}, {"root", 99, 400},
	} {
		a := w.As(tt.person, "af", "POST", memberships, fmt.Sprintf(`{"user": 6, "organization": 3, "role": %d}`, tt.role))
		if a.Status != tt.want {
			t.Errorf("%q adds a %d: %d %s, want %d", tt.person, tt.role, a.Status, a.Raw, tt.want)
		}
		if a.Status == 201 {
			wantKeys(t, a.Raw, "id user user_details organization is_owner role")
			w.Must(204, "root", "", "DELETE", fmt.Sprintf("%s%v/", memberships, a.Fields["id"]), "")
		}
	}
}

func TestWhoMayChangeAndRemoveWhom(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct {
		person               string
		id, role             int
		change, read, remove int
	}{
		{"root", 1, 1, 200, 200, 204},
		{"sam", 1, 2, 403, 200, 403}, // himself, a super-admin
		{"sam", 2, 3, 200, 200, 204},
		{"sam", 2, 1, 403, 200, 204},
		{"ann", 3, 3, 200, 200, 204},
		{"ann", 3, 2, 403, 200, 204},
		{"ann", 2, 3, 403, 200, 403},
		{"bob", 3, 3, 403, 404, 404},
		{"ken", 3, 3, 403, 404, 404},
		{"eve", 3, 3, 403, 404, 404},
		{"", 3, 3, 401, 401, 401},
	} {
		w := plitest.New(t)
		path := fmt.Sprintf("%s%d/", memberships, tt.id)
		change := w.As(tt.person, "af", "PATCH", path, fmt.Sprintf(`{"role": %d}`, tt.role)).Status
		read := w.As(tt.person, "af", "GET", path, "").Status
		remove := w.As(tt.person, "af", "DELETE", path, "").Status
		if change != tt.change || read != tt.read || remove != tt.remove {
			t.Errorf("%q: %d to role %d: change %d, read %d, remove %d; want %d, %d, %d", tt.person, tt.id, tt.role, change, read, remove, tt.change, tt.read, tt.remove)
		}
	}
	w.Must(404, "root", "", "DELETE", memberships+"99/", "")
	w.Must(404, "root", "", "GET", memberships+"x/", "")
}

// TestAMembershipIsNotMovedOutOfReach: an admin of one organization gives no
// rights in another, and takes nobody from there.
func TestAMembershipIsNotMovedOutOfReach(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	w.Must(403, "ann", "af", "PATCH", memberships+"3/", `{"organization": 4}`)
	w.Must(403, "ann", "af", "PATCH", memberships+"4/", `{"organization": 3, "role": 3}`)
	w.Must(403, "ann", "af", "POST", memberships, `{"user": 6, "organization": 4, "role": 3}`)
	w.Must(403, "ann", "af", "POST", memberships, `{"user": 6, "organization": 3}`)
	w.Must(403, "ann", "af", "POST", memberships, `{"user": 6, "role": 3}`)
	w.Must(200, "ann", "af", "PUT", memberships+"3/", `{"user": 4, "organization": 3, "role": 3, "is_owner": true}`)
}

func TestEveryBadFieldOfAMembershipIsTold(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	wantErrors(t, w.As("root", "", "POST", memberships, `{}`), map[string]string{
		"user": "This field is required.", "organization": "This field is required.", "role": "This field is required.",
	})
	wantErrors(t, w.As("root", "", "POST", memberships, `{"user": 99, "organization": true, "role": null, "is_owner": []}`), map[string]string{
		"user": `Invalid pk "99" - object does not exist.`, "organization": "Incorrect type. Expected pk value, received bool.",
		"role": "This field may not be null.", "is_owner": "Must be a valid boolean.",
	})
	wantErrors(t, w.As("root", "", "POST", memberships, `{"user": 4, "organization": 3, "role": 2}`), map[string]string{
		"non_field_errors": "The fields user, organization must make a unique set.",
	})
}

func TestSomebodyAddedManyTimesAtOnceIsAMemberOnce(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if a := w.As("root", "", "POST", memberships, `{"user": 6, "organization": 3, "role": 3}`); a.Status != 201 && a.Status != 400 {
				t.Errorf("%d %s", a.Status, a.Raw)
			}
		})
	}
	wg.Wait()
	if a := w.Must(200, "root", "", "GET", memberships+"?organization=3", ""); len(a.Body.([]any)) != 4 {
		t.Errorf("%s", a.Raw)
	}
}

func TestWhoIsListedWhichMemberships(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct{ person, header, query, want string }{
		{"root", "", "", "1 2 3 4"},
		{"root", "af", "", "1 2 3"},
		{"root", "kc", "", "4"},
		{"root", "kc", "?organization=3", "1 2 3"},
		{"root", "unknown", "", ""},
		{"root", "", "?organization=99", ""},
		{"root", "", "?organization=x", ""},
		{"sam", "", "", "1 2 3"},
		{"ann", "af", "", "1 2 3"},
		{"ann", "kc", "", ""},
		{"ann", "af", "?organization=4", ""},
		{"ken", "", "", "4"},
		{"bob", "af", "", ""},
		{"eve", "", "", ""},
	} {
		a := w.Must(200, tt.person, tt.header, "GET", memberships+tt.query, "")
		if got := strings.Join(names(a.Body, "id"), " "); got != tt.want {
			t.Errorf("%s@%q%s is listed %s, want %s", tt.person, tt.header, tt.query, got, tt.want)
		}
	}
	w.Must(401, "", "af", "GET", memberships, "")
}

func TestAMembershipIsInTheProfileAtOnce(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	profile := func() string {
		return w.Must(200, "eve", "", "GET", v1+"users/token/?token=eve", "").Raw
	}
	id := newID(w, "ann", "af", "organization-users", `{"user": 6, "organization": 3, "role": 3}`)
	if got := profile(); !strings.Contains(got, `"role":"org-view"`) || !strings.Contains(got, plitest.APIKey("af")) {
		t.Errorf("%s", got)
	}
	w.Must(200, "sam", "af", "PATCH", fmt.Sprintf("%s%d/", memberships, id), `{"role": 2}`)
	if got := profile(); !strings.Contains(got, `"role":"org-admin"`) {
		t.Errorf("%s", got)
	}
	w.Must(204, "sam", "af", "DELETE", fmt.Sprintf("%s%d/", memberships, id), "")
	if got := profile(); !strings.Contains(got, `"organizations":[]`) {
		t.Errorf("%s", got)
	}
	w.Must(404, "sam", "af", "DELETE", fmt.Sprintf("%s%d/", memberships, id), "")
}
