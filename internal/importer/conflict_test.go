package importer_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/importer"
	"example.org/plio/internal/plitest"
)

func TestWhatTheWorkspaceHasOfItsOwnStays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, before string
		broken       []importer.Broken
	}{
		{"a plio with the same id", `INSERT INTO plio (uuid, name, created_by_id) VALUES ('Old2020abc', 'own', 3)`, []importer.Broken{
			{File: "videos/Old2020abc.json", Reason: "the workspace has another plio with the id Old2020abc, which did not come from this store"},
			{File: "answers/Old2020abc_919812345678-0.json", Reason: "its plio did not come in: videos/Old2020abc.json"},
			{File: "answers/Old2020abc_9812345678-1.json", Reason: "its plio did not come in: videos/Old2020abc.json"},
		}},
		{"a deleted one", `INSERT INTO plio (uuid, created_by_id, deleted) VALUES ('New2021abc', 3, now())`, []importer.Broken{
			{File: "videos/New2021abc.json", Reason: "the workspace has another plio with the id New2021abc, which did not come from this store"},
			{File: "answers/New2021abc_9712345678-0.json", Reason: "its plio did not come in: videos/New2021abc.json"},
		}},
		{"a learner's profile", `UPDATE person SET profile = '{"own": 1}' WHERE user_id = (SELECT user_id FROM public.user_identity WHERE value = '+919812345678')`, []importer.Broken{
			{File: "users/919812345678.json", Reason: "the workspace has a profile of this learner, which did not come from this store"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.person(plitest.ID("ann"))
			w.person(w.learner("+919812345678"))
			w.exec(tt.before)
			own := w.texts(`SELECT to_jsonb(p)::text FROM plio p UNION ALL SELECT to_jsonb(p)::text FROM person p WHERE profile IS NOT NULL`)
			dir := small().write(t)
			plan, done := w.bring(dir, planOnly), w.bring(dir)
			if !slices.Equal(done.Broken, tt.broken) || !slices.Equal(plan.Broken, tt.broken) {
				t.Errorf("%q\nplanned %q\nwant %q", done.Broken, plan.Broken, tt.broken)
			}
			for _, row := range own {
				if !slices.Contains(w.texts(`SELECT to_jsonb(p)::text FROM plio p UNION ALL SELECT to_jsonb(p)::text FROM person p`), row) {
					t.Errorf("changed: %s", row)
				}
			}
			if lost, _ := w.lost(small().without(done)); len(lost) > 0 {
				t.Errorf("lost: %q", lost)
			}
		})
	}
}

// learner makes a user with a mobile number.
func (w world) learner(mobile string) int64 {
	w.Helper()
	ids, _, err := w.Shared().EnsureUsersByMobile(w.Context(), []string{mobile})
	if err != nil {
		w.Fatal(err)
	}
	return ids[mobile]
}

func (w world) person(id int64) {
	w.exec(`INSERT INTO person (user_id) VALUES ($1) ON CONFLICT DO NOTHING`, id)
}

func TestAUserWhoIsKnownIsMetByMobile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.learner("+919812345678")
	before := w.texts(`SELECT to_jsonb(u)::text FROM public."user" u WHERE id = $1`, id)
	w.bring(small().write(t))
	if after := w.texts(`SELECT to_jsonb(u)::text FROM public."user" u WHERE id = $1`, id); !slices.Equal(before, after) {
		t.Errorf("the user was changed: %s, then %s", before, after)
	}
	if got := w.text(`SELECT profile->>'name' || ' ' || (SELECT count(*) FROM session WHERE user_id = $1) FROM person WHERE user_id = $1`, id); got != "Asha 2" {
		t.Error(got)
	}
}

func TestTwoWorkspacesCanHoldOneStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := small().write(t)
	first, second := w.bring(dir), w.in("kc").bring(dir)
	if !slices.Equal(first.Counts, second.Counts) || !slices.Equal(w.content(), w.in("kc").content()) {
		t.Errorf("%+v\n%+v", first.Counts, second.Counts)
	}
	if n := w.text(`SELECT count(*)::text FROM public."user" WHERE mobile IS NOT NULL`); n != "2" {
		t.Errorf("%s users with a mobile number, want 2", n)
	}
}

func TestALearnerWhoPlayedBeforeKeepsTheFirstSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plios := small()
	maps.DeleteFunc(plios, func(name, _ string) bool { return strings.HasPrefix(name, "answers/") })
	w.bring(plios.write(t))
	w.exec(`INSERT INTO session (plio_id, user_id) SELECT p.id, i.user_id FROM plio p, public.user_identity i WHERE p.uuid = 'Old2020abc' AND i.value = '+919812345678'`)
	w.bring(small().write(t))
	if got := w.text(`SELECT string_agg(coalesce(import_key, 'own') || is_first, ' ' ORDER BY id) FROM session WHERE plio_id = (SELECT id FROM plio WHERE uuid = 'Old2020abc')`); got != "owntrue json:answers/Old2020abc_919812345678-0.jsonfalse json:answers/Old2020abc_9812345678-1.jsonfalse" {
		t.Error(got)
	}
}

// TestWhatWasBrokenComesInOnceItIsMended mends a plio and a session, which
// tags, experiments and other sessions have waited for.
func TestWhatWasBrokenComesInOnceItIsMended(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.bring(small().with(files{
		"videos/New2021abc.json":                 `{`,
		"answers/Old2020abc_919812345678-0.json": `{`,
	}).write(t))
	if len(r.Broken) != 3 || len(r.Notes) != 2 {
		t.Errorf("broken %q, notes %q", r.Broken, r.Notes)
	}
	dir := small().write(t)
	r = w.bring(dir)
	late := importer.Note{File: "answers/Old2020abc_919812345678-0.json", Text: "came in after a later session of the same learner, so it has the higher id and counts as the newest"}
	if !r.Whole() || !slices.Equal(r.Notes, []importer.Note{late}) {
		t.Errorf("broken %q, notes %q", r.Broken, r.Notes)
	}
	if lost, _ := w.lost(small()); len(lost) > 0 {
		t.Errorf("lost: %q", lost)
	}
	if got := w.text(`SELECT count(*)::text FROM experiment_plio`) + w.text(`SELECT count(*)::text FROM plio_tag`) + w.text(`SELECT coalesce(extra::text, ' null') FROM tag`); got != "22 null" {
		t.Errorf("arms, tags of plios, and what is missing of the tag: %s", got)
	}
	before := w.rows()
	w.bring(dir)
	if !slices.Equal(before, w.rows()) {
		t.Error("one more run changed something")
	}
}

// TestWhatTheDatabaseRefusesStopsNothingElse lets the database refuse what no
// check of a file knows of.
func TestWhatTheDatabaseRefusesStopsNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`ALTER TABLE session ADD CONSTRAINT short CHECK (watch_time < 5)`)
	store := large(4, 3, 10, 150)
	for name, content := range store {
		if strings.HasPrefix(name, "answers/") {
			store[name] = strings.Replace(content, `"watch-time":`, `"watch-time": 1, "was":`, 1)
		}
	}
	name := slices.Sorted(maps.Keys(store))[77] // answers come first
	store[name] = strings.Replace(store[name], `"watch-time": 1,`, `"watch-time": 9000,`, 1)
	r := w.bring(store.write(t))
	if len(r.Broken) != 1 || r.Broken[0].File != name || !strings.Contains(r.Broken[0].Reason, `the database refuses it: new row for relation "session" violates check constraint "short"`) {
		t.Errorf("broken %q, want %s", r.Broken, name)
	}
	if lost, _ := w.lost(store.without(r)); len(lost) > 0 {
		t.Errorf("lost: %.1000q", lost)
	}
}

// TestAnImportedPlioPlays asks the API for what came in.
func TestAnImportedPlioPlays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bring(sample)
	a := w.Must(http.StatusOK, "", "af", "GET", "/api/v1/plios/0onGcUwMIO/play/", "")
	items, _ := a.Fields["items"].([]any)
	if a.Fields["name"] != "Gravitation 11" || a.Fields["status"] != "published" || len(items) != 6 {
		t.Errorf("%.500s", a.Raw)
	}
	if a := w.Must(http.StatusOK, "bob", "af", "GET", "/api/v1/plios/", ""); a.Fields["count"] != 12.0 {
		t.Errorf("a member is listed %v plios", a.Fields["count"])
	}
	w.Must(http.StatusNotFound, "", "kc", "GET", "/api/v1/plios/0onGcUwMIO/play/", "")
}
