package api_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

func TestWhoIsListedWhichPlios(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, p := range []struct{ person, org, body string }{
		{"ann", "", `{"name": "ann's own"}`},
		{"bob", "", `{"name": "bob's own"}`},
		{"ann", "af", `{"name": "ann's public"}`},
		{"ann", "af", `{"name": "ann's private", "is_public": false}`},
		{"bob", "af", `{"name": "bob's private", "is_public": false}`},
		{"ken", "kc", `{"name": "ken's public"}`},
	} {
		newPlio(w, p.person, p.org, p.body)
	}
	for _, tt := range []struct{ person, org, want string }{
		{"ann", "", "ann's own"},
		{"ann", "plio", "ann's own"},
		{"ann", "af", "ann's private,ann's public"},
		{"bob", "af", "ann's public,bob's private"},
		{"sam", "af", "ann's public"},
		{"ken", "af", ""},
		{"root", "af", ""},
		{"root", "", ""},
		{"ann", "kc", ""},
		{"ann", "unknown", ""},
		{"ken", "kc", "ken's public"},
	} {
		a := w.Must(200, tt.person, tt.org, "GET", v1+"plios/", "")
		if got := strings.Join(names(a.Fields["results"], "name"), ","); got != tt.want {
			t.Errorf("%s@%q is listed %q, want %q", tt.person, tt.org, got, tt.want)
		}
	}
	w.Must(401, "", "af", "GET", v1+"plios/", "")
}

func TestAPageOfPlios(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for i := range 7 {
		newPlio(w, "ann", "af", fmt.Sprintf(`{"name": "plio %d"}`, i))
	}
	a := w.Must(200, "ann", "af", "GET", v1+"plios/", "")
	wantKeys(t, a.Raw, "count page_size next previous results raw_count")
	row, _, _ := strings.Cut(a.Raw[strings.Index(a.Raw, `[{`)+1:], "}")
	wantKeys(t, row+"}", "id deleted deleted_by_cascade video_id name uuid created_by_id failsafe_url status is_public config created_at updated_at unique_viewers video_url")
	if a.Fields["count"] != 7.0 || a.Fields["raw_count"] != 7.0 || a.Fields["page_size"] != 5.0 || a.Fields["previous"] != nil ||
		a.Fields["next"] != "http://example.com/api/v1/plios/?page=2" {
		t.Errorf("%s", a.Raw)
	}
	a = w.Must(200, "ann", "af", "GET", v1+"plios/?search=plio&page=2&ordering=-name", "")
	if got := strings.Join(names(a.Fields["results"], "name"), ","); got != "plio 0,plio 1" {
		t.Errorf("page 2: %s", got)
	}
	if a.Fields["next"] != nil || a.Fields["previous"] != "http://example.com/api/v1/plios/?ordering=-name&search=plio" {
		t.Errorf("%v %v", a.Fields["next"], a.Fields["previous"])
	}
	w.Must(200, "ann", "af", "GET", v1+"plios/?page=last", "")
	w.Must(200, "ann", "af", "GET", v1+"plios/?page=", "")
	for _, page := range []string{"0", "3", "-1", "x", "99999999999999999999"} {
		if a := w.As("ann", "af", "GET", v1+"plios/?page="+page, ""); a.Status != 404 || a.Fields["detail"] != "Invalid page." {
			t.Errorf("page %s: %d %s", page, a.Status, a.Raw)
		}
	}
	w.Must(200, "ken", "af", "GET", v1+"plios/?page=1", "")
}

func TestSearchFindsWordsInNameStatusUuidAndDate(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	uuid := newPlio(w, "ann", "af", `{"name": "Cell Biology 100%"}`)["uuid"].(string)
	newPlio(w, "ann", "af", `{"name": "Light_and Sound", "status": "published"}`)
	newPlio(w, "ann", "af", `{"name": "पृथ्वी और सूर्य"}`)
	for search, want := range map[string]int{
		"": 3, "cell": 1, "CELL bio": 1, "bio,cell": 1, "cell light": 0, `"cell bio"`: 1, `"bio cell"`: 0, "%": 1, "_": 1, `\`: 0,
		"published": 1, "draft": 2, uuid: 1, "सूर्य": 1, "202": 3, "nothing": 0,
	} {
		r := httptest.NewRequest("GET", v1+"plios/", nil)
		query := r.URL.Query()
		query.Set("search", search)
		a := w.Must(200, "ann", "af", "GET", v1+"plios/?"+query.Encode(), "")
		if a.Fields["count"] != float64(want) || a.Fields["raw_count"] != 3.0 {
			t.Errorf("%q finds %v of %v, want %d of 3", search, a.Fields["count"], a.Fields["raw_count"], want)
		}
	}
	if a := w.As("ann", "af", "GET", v1+"plios/?search=%00", ""); a.Status != 400 || a.Raw != `["Null characters are not allowed."]` {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}

func TestOrderingOfPlios(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	ids := map[string]float64{}
	for _, name := range []string{"b", "A", "c"} {
		p := newPlio(w, "ann", "af", fmt.Sprintf(`{"name": %q}`, name))
		ids[name] = p["id"].(float64)
	}
	_, err := w.DB.Shared().Exec(t.Context(), fmt.Sprintf(`INSERT INTO %s.session (plio_id, user_id, is_first) VALUES (1, 3, true), (1, 3, false), (2, 3, true)`, schemaOf(w, "af")))
	if err != nil {
		t.Fatal(err)
	}
	for ordering, want := range map[string]string{
		"name": "A b c", "-name": "c b A", "created_at": "b A c", "-created_at": "c A b", "": "c A b", "-updated_at": "c A b",
		"unique_viewers,name": "c A b", "-unique_viewers,-name": "b A c", "deleted,name": "A b c", "id); drop": "c A b",
	} {
		a := w.Must(200, "ann", "af", "GET", v1+"plios/?ordering="+strings.ReplaceAll(ordering, " ", "+"), "")
		var got []string
		for _, row := range a.Fields["results"].([]any) {
			got = append(got, row.(map[string]any)["name"].(string))
		}
		if want := strings.Fields(want); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", ordering, got, want)
		}
	}
	if a := w.Must(200, "ann", "af", "GET", v1+"plios/?ordering=-unique_viewers", ""); !strings.Contains(a.Raw, `"unique_viewers":1`) {
		t.Errorf("a viewer with two sessions counts once: %s", a.Raw)
	}
}

// schemaOf returns the schema of a workspace.
func schemaOf(w *plitest.World, org string) string {
	w.Helper()
	workspace, err := w.DB.Get(w.Context(), org)
	if err != nil {
		w.Fatal(err)
	}
	return workspace.Schema()
}
