package store_test

import (
	"testing"

	"example.org/plio/internal/store"
)

func TestSlugIsASCIIAndFree(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{"maths": true, "maths-1": true, "tag": true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": true}
	for name, want := range map[string]string{
		"Cell Biology":       "cell-biology",
		"  Ünïts & _Forces ": "units-_forces",
		"Maths":              "maths-2",
		"a--b - c":           "a-b-c",
		"भौतिकी":             "tag-1",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1",
	} {
		if got := store.Slug(name, func(s string) bool { return taken[s] }); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
