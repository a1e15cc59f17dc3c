package api_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

// TestWhoMayDoWhatWithAPlio is the table of the API's contract: bob and ann are
// members of af, ken is not, root is a superuser, "" a guest.
func TestWhoMayDoWhatWithAPlio(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	public, private := `{"name": "Cells"}`, `{"name": "Cells", "is_public": false}`
	for _, tt := range []struct {
		owner, org, body       string
		person                 string
		retrieve, change, play int
	}{
		{"ann", "", public, "ann", 200, 200, 200},
		{"ann", "", private, "ann", 200, 200, 200},
		{"ann", "", public, "bob", 403, 403, 200},
		{"ann", "", private, "bob", 403, 403, 404},
		{"ann", "", public, "root", 200, 200, 200},
		{"ann", "", private, "root", 200, 200, 404},
		{"ann", "", public, "", 401, 401, 200},
		{"ann", "", private, "", 401, 401, 404},
		{"ann", "plio", public, "ann", 200, 200, 200},
		{"ann", "af", public, "ann", 200, 200, 200},
		{"ann", "af", private, "ann", 200, 200, 200},
		{"ann", "af", public, "bob", 200, 200, 200},
		{"ann", "af", private, "bob", 403, 403, 404},
		{"bob", "af", private, "sam", 403, 403, 404},
		{"ann", "af", public, "ken", 403, 403, 200},
		{"ann", "af", private, "ken", 403, 403, 404},
		{"ann", "af", public, "root", 200, 200, 200},
		{"ann", "af", private, "root", 200, 200, 404},
		{"ann", "af", public, "", 401, 401, 200},
		{"ann", "af", private, "", 401, 401, 404},
		{"ann", "af", public, "old", 401, 401, 401},
		{"ann", "af", public, "nobody", 401, 401, 401},
	} {
		path := plioPath(newPlio(w, tt.owner, tt.org, tt.body))
		retrieve := w.As(tt.person, tt.org, "GET", path, "").Status
		change := w.As(tt.person, tt.org, "PATCH", path, `{"name": "Cells 2"}`).Status
		play := w.As(tt.person, tt.org, "GET", path+"play/", "").Status
		remove := w.As(tt.person, tt.org, "DELETE", path, "").Status
		wantRemove := tt.change
		if wantRemove == 200 {
			wantRemove = 204
		}
		if retrieve != tt.retrieve || change != tt.change || play != tt.play || remove != wantRemove {
			t.Errorf("%s@%q, %s's %s: retrieve %d, change %d, play %d, delete %d; want %d, %d, %d, %d", tt.person, tt.org, tt.owner, tt.body,
				retrieve, change, play, remove, tt.retrieve, tt.change, tt.play, wantRemove)
		}
	}
}

// TestAPlioIsNowhereElse asks for a plio of af under every other header.
func TestAPlioIsNowhereElse(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := plioPath(newPlio(w, "ann", "af", ""))
	for _, tt := range []struct{ person, org string }{
		{"ann", ""}, {"ann", "plio"}, {"ann", "kc"}, {"ann", "unknown"}, {"ann", "3"}, {"ann", "Avanti Fellows"}, {"ann", "personal"},
		{"ann", "void"}, {"ann", "AF"}, {"ken", "kc"}, {"root", "kc"}, {"root", "unknown"}, {"ann", "a\xff"},
	} {
		for _, r := range []struct{ method, path string }{{"GET", path}, {"PATCH", path}, {"DELETE", path}, {"GET", path + "play/"}} {
			if got := w.As(tt.person, tt.org, r.method, r.path, ""); got.Status != 404 {
				t.Errorf("%s@%q: %s %s: %d %s, want 404", tt.person, tt.org, r.method, r.path, got.Status, got.Raw)
			}
		}
	}
	w.Must(200, "ann", "af", "GET", path, "")
}

func TestWhoMayCreateAPlio(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct {
		person, org string
		want        int
	}{
		{"eve", "", 201}, {"eve", "plio", 201}, {"bob", "af", 201}, {"ann", "af", 201},
		{"ken", "af", 403}, {"eve", "af", 403}, {"ann", "unknown", 403}, {"ann", "void", 403}, {"root", "unknown", 403}, {"", "af", 401}, {"", "", 401},
	} {
		if got := w.As(tt.person, tt.org, "POST", v1+"plios/", ""); got.Status != tt.want {
			t.Errorf("%s@%q: %d %s, want %d", tt.person, tt.org, got.Status, got.Raw, tt.want)
		}
	}
}

func TestANewPlioHasTheDefaults(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	a := w.Must(201, "ann", "af", "POST", v1+"plios/", "")
	wantKeys(t, a.Raw, "id name uuid failsafe_url status is_public config created_by video created_at updated_at items")
	p := a.Fields
	if p["id"] != 1.0 || p["name"] != "" || p["failsafe_url"] != "" || p["status"] != "draft" || p["is_public"] != true || p["config"] != nil {
		t.Errorf("%s", a.Raw)
	}
	if uuid := p["uuid"].(string); len(uuid) != 10 || strings.Trim(uuid, "abcdefghijklmnopqrstuvwxyz") != "" {
		t.Errorf("uuid %q", uuid)
	}
	if !strings.Contains(a.Raw, `"video":{"url":"","title":"","duration":null}`) || !strings.Contains(a.Raw, `"items":[]`) {
		t.Errorf("%s", a.Raw)
	}
	if creator := p["created_by"].(map[string]any); creator["email"] != "ann@example.org" || creator["id"] != 3.0 {
		t.Errorf("created_by: %v", creator)
	}
}

func TestAPlioChangesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	video := newID(w, "ann", "af", "videos", `{"url": "https://www.youtube.com/watch?v=vnISjBbrMUM", "duration": 61}`)
	path := plioPath(newPlio(w, "ann", "af", `{"name": " Cells ", "config": {"a": [1, null]}, "uuid": "mine", "id": 77, "created_by": 4}`))
	a := w.Must(200, "ann", "af", "PATCH", path, fmt.Sprintf(`{"status": "published", "video": "%d"}`, video))
	if a.Fields["name"] != "Cells" || a.Fields["status"] != "published" || fmt.Sprint(a.Fields["config"]) != "map[a:[1 <nil>]]" {
		t.Errorf("%s", a.Raw)
	}
	if !strings.Contains(a.Raw, `"duration":61.0`) || a.Fields["created_by"].(map[string]any)["id"] != 3.0 || a.Fields["uuid"] == "mine" {
		t.Errorf("%s", a.Raw)
	}
	a = w.Must(200, "ann", "af", "PATCH", path, `{"video": null, "config": null}`)
	if a.Fields["config"] != nil || !strings.Contains(a.Raw, `"video":{"url":"","title":"","duration":null}`) {
		t.Errorf("%s", a.Raw)
	}
}

func TestEveryBadFieldOfAPlioIsTold(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	body := fmt.Sprintf(`{"name": %q, "failsafe_url": [], "status": "archived", "is_public": "maybe", "video": 99, "created_by": "x"}`, strings.Repeat("ह", 256))
	wantErrors(t, w.As("ann", "af", "POST", v1+"plios/", body), map[string]string{
		"name":         "Ensure this field has no more than 255 characters.",
		"failsafe_url": "Not a valid string.",
		"status":       `"archived" is not a valid choice.`,
		"is_public":    "Must be a valid boolean.",
		"video":        `Invalid pk "99" - object does not exist.`,
		"created_by":   "Incorrect type. Expected pk value, received str.",
	})
	wantErrors(t, w.As("ann", "af", "POST", v1+"plios/", `{"config": {"a": "\u0000"}}`), map[string]string{"config": "Null characters are not allowed."})
	wantErrors(t, w.As("ann", "af", "POST", v1+"plios/", `[]`), map[string]string{"non_field_errors": "Invalid data. Expected a dictionary, but got list."})
}

// TestADeletedPlioIsGoneForGood looks for it, and for what was in it.
func TestADeletedPlioIsGoneForGood(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	p := newPlio(w, "ann", "af", "")
	item := newID(w, "ann", "af", "items", fmt.Sprintf(`{"plio": %v, "time": 1}`, p["id"]))
	question := newID(w, "ann", "af", "questions", fmt.Sprintf(`{"item": %d}`, item))
	w.Must(204, "bob", "af", "DELETE", plioPath(p), "")
	for _, path := range []string{plioPath(p), fmt.Sprintf("%sitems/%d/", v1, item), fmt.Sprintf("%squestions/%d/", v1, question)} {
		if a := w.As("ann", "af", "GET", path, ""); a.Status != 404 {
			t.Errorf("GET %s: %d %s, want 404", path, a.Status, a.Raw)
		}
	}
	w.Must(404, "ann", "af", "DELETE", plioPath(p), "")
	for _, path := range []string{"items/", "questions/", fmt.Sprintf("items/?plio=%s", p["uuid"])} {
		if a := w.Must(200, "ann", "af", "GET", v1+path, ""); a.Raw != "[]" {
			t.Errorf("GET %s: %s", path, a.Raw)
		}
	}
	if got := newPlio(w, "ann", "af", "")["id"]; got != 2.0 {
		t.Errorf("the next plio has the id %v", got)
	}
}

// TestPlayTellsStrangersNothingOfTheCreator plays a public plio as everybody.
func TestPlayTellsStrangersNothingOfTheCreator(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := plioPath(newPlio(w, "ann", "af", "")) + "play/"
	for person, told := range map[string]bool{"": false, "ken": false, "eve": false, "ann": true, "bob": true, "root": true} {
		a := w.Must(200, person, "af", "GET", path, "")
		creator := a.Fields["created_by"].(map[string]any)
		if (creator["email"] != nil) != told || creator["id"] != 3.0 || len(creator) != 18 {
			t.Errorf("%q is told %v", person, creator)
		}
		if strings.Contains(a.Raw, plitest.APIKey("af")) != told {
			t.Errorf("%q: the organization's key is told: %t, want %t", person, !told, told)
		}
	}
}
