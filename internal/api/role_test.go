package api_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

func TestWhoSeesWhichRoles(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct {
		person, org, want string
	}{
		{"root", "", "org-admin,org-view,super-admin"},
		{"root", "kc", "org-admin,org-view,super-admin"},
		{"sam", "af", "org-admin,org-view"},
		{"ann", "af", "org-view"},
		{"bob", "af", ""}, {"ken", "af", ""}, {"ann", "", ""}, {"ann", "kc", ""}, {"ann", "unknown", ""},
	} {
		a := w.Must(200, tt.person, tt.org, "GET", v1+"roles/", "")
		if got := strings.Join(names(a.Body, "name"), ","); got != tt.want {
			t.Errorf("%s@%q sees %s, want %s", tt.person, tt.org, got, tt.want)
		}
		for id, name := range map[int]string{1: "super-admin", 2: "org-admin", 3: "org-view"} {
			want := 404
			if strings.Contains(tt.want, name) {
				want = 200
			}
			if a := w.As(tt.person, tt.org, "GET", fmt.Sprintf("%sroles/%d/", v1, id), ""); a.Status != want {
				t.Errorf("%s@%q: %s: %d %s, want %d", tt.person, tt.org, name, a.Status, a.Raw, want)
			}
		}
	}
	wantKeys(t, w.Must(200, "root", "", "GET", v1+"roles/1/", "").Raw, "id name created_at updated_at")
	w.Must(404, "root", "", "GET", v1+"roles/x/", "")
	w.Must(401, "", "", "GET", v1+"roles/", "")
}

func TestRolesAreASuperusersToMake(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, person := range []string{"sam", "ann", "eve"} {
		w.Must(403, person, "af", "POST", v1+"roles/", `{"name": "x"}`)
		w.Must(403, person, "af", "PATCH", v1+"roles/3/", `{"name": "x"}`)
		w.Must(403, person, "af", "DELETE", v1+"roles/3/", "")
	}
	id := newID(w, "root", "", "roles", `{"name": "guest"}`)
	path := fmt.Sprintf("%sroles/%d/", v1, id)
	if a := w.Must(200, "root", "", "PUT", path, `{"name": "visitor"}`); a.Fields["name"] != "visitor" {
		t.Errorf("%s", a.Raw)
	}
	wantErrors(t, w.As("root", "", "PATCH", path, `{"name": "org-view"}`), map[string]string{"name": "role with this name already exists."})
	wantErrors(t, w.As("root", "", "POST", v1+"roles/", `{}`), map[string]string{"name": "This field is required."})
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		w.Must(403, "root", "", method, v1+"roles/1/", `{"name": "x"}`)
	}
	member := newID(w, "root", "", "organization-users", fmt.Sprintf(`{"user": 6, "organization": 3, "role": %d}`, id))
	w.Must(400, "root", "", "DELETE", path, "")
	w.Must(204, "root", "", "DELETE", fmt.Sprintf("%s%d/", memberships, member), "")
	w.Must(204, "root", "", "DELETE", path, "")
	w.Must(404, "root", "", "GET", path, "")
}
