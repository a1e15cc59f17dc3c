package drf_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/plio/internal/drf"
)

func TestJSONIsReadStrictlyAndWrittenOneWay(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" [ 1 , -2.50 , 1e2 , 1E-7, 1e16, -0, -0.0, 0.0001, 1e-400 ] ": `[1,-2.5,100.0,1e-07,1e+16,0,-0.0,0.0001,0.0]`,
		`12345678901234567890123`:                                      `12345678901234567890123`,
		`{"b":1,"a":{"z":[],"y":{}},"b":2}`:                            `{"b":1,"a":{"z":[],"y":{}},"b":2}`,
		`"\u00e9\/\u0041\n\u000a\u0007\u007f"`:                         "\"é/A\\n\\n\\u0007\x7f\"",
		`"\ud83d\ude00 \"\\ \u0022\u005c"`:                             `"😀 \"\\ \"\\"`,
		`"<&>` + "\u2028\"":                                            `"<&>` + "\u2028\"",
		"\t\r\n true":                                                  `true`,
		strings.Repeat("[", 200) + strings.Repeat("]", 200):            strings.Repeat("[", 200) + strings.Repeat("]", 200),
	} {
		if got, err := read(t, jsonType, in).Any(); err != nil || string(got) != want {
			t.Errorf("%.60s: got %s, %v; want %s", in, got, err, want)
		}
	}
}

func TestWhatIsNoJSONIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	many := strings.Builder{}
	for i := range 10_001 {
		fmt.Fprintf(&many, `,"%d":0`, i)
	}
	for in, want := range map[string]string{
		" ":                            "expecting a value: line 1 column 2",
		"NaN":                          "expecting a value: line 1 column 1",
		"[Infinity]":                   "expecting a value: line 1 column 2",
		"-Infinity":                    "expecting a digit: line 1 column 2",
		"{} x":                         "extra data after the value: line 1 column 4",
		"{}{}":                         "extra data after the value: line 1 column 3",
		"\ufeff{}":                     "unexpected byte order mark: line 1 column 1",
		"\"\xff\"":                     "invalid UTF-8: line 1 column 2",
		"\"\xed\xa0\x80\"":             "invalid UTF-8: line 1 column 2",
		"[1,]":                         "expecting a value: line 1 column 4",
		"[1 2]":                        "expecting ',' or ']': line 1 column 4",
		"{\"a\":1,}":                   "expecting a name in double quotes: line 1 column 8",
		"{\"a\" 1}":                    "expecting ':': line 1 column 6",
		"{\"a\":1;}":                   "expecting ',' or '}': line 1 column 7",
		"{a:1}":                        "expecting a name in double quotes: line 1 column 2",
		"'a'":                          "expecting a value: line 1 column 1",
		"01":                           "extra data after the value: line 1 column 2",
		"+1":                           "expecting a value: line 1 column 1",
		".5":                           "expecting a value: line 1 column 1",
		"1.":                           "expecting a digit after the point: line 1 column 3",
		"1e":                           "expecting a digit in the exponent: line 1 column 3",
		"-":                            "expecting a digit: line 1 column 2",
		"\"a":                          "a string without end: line 1 column 3",
		"\"a\\":                        "a string without end: line 1 column 3",
		"\"a\nb\"":                     "a control character in a string: line 1 column 3",
		"\"\\x\"":                      "an unknown escape in a string: line 1 column 2",
		"\"\\u12g4\"":                  "expecting four hexadecimal digits after \\\\u: line 1 column 2",
		"\"\\u12":                      "expecting four hexadecimal digits after \\\\u: line 1 column 2",
		"nul":                          "expecting a value: line 1 column 1",
		"truefalse":                    "extra data after the value: line 1 column 5",
		"/**/1":                        "expecting a value: line 1 column 1",
		strings.Repeat("[", 201):       "nested more than 200 deep: line 1 column 201",
		strings.Repeat("[", 1e6):       "nested more than 200 deep: line 1 column 201",
		`{"x":0` + many.String() + "}": "more than 10000 names in the outermost object",
	} {
		_, err := drf.ReadBody(httptest.NewRecorder(), post(jsonType, in))
		if status, body := told(t, err); status != 400 || !strings.HasPrefix(body, `{"detail":"JSON parse error - `+want) {
			t.Errorf("%.40q: got %d %s; want %s", in, status, body, want)
		}
	}
}
