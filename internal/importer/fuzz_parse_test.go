package importer

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse reads any bytes as each kind of file: nothing panics, and what is
// taken can be stored.
func FuzzParse(f *testing.F) {
	for _, content := range []string{
		`{"video_id": "nBVLpuE27-y", "video_title": "x", "questions": {"questions": [{"time": 5, "question": {"type": "mcq", "text": "?", "options": ["a", "b"], "answers": 2}}]}}`,
		`{"video_id": "nBVLpuE27-y", "items": [{"time": 5, "type": "question", "details": {"type": "checkbox", "text": "?", "options": ["a"], "correct_answer": [0]}}]}`,
		`{"answers": ["a", [], -1], "watch-time": 1500, "retention": [1, 0, 2], "has-video-played": 1, "journey": [{"event": "played", "details": {}, "system_time": "1616326680000", "player_time": "5.5"}], "creation_date": "2021-03-13 19:07:00"}`,
		`{"details": {"name": "A", "links": ["https://x/y"], "split-percentages": [0.5]}}`,
		`{"name": "physics", "plios": ["a"], "x": "\ud83d\ude00"}`,
	} {
		f.Add([]byte(content))
	}
	known := func(uuid string) bool { return len(uuid)%2 == 0 }
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parsePlio("videos/x.json", "x", b)
		if err == nil {
			storable(t, p.extra, p.name, p.url, p.failsafe)
			for _, it := range p.items {
				storable(t, it.Extra, it.Text)
				storable(t, it.Options)
				storable(t, it.CorrectAnswer)
				storable(t, it.Meta)
			}
		}
		items := append(p.items, item{}, item{}, item{})
		if s, err := parseSession(visit{plio: "x", phone: "919812345678", mobile: "+919812345678"}, items, b); err == nil {
			storable(t, s.Extra, s.Retention, s.experiment)
			if len(s.Answers) != len(items) || s.UpdatedAt.Before(s.CreatedAt) {
				t.Errorf("%d answers for %d items, %s to %s", len(s.Answers), len(items), s.CreatedAt, s.UpdatedAt)
			}
			for _, a := range s.Answers {
				storable(t, a)
			}
			for _, e := range s.Events {
				storable(t, e.Details, e.Type)
			}
		}
		if l, err := parseLearner("users/x.json", "919812345678", b); err == nil {
			storable(t, l.profile, l.name)
		}
		if e, err := parseExperiment("experiments/x.json", known, b); err == nil {
			storable(t, e.extra, e.name)
		}
		if tg, err := parseTag("tags/x.json", known, b); err == nil {
			storable(t, tg.extra, tg.name)
		}
	})
}

// storable checks that a JSON column can hold raw, and a text column texts.
func storable(t *testing.T, raw json.RawMessage, texts ...string) {
	t.Helper()
	if raw != nil {
		if _, err := parseObject([]byte(`{"v":` + string(raw) + `}`)); err != nil && err.Error() != "nested deeper than 100 levels" {
			t.Errorf("%v: %.200s", err, raw)
		}
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			t.Errorf("%q cannot be stored", text)
		}
	}
}
