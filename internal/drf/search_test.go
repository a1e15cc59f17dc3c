package drf_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/drf"
)

func TestASearchIsSplitAtBlanksAndCommasButNotInQuotes(t *testing.T) {
	t.Parallel()
	for search, want := range map[string][]string{
		"":                  nil,
		" \t\n":             nil,
		",, ,":              nil,
		"cell biology":      {"cell", "biology"},
		"cell,biology , x,": {"cell", "biology", "x"},
		"a\u00a0b\u2003c":   {"a", "b", "c"},
		`"cell biology" x`:  {"cell biology", "x"},
		`'cell biology',x`:  {"'cell biology'", "x"},
		`'cell, biology' x`: {"cell, biology", "x"},
		`"it's" 'say "x"'`:  {"it's", `say "x"`},
		`"a \"b\" \\c"`:     {`a "b" \c`},
		`pre"a b"post`:      {`pre"a b"post`},
		`"open end`:         {`"open`, "end"},
		`"`:                 {""},
		`""`:                {""},
		"100% _x_ \\":       {"100%", "_x_", "\\"},
		"हिन्दी":            {"हिन्दी"},
		"a\xffb":            {"a\uFFFDb"},
	} {
		got, err := drf.SearchTerms(search)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q", search, got, err, want)
		}
	}
}

func TestASearchThatNothingCanMatchOrThatCostsTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	for search, want := range map[string]string{
		"a\x00b":                  `["Null characters are not allowed."]`,
		strings.Repeat("a ", 101): `["Search for no more than 100 words."]`,
		strings.Repeat("a,", 101): `["Search for no more than 100 words."]`,
		strings.Repeat("a ", 100): "",
		strings.Repeat("é", 2000): "",
		strings.Repeat("é", 2001): `["Ensure this field has no more than 2000 characters."]`,
	} {
		_, err := drf.SearchTerms(search)
		if _, body := told(t, err); body != want {
			t.Errorf("%.20q: got %s, want %s", search, body, want)
		}
	}
}

func TestTextOfAnAddressIsMadeSafeForTheDatabase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"abc é": "abc é", "a\x00b": "a\uFFFDb", "\xff\xfe": "\uFFFD", "": ""} {
		if got := drf.Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
