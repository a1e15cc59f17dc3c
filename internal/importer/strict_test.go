package importer

import (
	"fmt"
	"strings"
	"testing"
)

func TestOnlyWhatCanBeKeptWholeIsTaken(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, tt := range []struct{ value, reason string }{
		{`{"a": [1, -2.5e3, "é", "😀", true, null, {}], "b": {"a": 1}}`, ""},
		{` "a\u0041\n\\u0000" `, ""},
		{`[{"a": 1}, {"a": 2}]`, ""},
		{`["a", "a"]`, ""},
		{`{"u": ":", "v": "\":"}`, ""},
		{deep(99), ""},
		{deep(100), "nested deeper than 100 levels"},
		{`{"a":` + deep(99) + `}`, "nested deeper than 100 levels"},
		{deep(20000), "not JSON: invalid character '[' exceeded max depth (byte 10006)"},
		{`NaN`, "not JSON: invalid character 'N' looking for beginning of value (byte 7)"},
		{`1 x`, "not JSON: invalid character 'x' after object key:value pair (byte 9)"},
		{"\"\xed\xa0\x80\"", "not UTF-8"},
		{`"a\u0000"`, "a string holds the NUL character, which no database column can hold"},
		{`{"\u0000": 1}`, "a string holds the NUL character, which no database column can hold"},
		{`"\ud83d"`, "a string holds half a surrogate pair, which is no character"},
		{`"\ud83d\n"`, "a string holds half a surrogate pair, which is no character"},
		{`"\ud83d\u0041"`, "a string holds half a surrogate pair, which is no character"},
		{`"\ude00\ud83d"`, "a string holds half a surrogate pair, which is no character"},
		{`{"a": 1, "b": {}, "a": 2}`, `the key "a" is there twice`},
		{`{"a": 1, "\u0061" : 2}`, `the key "a" is there twice`},
		{`1, "v": 2`, `the key "v" is there twice`},
		{`1e309`, "the number 1e309 is out of range"},
		{`[-1e400]`, "the number -1e400 is out of range"},
		{`1e-401`, "the number 1e-401 is out of range"},
		{`0e99999999999999999999`, "the number 0e99999999999999999999 is out of range"},
		{strings.Repeat("1", 401), "a number of more than 400 digits"},
	} {
		if got := refusalOf(fmt.Sprintf(`{"v": %s}`, tt.value)); got != tt.reason {
			t.Errorf("%.60q: %q, want %q", tt.value, got, tt.reason)
		}
	}
}

func TestAFileIsAnObject(t *testing.T) {
	t.Parallel()
	for file, reason := range map[string]string{
		"":                  "empty file",
		" \n ":              "empty file",
		" {} \n":            "",
		`{"a": ["b"`:        "truncated JSON",
		`[]`:                "the file is a list, not an object",
		`null`:              "the file is null, not an object",
		`"a"`:               "the file is a string, not an object",
		`-1`:                "the file is a number, not an object",
		`true`:              "the file is true or false, not an object",
		"hello":             "not JSON: invalid character 'h' looking for beginning of value (byte 1)",
		"{} {}":             "not JSON: invalid character '{' after top-level value (byte 4)",
		"\xff\xfe\x00":      "not UTF-8",
		"{\"a\": \"\x00\"}": "not JSON: invalid character '\\x00' in string literal (byte 8)",
	} {
		if got := refusalOf(file); got != reason {
			t.Errorf("%q: %q, want %q", file, got, reason)
		}
	}
}

func refusalOf(file string) string {
	if _, err := parseObject([]byte(file)); err != nil {
		return err.Error()
	}
	return ""
}
