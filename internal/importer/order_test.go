package importer_test

import (
	"fmt"
	"testing"
)

// TestALearnersSessionsComeInAsTheyAreNumbered mixes numbers with and without
// the country code, of one digit and two, and more than a batch of others.
func TestALearnersSessionsComeInAsTheyAreNumbered(t *testing.T) {
	t.Parallel()
	store := small()
	for i := range 450 {
		store[fmt.Sprintf("answers/Old2020abc_98%08d-0.json", i)] = `{}`
	}
	for _, visit := range []string{"919812345678-10", "9812345678-2", "919812345678-3", "+919812345678-11", "9812345678-3"} {
		store["answers/Old2020abc_"+visit+".json"] = `{}`
	}
	w := newWorld(t)
	r := w.bring(store.write(t))
	got := w.text(`SELECT string_agg(substring(import_key FROM '_(.*)[.]json') || CASE WHEN is_first THEN ' first' ELSE '' END, ', ' ORDER BY id) FROM session
		WHERE user_id = (SELECT user_id FROM public.user_identity WHERE value = '+919812345678')`)
	if want := "919812345678-0 first, 9812345678-1, 9812345678-2, 919812345678-3, 9812345678-3, 919812345678-10, +919812345678-11"; got != want || !r.Whole() {
		t.Errorf("%s, want %s; broken %q", got, want, r.Broken)
	}
	if c := r.Count("learners without a file"); c.New != 451 || c.There != 0 {
		t.Errorf("%+v", c)
	}
}
