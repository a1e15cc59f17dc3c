package importer_test

import (
	"slices"
	"testing"
)

// fuzzed are the names under which a file of any content is added to a small
// store.
var fuzzed = []string{
	"videos/Fuzz000000.json", "users/919800000000.json", "answers/Old2020abc_919800000001-0.json", "answers/New2021abc_919800000001-0.json", "experiments/fuzz.json", "tags/fuzz.json",
}

// FuzzAFile brings a store with one file of any content: all of it is found
// again, or the file is named and nothing of it is there; either way the rest
// comes in.
func FuzzAFile(f *testing.F) {
	for i, name := range fuzzed {
		for other, content := range small() {
			if name[:3] == other[:3] {
				f.Add(uint(i), content)
			}
		}
	}
	for _, content := range []string{"", "{", "[]", "{}", "\ufeff{}", "{\"a\": \"\\u0000\"}", `{"a": 1e400}`, "{\"a\": \"\xff\"}", `{"a": 1, "a": 2}`} {
		f.Add(uint(0), content)
		f.Add(uint(2), content)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, which uint, content string) {
		w := w.emptied(t)
		name := fuzzed[which%uint(len(fuzzed))]
		all := small().with(files{name: content})
		r := w.bring(all.write(t))
		if lost, _ := w.lost(all.without(r)); len(lost) > 0 {
			t.Errorf("lost, or half in: %q; broken %q", lost, r.Broken)
		}
		if len(r.Broken) > 1 || len(r.Broken) == 1 && r.Broken[0].File != name {
			t.Errorf("broken: %q", r.Broken)
		}
		before := w.rows()
		if w.bring(all.write(t)); !slices.Equal(before, w.rows()) {
			t.Error("another run changed something")
		}
	})
}
