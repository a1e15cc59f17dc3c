package importer_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/importer"
)

func TestTheSampleComesIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.bring(sample)
	want := []importer.Count{
		{Kind: "plios", Found: 14, New: 12, Failed: 2},
		{Kind: "questions", Found: 55, New: 55},
		{Kind: "learners", Found: 62, New: 60, Failed: 2},
		{Kind: "learners without a file"},
		{Kind: "sessions", Found: 203, New: 200, Failed: 3},
		{Kind: "answers", Found: 929, New: 929},
		{Kind: "events", Found: 1346, New: 1346},
		{Kind: "experiments", Found: 3, New: 3},
		{Kind: "tags", Found: 3, New: 3},
	}
	if !slices.Equal(r.Counts, want) || r.Whole() || len(r.Notes) > 0 {
		t.Errorf("counts %+v\nnotes %v", r.Counts, r.Notes)
	}
	for sql, want := range map[string]string{
		`SELECT count(*)::text FROM plio WHERE status = 'published' AND is_public AND created_by_id = 3 AND deleted IS NULL`:                                                                                                                                  "12",
		`SELECT string_agg(uuid, ' ' ORDER BY uuid COLLATE "C") FROM plio`:                                                                                                                                                                                    "0onGcUwMIO 1sd2qQscAp 3ezWKl2Toq ILriXUayRi JlfHtN8yVV MlwIQ03xKi dF0HMINFER eJMVHoKMuJ eobdQBcprT kASAOsE1nY kJUvzFjlQc yNrgm9ncwZ",
		`SELECT p.name || ' ' || v.url || ' ' || v.duration FROM plio p JOIN video v ON v.id = p.video_id WHERE uuid = '0onGcUwMIO'`:                                                                                                                          "Gravitation 11 https://www.youtube.com/watch?v=dWux0ACK5Uk 540",
		`SELECT string_agg(v.duration::text, ' ' ORDER BY p.uuid COLLATE "C") FROM plio p JOIN video v ON v.id = p.video_id`:                                                                                                                                  "540 421 433 470 495 459 391 369 481 579 281 612",
		`SELECT failsafe_url FROM plio WHERE uuid = 'MlwIQ03xKi'`:                                                                                                                                                                                             "https://videos.example/MlwIQ03xKi.mp4",
		`SELECT string_agg(q.correct_answer::text, ' ' ORDER BY i.id) FROM item i JOIN question q ON q.item_id = i.id WHERE i.plio_id = (SELECT id FROM plio WHERE uuid = '0onGcUwMIO')`:                                                                      "0 0 0 0 2 1",
		`SELECT count(*)::text FROM session s JOIN plio p ON p.id = s.plio_id JOIN video v ON v.id = p.video_id WHERE cardinality(string_to_array(s.retention, ',')) <> v.duration`:                                                                           "5",
		`SELECT count(*)::text FROM public."user" WHERE mobile ~ '^\+91[0-9]{10}$' AND status = 'approved'`:                                                                                                                                                   "60",
		`SELECT u.first_name || ' ' || (p.profile->>'grade') || ' ' || (p.profile->'school'->>'name') FROM person p JOIN public."user" u ON u.id = p.user_id WHERE mobile = '+916065576815'`:                                                                  "सीमा 54 11 GSSS Bhiwani",
		`SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' ' || to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' ' || watch_time FROM session WHERE import_key = 'json:answers/1sd2qQscAp_916138132283-0.json'`: "2021-01-13 04:09:00 2021-03-04 09:33:00 91",
		`SELECT count(*)::text FROM session_answer`:                                           "929",
		`SELECT count(*)::text FROM session_answer WHERE answer IS NULL`:                      "278",
		`SELECT count(*)::text FROM event WHERE type = 'option_selected'`:                     "231",
		`SELECT count(*)::text FROM event WHERE created_at <> updated_at`:                     "0",
		`SELECT string_agg(split_percentage::text, ' ' ORDER BY p.id) FROM experiment_plio p`: "50 50 30 70 30 70",
		`SELECT string_agg(slug, ' ' ORDER BY slug) FROM tag`:                                 "chemistry maths physics",
		`SELECT count(*)::text FROM plio_tag`:                                                 "9",
	} {
		if got := w.text(sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

// TestEveryBrokenFileOfTheSampleIsNamed compares with the sample's own list.
func TestEveryBrokenFileOfTheSampleIsNamed(t *testing.T) {
	t.Parallel()
	var dirty []struct{ File, Why string }
	b, err := os.ReadFile("testdata/legacy-json/dirty.json")
	if err == nil {
		err = json.Unmarshal(b, &dirty)
	}
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{
		"truncated JSON":                "truncated JSON",
		"plio does not exist":           "plio does not exist: ",
		"not UTF-8":                     "not UTF-8",
		"no video, no questions":        "no video, no questions",
		"user id is not a phone number": "user id is not a phone number",
		"not an object":                 "the file is a list, not an object",
		"not JSON: ignored":             "not JSON: ignored",
		"wrong types":                   "watch-time is a string, not a number",
	}
	w := newWorld(t)
	r := w.bring(sample)
	if len(r.Broken) != len(dirty) {
		t.Errorf("%d are broken, want %d: %v", len(r.Broken), len(dirty), r.Broken)
	}
	for _, d := range dirty {
		i := slices.IndexFunc(r.Broken, func(b importer.Broken) bool { return b.File == d.File })
		if i < 0 || !strings.HasPrefix(r.Broken[i].Reason, reasons[d.Why]) {
			t.Errorf("%s (%s) is not named: %v", d.File, d.Why, r.Broken)
		}
	}
	for _, mobile := range []string{"+919999999999", "+919999999998", "+919999999997"} {
		if n := w.text(`SELECT count(*)::text FROM public."user" WHERE mobile = $1`, mobile); n != "0" {
			t.Errorf("a broken file left a user behind: %s", mobile)
		}
	}
}
