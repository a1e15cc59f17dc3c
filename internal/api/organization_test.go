package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.org/plio/internal/plitest"
)

const orgKeys = "id schema_name name shortcode api_key config created_at updated_at"

func TestASuperuserMakesAnOrganizationThatIsUsableAtOnce(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	a := w.Must(201, "root", "", "POST", v1+"organizations/", `{"name": "New School", "shortcode": "new-school", "config": {"a": 1}}`)
	wantKeys(t, a.Raw, orgKeys)
	if key := a.Fields["api_key"].(string); len(key) != 20 {
		t.Errorf("api_key %q", key)
	}
	if schema := a.Fields["schema_name"].(string); len(schema) != 10 {
		t.Errorf("schema_name %q", schema)
	}
	w.Must(201, "root", "", "POST", v1+"organization-users/", fmt.Sprintf(`{"user": 6, "organization": %v, "role": 2}`, a.Fields["id"]))
	if p := newPlio(w, "eve", "new-school", ""); p["id"] != 1.0 {
		t.Errorf("its first plio has the id %v", p["id"])
	}
}

func TestWhoMayDoWhatWithOrganizations(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for person, want := range map[string]struct {
		list                                string
		create, retrieve, change, set, gone int
	}{
		"root": {"af,kc", 201, 200, 200, 200, 404},
		"sam":  {"af", 403, 403, 403, 200, 403},
		"ann":  {"af", 403, 403, 403, 200, 403},
		"bob":  {"af", 403, 403, 403, 403, 403},
		"ken":  {"kc", 403, 403, 403, 403, 403},
		"eve":  {"", 403, 403, 403, 403, 403},
		"":     {"", 401, 401, 401, 401, 401},
	} {
		if person != "" {
			a := w.Must(200, person, "", "GET", v1+"organizations/", "")
			if got := strings.Join(names(a.Body, "shortcode"), ","); got != want.list {
				t.Errorf("%s is listed %s, want %s", person, got, want.list)
			}
		}
		for _, r := range []struct {
			method, path, body string
			want               int
		}{
			{"GET", "organizations/3/", "", want.retrieve},
			{"PATCH", "organizations/3/", `{"name": "Avanti"}`, want.change},
			{"PUT", "organizations/3/", `{"name": "Avanti", "shortcode": "af"}`, want.change},
			{"PATCH", "organizations/3/setting/", `{"a": 1}`, want.set},
			{"GET", "organizations/99/", "", want.gone},
			{"PATCH", "organizations/99/setting/", `{"a": 1}`, want.gone},
		} {
			if a := w.As(person, "", r.method, v1+r.path, r.body); a.Status != r.want {
				t.Errorf("%q: %s %s: %d %s, want %d", person, r.method, r.path, a.Status, a.Raw, r.want)
			}
		}
	}
	for person, want := range map[string]int{"root": 201, "sam": 403, "ann": 403, "eve": 403, "": 401} {
		if a := w.As(person, "", "POST", v1+"organizations/", `{"name": "X", "shortcode": "xx"}`); a.Status != want {
			t.Errorf("%q creates: %d %s, want %d", person, a.Status, a.Raw, want)
		}
	}
	for person, want := range map[string]int{"ann": 403, "sam": 403, "": 401, "root": 204} {
		if a := w.As(person, "", "DELETE", v1+"organizations/3/", ""); a.Status != want {
			t.Errorf("%q deletes: %d %s, want %d", person, a.Status, a.Raw, want)
		}
	}
}

func TestEveryBadFieldOfAnOrganizationIsTold(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for body, want := range map[string]map[string]string{
		`{}`: {"name": "This field is required.", "shortcode": "This field is required."},
		`{"name": "", "shortcode": "a b"}`: {
			"name":      "This field may not be blank.",
			"shortcode": `Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.`,
		},
		`{"name": null, "shortcode": "` + strings.Repeat("a", 51) + `"}`: {
			"name":      "This field may not be null.",
			"shortcode": "Ensure this field has no more than 50 characters.",
		},
		`{"name": "x", "shortcode": "af"}`:  {"shortcode": "organization with this shortcode already exists."},
		`{"name": "x", "shortcode": "API"}`: {"shortcode": `"API" is reserved.`},
		`{"name": "x", "shortcode": "y", "api_key": "aaaaaaaaaaaaaaaaaaaa"}`: {
			"api_key": "Ensure this key has 16 to 20 letters and digits, at least 8 of them different, or leave it out to get one.",
		},
		`{"name": "x", "shortcode": "y", "api_key": "` + plitest.APIKey("kc") + `"}`: {"api_key": "organization with this api key already exists."},
	} {
		wantErrors(t, w.As("root", "", "POST", v1+"organizations/", body), want)
	}
	wantErrors(t, w.As("root", "", "PATCH", v1+"organizations/3/", `{"shortcode": "kc"}`), map[string]string{"shortcode": "organization with this shortcode already exists."})
	if a := w.Must(200, "root", "", "GET", v1+"organizations/", ""); len(a.Body.([]any)) != 2 {
		t.Errorf("something was made: %s", a.Raw)
	}
}

func TestOneShortcodeAtOnceMakesOneOrganization(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			a := w.As("root", "", "POST", v1+"organizations/", `{"name": "X", "shortcode": "same"}`)
			mu.Lock()
			defer mu.Unlock()
			statuses[a.Status]++
		})
	}
	wg.Wait()
	if statuses[201] != 1 || statuses[400] != 5 {
		t.Errorf("%v", statuses)
	}
}

func TestANewShortcodeRenamesTheWorkspace(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := plioPath(newPlio(w, "ann", "af", ""))
	a := w.Must(200, "root", "", "PATCH", v1+"organizations/3/", `{"shortcode": "avanti", "name": "Avanti"}`)
	if a.Fields["shortcode"] != "avanti" || a.Fields["name"] != "Avanti" || a.Fields["api_key"] != plitest.APIKey("af") {
		t.Errorf("%s", a.Raw)
	}
	w.Must(200, "ann", "avanti", "GET", path, "")
	w.Must(404, "ann", "af", "GET", path, "")
	w.Must(201, "root", "", "POST", v1+"organizations/", `{"name": "X", "shortcode": "af"}`)
	w.Must(404, "root", "af", "GET", path, "")
}

func TestADeletedOrganizationIsUnknown(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := plioPath(newPlio(w, "ann", "af", ""))
	w.Must(204, "root", "", "DELETE", v1+"organizations/3/", "")
	w.Must(404, "root", "", "GET", v1+"organizations/3/", "")
	w.Must(404, "root", "", "DELETE", v1+"organizations/3/", "")
	w.Must(404, "ann", "af", "GET", path, "")
	w.Must(404, "", "af", "GET", path+"play/", "")
	w.Must(403, "ann", "af", "POST", v1+"plios/", "")
	if a := w.Must(200, "ann", "", "GET", v1+"users/token/?token=ann", ""); len(a.Fields["organizations"].([]any)) != 0 {
		t.Errorf("%s", a.Raw)
	}
	if a := w.Must(200, "ann", "", "GET", v1+"organizations/", ""); a.Raw != "[]" {
		t.Errorf("%s", a.Raw)
	}
	if a := w.Must(200, "sam", "", "GET", v1+"organization-users/", ""); a.Raw != "[]" {
		t.Errorf("%s", a.Raw)
	}
	w.Must(201, "root", "", "POST", v1+"organizations/", `{"name": "X", "shortcode": "af"}`)
	w.Must(403, "ann", "af", "POST", v1+"plios/", "")
}

func TestASettingKeepsTheRestOfTheConfig(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := v1 + "organizations/3/"
	w.Must(200, "root", "", "PATCH", path, `{"config": {"theme": "dark"}}`)
	for _, settings := range []string{`{"dataType":"Map","data":[]}`, `[1]`, `null`, `"x"`} {
		a := w.Must(200, "ann", "", "PATCH", path+"setting/", settings)
		if !strings.Contains(a.Raw, `"theme":"dark"`) || a.Fields["settings"] == nil && settings != "null" {
			t.Errorf("%s: %s", settings, a.Raw)
		}
	}
	w.Must(200, "root", "", "PATCH", path, `{"config": [1]}`)
	if a := w.Must(200, "ann", "", "PATCH", path+"setting/", `{}`); a.Raw != `{"settings":{}}` {
		t.Errorf("%s", a.Raw)
	}
}

func TestASuspendedWorkspaceSaysSoToItsMembersAlone(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := plioPath(newPlio(w, "ann", "af", ""))
	af, err := w.DB.Get(t.Context(), "af")
	if err == nil {
		err = w.DB.Suspend(t.Context(), af, "a test", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string]int{"ann": 403, "root": 403, "ken": 404, "": 404} {
		a := w.As(person, "af", "GET", path+"play/", "")
		if a.Status != want || (want == 403) != strings.Contains(a.Raw, "suspended") {
			t.Errorf("%q: %d %s, want %d", person, a.Status, a.Raw, want)
		}
	}
	w.Must(200, "ann", "af", "GET", v1+"users/token/?token=ann", "")
	if err := w.DB.Resume(t.Context(), af, "a test", nil); err != nil {
		t.Fatal(err)
	}
	w.Must(200, "", "af", "GET", path+"play/", "")
}

func TestAWorkspaceThatIsBehindSaysSoToItsMembersAlone(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	path := plioPath(newPlio(w, "ann", "af", ""))
	if _, err := w.DB.Shared().Exec(t.Context(), "UPDATE public.tenancy_migration SET state = 'failed' WHERE tenant_id = 3"); err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string]int{"ann": 503, "root": 503, "ken": 404, "": 404} {
		a := w.As(person, "af", "GET", path+"play/", "")
		if a.Status != want || (want == 503) != (a.Header.Get("Retry-After") != "") {
			t.Errorf("%q: %d %s, want %d", person, a.Status, a.Raw, want)
		}
	}
}
