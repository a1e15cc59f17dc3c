package importer_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.org/plio/internal/importer"
	"example.org/plio/internal/plitest"
)

func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "40") //nolint:errcheck // the flag exists; the command line outweighs it
	plitest.Main(m)
}

// anyJSON draws any JSON value.
func anyJSON(depth int) *rapid.Generator[any] {
	kinds := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.StringN(0, 10, -1).AsAny(),
		rapid.Map(rapid.Float64(), func(f float64) any { return json.Number(fmt.Sprintf("%g", clip(f))) }),
		rapid.Map(rapid.StringMatching(`-?[1-9][0-9]{0,40}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?`), func(s string) any { return json.Number(s) }),
		rapid.SampledFrom([]any{"", "-1", "91", "NaN", "O₂", "हिन्दी", -1, 0, 1, 2, []any{}, map[string]any{}}),
	}
	if depth > 0 {
		kinds = append(kinds,
			rapid.SliceOfN(anyJSON(depth-1), 0, 3).AsAny(),
			rapid.MapOfN(rapid.StringN(0, 5, -1), anyJSON(depth-1), 0, 3).AsAny())
	}
	return rapid.OneOf(kinds...)
}

func clip(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

// fields draws an object: of each field either none, or what it should be, or
// now and then anything; and now and then other fields.
func fields(t *rapid.T, what string, of map[string]any) map[string]any {
	o := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(of)) {
		switch n := rapid.IntRange(0, 29).Draw(t, what+" "+key); {
		case n == 13: // not the ends, which are drawn often
			o[key] = anyJSON(2).Draw(t, "any")
		case n == 17 || n == 19:
		default:
			o[key] = of[key]
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "more") == 5 {
		for key, v := range rapid.MapOfN(rapid.StringN(0, 8, -1), anyJSON(2), 1, 3).Draw(t, "other fields") {
			o[key] = v
		}
	}
	return o
}

func drawQuestion(t *rapid.T, right string, first int) any {
	typ := rapid.SampledFrom([]string{"mcq", "mcq", "mcq", "checkbox", "subjective", "odd"}).Draw(t, "type")
	options := rapid.SliceOfN(rapid.SampledFrom([]any{"a", "b", "O₂", "4", 4, "ल"}), 0, 4).Draw(t, "options")
	var answer any = rapid.IntRange(first-1, first+len(options)).Draw(t, "right")
	if typ == "checkbox" {
		answer = rapid.SliceOfN(rapid.IntRange(first, first+3), 0, 3).Draw(t, "right ones")
	}
	return fields(t, "question", map[string]any{"type": typ, "text": "q " + typ, "options": options, right: answer})
}

func drawPlio(t *rapid.T) any {
	p := map[string]any{
		"video_id":    rapid.SampledFrom([]string{"abcdefghijk", "a-_defghijk", "", "x y/z?", "https://x/y", strings.Repeat("v", 300)}).Draw(t, "video"),
		"video_title": rapid.OneOf(rapid.StringN(0, 20, -1), rapid.Just(strings.Repeat("ल", 256))).Draw(t, "title"),
		"failsafe":    rapid.SampledFrom([]string{"", "https://x/y.mp4", strings.Repeat("f", 256)}).Draw(t, "failsafe"),
	}
	seconds := rapid.OneOf(rapid.IntRange(0, 900).AsAny(), rapid.Float64Range(0, 900).AsAny())
	n := rapid.IntRange(0, 4).Draw(t, "questions")
	var old, new []any
	for range n {
		old = append(old, fields(t, "old item", map[string]any{"time": seconds.Draw(t, "time"), "question": drawQuestion(t, "answers", 1)}))
		new = append(new, fields(t, "new item", map[string]any{"time": seconds.Draw(t, "time"), "type": "question", "meta": nil, "details": drawQuestion(t, "correct_answer", 0)}))
	}
	switch rapid.IntRange(0, 4).Draw(t, "shape") {
	case 0, 1:
		p["questions"] = fields(t, "questions", map[string]any{"questions": old})
	case 2, 3:
		p["items"] = new
	default:
		p["questions"], p["items"] = map[string]any{"questions": old}, new
	}
	return fields(t, "plio", p)
}

func drawSession(t *rapid.T, plio, phone string, number int) any {
	answer := rapid.SampledFrom([]any{"a", "b", "O₂", "4", "ल", "no option", "", []any{}, -1, 0, 1, 2, 9, []any{0, 1}, []any{"a"}, []any{"a", 0}, nil})
	var journey []any
	for range rapid.IntRange(0, 3).Draw(t, "steps") {
		journey = append(journey, fields(t, "step", map[string]any{
			"event":       rapid.SampledFrom([]string{"played", "option-selected", "video_seeked", "rated", ""}).Draw(t, "event"),
			"details":     anyJSON(1).Draw(t, "details"),
			"system_time": rapid.SampledFrom([]any{"1602200640000", "16022006400001234", 1602200640000, "0", "", "NaN", "1602200640000.5"}).Draw(t, "system_time"),
			"player_time": rapid.SampledFrom([]any{"218.368", "12.345678901234567", "1.23456789012345678901234567890", 3, "0.0", "NaN", "-1", ""}).Draw(t, "player_time"),
		}))
	}
	return fields(t, "session", map[string]any{
		"answers":          rapid.SliceOfN(answer, 0, 5).Draw(t, "answers"),
		"watch-time":       rapid.SampledFrom([]any{0, 418000, 1, 91234.5, json.Number("418000.123456789012345678"), json.Number("1e3")}).Draw(t, "watch"),
		"retention":        rapid.SliceOfN(rapid.IntRange(0, 3), 0, 6).Draw(t, "retention"),
		"has-video-played": rapid.SampledFrom([]any{0, 1, true, false}).Draw(t, "played"),
		"journey":          journey,
		"source":           "web",
		"user_agent":       anyJSON(2).Draw(t, "agent"),
		"creation_date":    rapid.SampledFrom([]string{"2021-03-13 19:07:00", "2021-03-13 19:07:00.123456", "2021-03-13 19:07:00.123456789", ""}).Draw(t, "date"),
		"experiment":       rapid.SampledFrom([]string{"", "e1", "gone"}).Draw(t, "experiment"),
		"plio-id":          plio, "user-id": strings.TrimPrefix(phone, "+"), "session-id": number,
	})
}

// drawStore draws a store: mostly sound, of few plios and learners so that they
// meet often, and now and then a file that is cut or overwritten.
func drawStore(t *rapid.T) files {
	plios := []string{"Plio000001", "Plio000002", "Plio000003"}[:rapid.IntRange(1, 3).Draw(t, "plios")]
	phones := rapid.SampledFrom([]string{"919812345678", "9812345678", "+919812345678", "9712345678", "919712345678", "9612345678"})
	all := files{}
	add := func(name string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		switch rapid.IntRange(0, 39).Draw(t, "damage to "+name) {
		case 17:
			b = b[:rapid.IntRange(0, len(b)).Draw(t, "cut")]
		case 19:
			b[rapid.IntRange(0, len(b)-1).Draw(t, "where")] = rapid.Byte().Draw(t, "byte")
		case 23:
			b = append([]byte("\ufeff"), b...)
		}
		all[name] = string(b)
	}
	for _, p := range plios {
		add("videos/"+p+".json", drawPlio(t))
	}
	for range rapid.IntRange(0, 3).Draw(t, "learners") {
		phone := phones.Draw(t, "learner")
		add("users/"+phone+".json", fields(t, "learner", map[string]any{"name": "Asha", "grade": "9", "configs": anyJSON(2).Draw(t, "configs")}))
	}
	for range rapid.IntRange(3, 12).Draw(t, "sessions") {
		plio, phone, n := rapid.SampledFrom(slices.Concat(plios, plios, plios, []string{"Gone000000"}, plios)).Draw(t, "of plio"), phones.Draw(t, "of learner"), rapid.IntRange(0, 3).Draw(t, "number")
		add(fmt.Sprintf("answers/%s_%s-%d.json", plio, phone, n), drawSession(t, plio, phone, n))
	}
	link := rapid.SampledFrom([]string{"https://x/#/play/Plio000001", "https://x/#/play/Plio000002/", "https://x/Gone000000?x=1", ""})
	if rapid.Bool().Draw(t, "an experiment") {
		add("experiments/e1.json", fields(t, "experiment", map[string]any{"details": fields(t, "details", map[string]any{
			"name": rapid.StringN(0, 300, -1).Draw(t, "name"), "links": []any{link.Draw(t, "a"), link.Draw(t, "b")}, "split-percentages": []any{0.57, 0.43}})}))
	}
	if rapid.Bool().Draw(t, "a tag") {
		add("tags/1.json", fields(t, "tag", map[string]any{
			"name": rapid.StringN(0, 300, -1).Draw(t, "name"), "plios": rapid.SliceOfDistinct(rapid.SampledFrom([]string{"Plio000001", "Plio000002", "Gone"}), rapid.ID).Draw(t, "plios")}))
	}
	return all
}

// TestAnyStoreComesInWholeOrIsNamed draws stores: each file is either broken,
// and then nothing of it is there, or all of it is found again.
func TestAnyStoreComesInWholeOrIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		store := drawStore(rt)

		w := w.emptied(t)
		dir := store.with(files{"videos/.keep": ""}).write(t)
		plan := w.bring(dir, planOnly)
		r := w.bring(dir)
		r.Broken = slices.DeleteFunc(r.Broken, func(b importer.Broken) bool { return b.File == "videos/.keep" })
		if lost, _ := w.lost(store.without(r)); len(lost) > 0 {
			rt.Errorf("lost, or half in: %q\nbroken: %q", lost, r.Broken)
		}
		found := 0
		for i, c := range r.Counts {
			if c.Found != c.New+c.There+c.Failed || c.There > 0 && c.Kind != "learners without a file" || plan.Counts[i] != c {
				rt.Errorf("%+v, planned %+v", c, plan.Counts[i])
			}
			if slices.Contains([]string{"plios", "learners", "sessions", "experiments", "tags"}, c.Kind) {
				found += c.Found
			}
		}
		if found != len(store) {
			rt.Errorf("%d files are counted of %d", found, len(store))
		}
		if odd := w.texts(`SELECT plio_id || ' ' || user_id FROM session GROUP BY plio_id, user_id HAVING count(*) FILTER (WHERE is_first) <> 1 OR min(id) <> min(id) FILTER (WHERE is_first)`); len(odd) > 0 {
			rt.Errorf("not the first session is first: %q", odd)
		}
		before := w.rows()
		again := w.bring(dir)
		if !slices.Equal(before, w.rows()) || len(again.Broken) != len(r.Broken)+1 || len(again.Notes) != len(r.Notes) {
			rt.Errorf("another run changed something, or says another thing: %q, %q; before %q, %q", again.Broken, again.Notes, r.Broken, r.Notes)
		}
	})
}
