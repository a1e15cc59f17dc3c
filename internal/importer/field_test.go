package importer_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/importer"
)

const (
	ofPlio    = ` FROM plio p LEFT JOIN video v ON v.id = p.video_id WHERE p.uuid = 'Test000000'`
	ofItems   = ` FROM plio p JOIN item i ON i.plio_id = p.id JOIN question q ON q.item_id = i.id WHERE p.uuid = 'Test000000'`
	ofSession = ` FROM session s WHERE s.import_key = 'json:answers/Old2020abc_919812345678-7.json'`
)

const (
	aPlio    = "videos/Test000000.json"
	aSession = "answers/Old2020abc_919812345678-7.json"
)

var long = strings.Repeat("ल", 300)

// details is a plio of 2021 with a question, old one of 2020.
func details(question string) string {
	return `{"video_id": "abcdefghijk", "items": [{"time": 1, "details": ` + question + `}]}`
}

func old(question string) string {
	return `{"video_id": "abcdefghijk", "questions": {"questions": [{"time": 1, "question": ` + question + `}]}}`
}

// becomes says, of files, what a query finds when they have come in, and what
// the report notes.
var becomes = []struct{ file, content, sql, want, note string }{
	{aPlio, `{"video_id": "a_-defghijk", "video_title": "ल"}`, `SELECT p.name || ' ' || v.url || coalesce(v.duration::text, ' null') || coalesce(p.extra::text, ' null')` + ofPlio, "ल https://www.youtube.com/watch?v=a_-defghijk null null", ""},
	{aPlio, `{"video_id": "abcdefghijk", "video_title": "` + long + `"}`, `SELECT length(p.name) || ' ' || length(p.extra->>'video_title')` + ofPlio, "255 300", "video_title has more than 255 characters: the first are the name, the whole is kept as JSON"},
	{aPlio, `{"video_id": "abcdefghijk", "failsafe": "` + long + `"}`, `SELECT length(p.failsafe_url) || ' ' || length(p.extra->>'failsafe')` + ofPlio, "0 300", "failsafe has more than 255 characters: it is kept as JSON only"},
	{aPlio, `{"video_id": "https://vimeo.com/1"}`, `SELECT v.url` + ofPlio, "https://vimeo.com/1", "video_id is an address: taken as it is"},
	{aPlio, `{"video_id": "a b"}`, `SELECT v.url` + ofPlio, "https://www.youtube.com/watch?v=a+b", "video_id does not look like YouTube's"},
	{aPlio, `{"video_id": "` + long + `"}`, `SELECT coalesce(v.url, 'none') || length(p.extra->>'video_id')` + ofPlio, "none300", "video_id is too long: it is kept as JSON only, and the plio has no video"},
	{aPlio, `{"items": [{"time": 1, "details": {}}]}`, `SELECT coalesce(v.url, 'none') || q.type` + strings.Replace(ofItems, "JOIN item", "LEFT JOIN video v ON v.id = p.video_id JOIN item", 1), "nonemcq", "has no video"},
	{aPlio, `{"video_id": "abcdefghijk", "x": {"y": [1, null, "\u00e9<&>"]}}`, `SELECT p.extra::text` + ofPlio, `{"x": {"y": [1, null, "é<&>"]}}`, ""},
	{aPlio, `{"video_id": "abcdefghijk", "items": [{"time": 1, "details": {}}], "questions": {"questions": [{"time": 2}]}}`, `SELECT p.extra::text` + ofPlio, `{"questions": {"questions": [{"time": 2}]}}`, "has items and questions: the items came in, the questions are kept as JSON"},
	{aPlio, `{"video_id": "abcdefghijk", "items": [{"time": 1.5, "meta": {"a": 1}, "x": 2, "details": {"y": 3, "type": "mcq", "options": ["a"], "correct_answer": 0}}]}`, `SELECT concat_ws(' ', i.time, i.meta, q.options, q.correct_answer, q.extra)` + ofItems, `1.5 {"a": 1} ["a"] 0 {"x": 2, "details": {"y": 3}}`, ""},
	{aPlio, details(`{"type": "mcq", "options": ["a"], "correct_answer": 1}`), `SELECT concat_ws(' ', coalesce(q.correct_answer, '"none"'), q.extra)` + ofItems, `"none" {"details": {"correct_answer": 1}}`, "items[0].details.correct_answer is 1, no option: no right answer, what was there is kept as JSON"},
	{aPlio, details(`{"type": "checkbox", "options": ["a", "b"], "correct_answer": [1]}`), `SELECT q.correct_answer::text` + ofItems, `[1]`, ""},
	{aPlio, details(`{"type": "subjective", "correct_answer": "any"}`), `SELECT q.type || q.correct_answer` + ofItems, `subjective"any"`, ""},
	{aPlio, details(`{"type": "slider", "options": ["a"]}`), `SELECT q.type || q.extra` + ofItems, `mcq{"details": {"type": "slider"}}`, `items[0].details.type "slider" is unknown: came in as mcq`},
	{aPlio, details(`{"type": "essay"}`), `SELECT q.type || q.extra` + ofItems, `subjective{"details": {"type": "essay"}}`, `items[0].details.type "essay" is unknown: came in as subjective`},
	{aPlio, old(`{"type": "mcq", "options": ["a", "b"], "answers": 2, "z": 1}`), `SELECT q.correct_answer::text || q.extra` + ofItems, `1{"question": {"z": 1}}`, ""},
	{aPlio, old(`{"type": "mcq", "options": ["a", "b"], "answers": 0}`), `SELECT coalesce(q.correct_answer, '"none"') || q.extra::text` + ofItems, `"none"{"question": {"answers": 0}}`, "questions.questions[0].question.answers is 0, no option: no right answer, what was there is kept as JSON"},
	{aPlio, old(`{"type": "checkbox", "options": ["a", "b"], "answers": [1, 2]}`), `SELECT q.correct_answer::text` + ofItems, `[0, 1]`, ""},

	{aSession, `{"watch-time": 91234}`, `SELECT s.watch_time || ' ' || coalesce(s.extra::text, 'null')` + ofSession, "91.234 null", "has no creation_date: the first event's time is taken, or the time of the import where there is none"},
	{aSession, `{"creation_date": "2021-01-01 05:29:59", "watch-time": 418000.123456789012345678}`, `SELECT s.watch_time || ' ' || s.extra` + ofSession, `418.000123456789 {"watch-time": 418000.123456789012345678}`, ""},
	{aSession, `{"creation_date": "2021-01-01 05:29:59", "journey": [{"event": "played", "system_time": "1602200640000", "player_time": "1.23456789012345678901"}]}`, `SELECT e.player_time || ' ' || s.extra FROM session s JOIN event e ON e.session_id = s.id WHERE s.import_key LIKE '%-7.json'`, `1.2345678901234567 {"journey": {"0": {"event": "played", "player_time": "1.23456789012345678901", "system_time": "1602200640000"}}}`, ""},
	{aPlio, `{"video_id": "abcdefghijk", "items": [{"time": 1.23456789012345678901, "details": {}}]}`, `SELECT i.time || ' ' || q.extra` + ofItems, `1.2345678901234567 {"time": 1.23456789012345678901}`, ""},
	{aSession, `{}`, `SELECT (s.created_at = s.updated_at AND now() - s.created_at < interval '1 hour')::text` + ofSession, "true", "has no creation_date: the first event's time is taken, or the time of the import where there is none"},
	{aSession, `{"creation_date": "2021-01-01 05:29:59"}`, `SELECT (s.created_at AT TIME ZONE 'UTC')::text || ' ' || (s.updated_at = s.created_at)` + ofSession, "2020-12-31 23:59:59 true", ""},
	{aSession, `{"creation_date": "2021-01-01 05:30:00.1234567"}`, `SELECT (s.created_at AT TIME ZONE 'UTC')::text || s.extra` + ofSession, `2021-01-01 00:00:00.123456{"creation_date": "2021-01-01 05:30:00.1234567"}`, ""},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "journey": [{"event": "played", "system_time": "1609459205000", "player_time": "0"}, {"event": "paused", "system_time": 1609459203000, "player_time": 1}]}`, `SELECT (s.updated_at AT TIME ZONE 'UTC')::text` + ofSession, "2021-01-01 00:00:05", ""},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "journey": [{"event": "played", "system_time": "1000", "player_time": "0"}]}`, `SELECT (s.updated_at = s.created_at)::text` + ofSession, "true", ""},
	{aSession, `{"journey": [{"event": "played", "system_time": "1609459205000", "player_time": "0"}]}`, `SELECT (s.created_at AT TIME ZONE 'UTC')::text` + ofSession, "2021-01-01 00:00:05", "has no creation_date: the first event's time is taken, or the time of the import where there is none"},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "journey": [{"event": "rated", "x": 1}, {"event": "played", "system_time": "1", "player_time": "NaN"}, {"event": "played", "system_time": "soon", "player_time": "1"}, {"event": "option-selected", "system_time": "1", "player_time": "1.5", "details": null, "y": 2}]}`,
		`SELECT s.extra::text || (SELECT string_agg(e.type || e.player_time || coalesce(e.details::text, ' null'), ' ') FROM event e WHERE e.session_id = s.id)` + ofSession,
		`{"journey": {"0": {"x": 1, "event": "rated"}, "1": {"event": "played", "player_time": "NaN", "system_time": "1"}, "2": {"event": "played", "player_time": "1", "system_time": "soon"}, "3": {"y": 2, "event": "option-selected", "details": null, "player_time": "1.5", "system_time": "1"}}}option_selected1.5 null`,
		`1 events of the unknown type "rated": kept as JSON|1 events without a player_time in seconds: kept as JSON|1 events without a system_time in milliseconds: kept as JSON`},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "retention": [1, 2.0, 3e0]}`, `SELECT s.retention` + ofSession, "1,2,3", ""},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "has-video-played": true}`, `SELECT s.has_video_played::text` + ofSession, "true", ""},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "experiment": "exp1"}`, `SELECT e.name || coalesce(s.extra::text, ' null') FROM experiment e, session s WHERE s.experiment_id = e.id AND s.import_key LIKE '%-7.json'`, "A/B null", ""},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "experiment": "gone"}`, `SELECT coalesce(s.experiment_id::text, 'none') || s.extra` + ofSession, `none{"experiment": "gone"}`, `the experiment "gone" did not come in: kept as JSON`},
	{aSession, `{"creation_date": "2021-01-01 05:30:00", "session-id": "7", "user-id": "9812345678", "x": 1}`, `SELECT s.extra::text` + ofSession, `{"x": 1, "user-id": "9812345678"}`, ""},

	{"experiments/exp1.json", `{"a": 1, "details": {"name": "A", "b": 2, "links": ["https://x/#/play/Old2020abc/?q=1", "https://x/Gone000000"], "split-percentages": [0.07, 0.93]}}`, `SELECT x.extra::text || ' ' || (SELECT string_agg(p.uuid || a.split_percentage, ' ') FROM experiment_plio a JOIN plio p ON p.id = a.plio_id) FROM experiment x`,
		`{"a": 1, "details": {"b": 2, "links": ["https://x/#/play/Old2020abc/?q=1", "https://x/Gone000000"], "split-percentages": [0.07, 0.93]}} Old2020abc7`, "links[1] leads to no plio that came in: kept as JSON"},
	{"experiments/exp1.json", `{"details": {"name": "` + long + `"}}`, `SELECT length(name) || ' ' || length(extra->'details'->>'name') FROM experiment`, "255 300", "details.name has more than 255 characters: the first are the name, the whole is kept as JSON"},
	{"tags/1.json", `{"name": "Zwölf Zellen", "a": 1, "plios": ["Old2020abc", "Gone000000", "Old2020abc"]}`, `SELECT t.slug || t.extra || (SELECT count(*) FROM plio_tag) FROM tag t`, `zwolf-zellen{"a": 1, "plios": ["Gone000000"]}1`, `plios[1] "Gone000000" is no plio that came in: kept as JSON`},
	{"tags/1.json", `{"name": "` + long + `"}`, `SELECT length(name) || slug FROM tag`, `255tag`, "name has more than 255 characters: the first are the name, the whole is kept as JSON"},
}

// TestWhatBecomesOfAField writes one file into a small store, and looks at what
// came of it. What it changes it says.
func TestWhatBecomesOfAField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range becomes {
		t.Run(tt.file+" "+tt.want, func(t *testing.T) {
			w := w.emptied(t)
			all := small().with(files{tt.file: tt.content})
			r := w.bring(all.write(t))
			if got := w.text(tt.sql); got != tt.want || !r.Whole() {
				t.Errorf("%s, want %s; broken %q", got, tt.want, r.Broken)
			}
			var notes []string
			for _, n := range r.Notes {
				if n.File == tt.file {
					notes = append(notes, n.Text)
				}
			}
			if got := strings.Join(notes, "|"); got != tt.note {
				t.Errorf("notes %q, want %q", got, tt.note)
			}
			if lost, _ := w.lost(all); len(lost) > 0 {
				t.Errorf("lost: %q", lost)
			}
		})
	}
}

func TestAnAnswerBecomesTheNumberOfTheOption(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const old, new = "Old2020abc", "New2021abc" // mcq O₂, CO₂ and 4, 8; checkbox a, b, c and subjective
	for _, tt := range []struct{ plio, answers, want, note string }{
		{old, `["CO₂", "4"]`, "1 0", ""},
		{old, `[[], []]`, "null null", ""},
		{old, `[1, -1]`, "1 null", ""},
		{old, `["CO₂"]`, "1 null", ""},
		{old, `[null, ""]`, "null null", ""},
		{old, `["N₂", "8"]`, "null 1", `answers[0] "N₂" is no option of "Which?": no answer, what was there is kept as JSON`},
		{old, `[2, "4"]`, "null 0", `answers[0] 2 is no option of "Which?": no answer, what was there is kept as JSON`},
		{old, `[["O₂"], "4"]`, "null 0", `answers[0] ["O₂"] is no option of "Which?": no answer, what was there is kept as JSON`},
		{old, `["O₂", "4", "x", "y"]`, "0 0", "answers has 4, the plio 2 questions: the rest is kept as JSON"},
		{new, `[[0, 2], "because"]`, "[0, 2] \"because\"", ""},
		{new, `[["a", "c"], "because"]`, "[0, 2] \"because\"", ""},
		{new, `[1, ""]`, "[1] null", ""},
		{new, `[-1, -1]`, "null null", ""},
		{new, `[[0, 3], "because"]`, "null \"because\"", `answers[0] [0, 3] is no option of "All?": no answer, what was there is kept as JSON`},
	} {
		t.Run(tt.answers, func(t *testing.T) {
			w := w.emptied(t)
			name := "answers/" + tt.plio + "_919812345678-7.json"
			all := small().with(files{name: `{"creation_date": "2021-01-01 05:30:00", "answers": ` + tt.answers + `}`})
			r := w.bring(all.write(t))
			got := strings.Join(w.texts(`SELECT coalesce(a.answer::text, 'null') FROM session s JOIN session_answer a ON a.session_id = s.id WHERE s.import_key = $1 ORDER BY a.item_id`, "json:"+name), " ")
			note := slices.IndexFunc(r.Notes, func(n importer.Note) bool { return n.File == name })
			if got != tt.want || note < 0 && tt.note != "" || note >= 0 && r.Notes[note].Text != tt.note {
				t.Errorf("%s, want %s; notes %q, want %q", got, tt.want, r.Notes, tt.note)
			}
			if lost, _ := w.lost(all); len(lost) > 0 {
				t.Errorf("lost: %q", lost)
			}
		})
	}
}

func TestAVideoIsAsLongAsItsSessionsCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct {
		lengths []int
		want    string
		note    string
	}{
		{nil, "unknown", ""},
		{[]int{0, 0, 0}, "unknown", ""},
		{[]int{3}, "3", ""},
		{[]int{5, 3, 3}, "3", ""},
		{[]int{0, 0, 4}, "4", ""},
		{[]int{3, 5, 3, 5, 4}, "5", "sessions count [5 3] seconds equally often: the video's duration is the greatest, 5"},
	} {
		w := w.emptied(t)
		all := files{"videos/Test000000.json": `{"video_id": "abcdefghijk"}`}
		for i, n := range tt.lengths {
			all["answers/Test000000_98"+strings.Repeat("0", 7)+string(rune('0'+i))+"-0.json"] = `{"creation_date": "2021-01-01 05:30:00", "retention": [` + strings.TrimSuffix(strings.Repeat("0,", n), ",") + `]}`
		}
		all["answers/Test000000_9800000099-0.json"] = `{"retention": [1, 2, 3, 4, 5, 6, "broken"]}`
		r := w.bring(all.write(t))
		note := ""
		for _, n := range r.Notes {
			note += n.Text
		}
		if got := w.text(`SELECT coalesce(v.duration::text, 'unknown')` + ofPlio); got != tt.want || note != tt.note {
			t.Errorf("%v: %s, want %s; note %q", tt.lengths, got, tt.want, note)
		}
	}
}
