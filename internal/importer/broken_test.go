package importer_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/importer"
)

// brokenFiles are files, each of them broken, and why.
var brokenFiles = []struct{ file, content, reason string }{
	{aPlio, ``, "empty file"},
	{aPlio, `{"video_title": "x"}`, "no video, no questions"},
	{aPlio, `{"video_id": "", "questions": {"questions": []}}`, "no video, no questions"},
	{aPlio, `{"video_id": 5}`, "video_id is a number, not a string"},
	{aPlio, `{"video_id": "a", "video_title": ["a"]}`, "video_title is a list, not a string"},
	{aPlio, `{"video_id": "a", "failsafe": {}}`, "failsafe is an object, not a string"},
	{aPlio, `{"video_id": "a\u0000"}`, "a string holds the NUL character, which no database column can hold"},
	{aPlio, `{"video_id": "a", "x": {"y": "\udead"}}`, "a string holds half a surrogate pair, which is no character"},
	{aPlio, `{"video_id": "a", "x": 1, "x": 2}`, `the key "x" is there twice`},
	{aPlio, `{"video_id": "a", "x": 1e999}`, "the number 1e999 is out of range"},
	{aPlio, `{"video_id": "a", "x": ` + strings.Repeat(`{"x":`, 100) + "1" + strings.Repeat("}", 101), "nested deeper than 100 levels"},
	{aPlio, "{\"video_id\": \"a\xff\"}", "not UTF-8"},
	{aPlio, `{"video_id": "a", "pad": "` + strings.Repeat("x", 16<<20) + `"}`, "larger than 16 MB"},
	{aPlio, `{"items": {}}`, "items is an object, not a list"},
	{aPlio, `{"items": [5]}`, "items[0] is a number, not an object"},
	{aPlio, `{"items": [{"time": 1, "details": {}}, {"details": {}}]}`, "items[1].time is missing"},
	{aPlio, `{"items": [{"time": "1", "details": {}}]}`, "items[0].time is a string, not a number"},
	{aPlio, `{"items": [{"time": -1, "details": {}}]}`, "items[0].time is -1, which is out of range"},
	{aPlio, `{"items": [{"time": 1, "type": "note", "details": {}}]}`, `items[0] is a "note"; a plio has questions only`},
	{aPlio, `{"items": [{"time": 1}]}`, "items[0] has no details"},
	{aPlio, details(`[]`), "items[0].details is a list, not an object"},
	{aPlio, details(`{"text": 1}`), "items[0].details.text is a number, not a string"},
	{aPlio, details(`{"type": 1}`), "items[0].details.type is a number, not a string"},
	{aPlio, details(`{"options": "a"}`), "items[0].details.options is a string, not a list"},
	{aPlio, `{"questions": []}`, "questions is a list, not an object"},
	{aPlio, `{"questions": {"questions": [{"time": 1}]}}`, "questions.questions[0] has no question"},
	{aPlio, `{"questions": {"questions": [{"time": 1, "question": {"text": true}}]}}`, "questions.questions[0].question.text is true or false, not a string"},
	{"videos/a-b.json", `{"video_id": "a"}`, "the name of the file is no plio's id: letters and digits"},
	{"videos/notes", `{"video_id": "a"}`, "not JSON: ignored"},

	{"users/x.json", `{}`, "user id is not a phone number"},
	{"users/12.json", `{}`, "user id is not a phone number: no country has such numbers"},
	{"users/9812345678.json", `{"grade": "1"}`, "the same mobile number as users/919812345678.json, which came in"},
	{"users/919800000000.json", `[]`, "the file is a list, not an object"},
	{"users/919800000000.json", `{"name": {}}`, "name is an object, not a string"},

	{aSession, `{"answers": ["a"`, "truncated JSON"},
	{aSession, `{"watch-time": NaN}`, "not JSON: invalid character 'N' looking for beginning of value (byte 16)"},
	{aSession, `{"watch-time": -1}`, "watch-time is -1, which is out of range"},
	{aSession, `{"watch-time": "abc"}`, "watch-time is a string, not a number"},
	{aSession, `{"retention": "NaN"}`, "retention is a string, not a list"},
	{aSession, `{"retention": [1, null]}`, "retention[1] is null, not a count"},
	{aSession, `{"retention": [0.5]}`, "retention[0] is 0.5, not a count"},
	{aSession, `{"retention": [-1]}`, "retention[0] is -1, not a count"},
	{aSession, `{"retention": [[1]]}`, "retention[0] is [1], not a count"},
	{aSession, `{"retention": [99999999999999999999]}`, "retention[0] is 99999999999999999999, not a count"},
	{aSession, `{"has-video-played": 2}`, "has-video-played is 2, not 0 or 1"},
	{aSession, `{"experiment": 1}`, "experiment is a number, not a string"},
	{aSession, `{"answers": {}}`, "answers is an object, not a list"},
	{aSession, `{"journey": {}}`, "journey is an object, not a list"},
	{aSession, `{"journey": [{}, 1]}`, "journey[1] is a number, not an object"},
	{aSession, `{"creation_date": "yesterday"}`, `creation_date is "yesterday", not a time such as 2021-03-13 19:07:00`},
	{aSession, `{"creation_date": "0001-01-01 00:00:00"}`, `creation_date is "0001-01-01 00:00:00", not a time such as 2021-03-13 19:07:00`},
	{aSession, `{"creation_date": 1}`, "creation_date is a number, not a string"},
	{aSession, `{"plio-id": "New2021abc"}`, `plio-id is "New2021abc", but the name of the file says Old2020abc`},
	{aSession, `{"user-id": "919812345679"}`, `user-id is "919812345679", but the name of the file says 919812345678`},
	{aSession, `{"session-id": 8}`, "session-id is 8, but the name of the file says 7"},
	{"answers/Gone000000_919812345678-0.json", `{}`, "plio does not exist: videos/Gone000000.json is not there, or broken"},
	{"answers/Old2020abc_919812345678.json", `{}`, "the name of the file is not <plio id>_<phone>-<n>.json"},
	{"answers/Old2020abc_12-0.json", `{}`, "user id is not a phone number: no country has such numbers"},
	{"answers/.DS_Store", "\x00", "not JSON: ignored"},

	{"experiments/x.json", `{"details": []}`, "details is a list, not an object"},
	{"experiments/x.json", `{}`, "details.name is missing"},
	{"experiments/x.json", `{"details": {"name": "x", "links": ["a"], "split-percentages": []}}`, "details.split-percentages has 0 shares for 1 links"},
	{"experiments/x.json", `{"details": {"name": "x", "links": ["a"], "split-percentages": [30]}}`, "details.split-percentages[0] is 30, not a share from 0 to 1"},
	{"experiments/x.json", `{"details": {"name": "x", "links": [1], "split-percentages": [1]}}`, "details.links[0] is a number, not a string"},
	{"tags/x.json", `{"plios": []}`, "name is missing"},
	{"tags/x.json", `{"name": "x", "plios": [1]}`, "plios[0] is a number, not a string"},
	{"tags/x.json", `{"name": "x", "plios": "Old2020abc"}`, "plios is a string, not a list"},
}

// TestABrokenFileIsNamedAndTheRestComesIn adds one broken file at a time to a
// small store.
func TestABrokenFileIsNamedAndTheRestComesIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range brokenFiles {
		t.Run(tt.file+" "+tt.reason, func(t *testing.T) {
			w := w.emptied(t)
			all := small().with(files{tt.file: tt.content})
			r := w.bring(all.write(t))
			if want := []importer.Broken{{File: tt.file, Reason: tt.reason}}; !slices.Equal(r.Broken, want) {
				t.Errorf("%q, want %q", r.Broken, want)
			}
			if lost, _ := w.lost(small()); len(lost) > 0 {
				t.Errorf("lost, or half in: %q", lost)
			}
		})
	}
}

func TestWhatIsNoFileIsNamed(t *testing.T) {
	t.Parallel()
	dir := small().write(t)
	outside := filepath.Join(t.TempDir(), "secret.json")
	for _, err := range []error{
		os.WriteFile(outside, []byte(`{"video_id": "secret"}`), 0o600),
		os.Symlink(outside, filepath.Join(dir, "videos/Link000000.json")),
		os.Symlink("Old2020abc.json", filepath.Join(dir, "videos/Link000001.json")),
		os.Mkdir(filepath.Join(dir, "videos/Dir0000000.json"), 0o755),
		os.WriteFile(filepath.Join(dir, "tags/\xff\x1b.json"), []byte(`{"name": "x"}`), 0o600),
		os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	r := w.bring(dir)
	want := []importer.Broken{
		{File: "videos/Dir0000000.json", Reason: "a folder: not read"},
		{File: "videos/Link000000.json", Reason: "a symbolic link: not followed"},
		{File: "videos/Link000001.json", Reason: "a symbolic link: not followed"},
		{File: `"tags/\xff\x1b.json"`, Reason: "the name of the file is not UTF-8"},
	}
	if !slices.Equal(r.Broken, want) {
		t.Errorf("%q, want %q", r.Broken, want)
	}
	if want := []importer.Note{{File: "notes.txt", Text: "not read: a store is its folders videos, users, answers, experiments, tags"}}; !slices.Equal(r.Notes, want) {
		t.Errorf("notes %q, want %q", r.Notes, want)
	}
}

func TestAFolderThatIsNoStoreIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "above/bucket/videos"), 0o755),
		os.MkdirAll(filepath.Join(dir, "other"), 0o755),
		os.MkdirAll(filepath.Join(dir, "odd/videos"), 0o755),
		os.WriteFile(filepath.Join(dir, "odd/tags"), nil, 0o600),
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o600),
		os.MkdirAll(filepath.Join(dir, "escape"), 0o755),
		os.Symlink(filepath.Join(dir, "odd/videos"), filepath.Join(dir, "escape/videos")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"above":   "it has no folder videos; did you mean " + dir + "/above/bucket?",
		"other":   "it has no folder videos; name the folder that holds videos, users, answers, experiments and tags",
		"odd":     "tags in " + dir + "/odd is no folder",
		"file":    "not a directory",
		"missing": "no such file or directory",
		"escape":  "path escapes from parent",
	} {
		store, err := importer.OpenJSON(filepath.Join(dir, name))
		if err == nil {
			store.Close() //nolint:errcheck // it should not have been opened
			t.Errorf("%s was opened", name)
		} else if !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "no JSON store") {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
