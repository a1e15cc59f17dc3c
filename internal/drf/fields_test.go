package drf_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/plio/internal/drf"
)

const (
	noString   = "Not a valid string."
	noNumber   = "A valid number is required."
	noInteger  = "A valid integer is required."
	noBoolean  = "Must be a valid boolean."
	noSlug     = `Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.`
	noEmail    = "Enter a valid email address."
	noTime     = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
	tooBig     = "Ensure this value is less than or equal to 9223372036854775807."
	wrongPK    = "Incorrect type. Expected pk value, received "
	isRequired = "This field is required."
)

// decode reads field f with one of the decoder's methods, and returns its value
// or the messages.
func decode[T any](t *testing.T, body string, read1 func(*drf.Decoder, *drf.Opt[T])) string {
	t.Helper()
	var f drf.Opt[T]
	d := read(t, jsonType, `{"f":`+body+`}`).Decoder(false)
	read1(d, &f)
	if _, body := told(t, d.Err()); body != "" {
		if f.Set {
			t.Errorf("%s: set, though it is wrong", body)
		}
		return body
	}
	if at, ok := any(f.Value).(time.Time); ok {
		b, _ := drf.Time(at).MarshalJSON()
		return string(b)
	}
	return fmt.Sprintf("%v", f.Value)
}

// wrong is the answer to a field f with messages, which have no quotes.
func wrong(messages ...string) string {
	for i, m := range messages {
		messages[i] = `"` + strings.ReplaceAll(m, `"`, `\"`) + `"`
	}
	return `{"f":[` + strings.Join(messages, ",") + `]}`
}

// rule is what becomes of a value.
type rule struct{ body, want string }

func check[T any](t *testing.T, rules []rule, read1 func(*drf.Decoder, *drf.Opt[T])) {
	t.Helper()
	for _, r := range rules {
		if got := decode(t, r.body, read1); got != r.want {
			t.Errorf("%s: got %s, want %s", r.body, got, r.want)
		}
	}
}

func TestAStringIsTrimmedAndHasALength(t *testing.T) {
	t.Parallel()
	check(t, []rule{
		{`" \u001fa b\u00a0\n"`, "a b"}, {`5`, "5"}, {`5.50`, "5.5"}, {`1e16`, "1e+16"}, {`-0`, "0"}, {`"हिन्दी"`, "हिन्दी"},
		{`"😀😀😀😀😀😀"`, "😀😀😀😀😀😀"}, {`"\ud83d\ude00"`, "😀"}, {`"  abcdef  "`, "abcdef"},
		{`true`, wrong(noString)}, {`[]`, wrong(noString)}, {`{}`, wrong(noString)},
		{`null`, wrong("This field may not be null.")}, {`""`, wrong("This field may not be blank.")}, {`" \u2003"`, wrong("This field may not be blank.")},
		{`"abcdefg"`, wrong("Ensure this field has no more than 6 characters.")}, {`1234567`, wrong("Ensure this field has no more than 6 characters.")},
		{`"a\u0000"`, wrong("Null characters are not allowed.")}, {`"a\ud800b"`, wrong("Surrogate characters are not allowed: U+D800.")},
		{`"\udfff\ud800\u0000"`, wrong("Null characters are not allowed.", "Surrogate characters are not allowed: U+DFFF.")},
		{`1e400`, wrong("The number 1e400 is too large.")},
	}, func(d *drf.Decoder, f *drf.Opt[string]) { d.String("f", f, drf.Max(6)) })
}

func TestASlugIsASCII(t *testing.T) {
	t.Parallel()
	check(t, []rule{
		{`" af-kk_2 "`, "af-kk_2"}, {`7`, "7"}, {`"é"`, wrong(noSlug)}, {`"a b"`, wrong(noSlug)}, {`"a/b"`, wrong(noSlug)}, {`true`, wrong(noSlug)},
		{`1.5`, wrong(noSlug)}, {`"a\nb"`, wrong(noSlug)}, {`""`, wrong("This field may not be blank.")},
		{`"a\u0000"`, wrong("Null characters are not allowed.", noSlug)},
		{`"abcd efg"`, wrong("Ensure this field has no more than 7 characters.", noSlug)},
	}, func(d *drf.Decoder, f *drf.Opt[string]) { d.Slug("f", f, drf.Max(7)) })
}

func TestAnEmailIsWhatDjangoTakesForOne(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("x", 63)
	for _, good := range []string{
		"ada@example.com", "A.b+c@X.ORG", "a@localhost", `"q\"u"@x.org`, "a@[1.2.3.4]", "a@[::1]", "a@xn--p1ai.xn--p1ai", "a@münchen.de", "a@" + label + ".org", "!#$%&'*+/=?^_`{}|~-@x.org",
	} {
		if got := decode(t, fmt.Sprintf("%q", good), func(d *drf.Decoder, f *drf.Opt[string]) { d.Email("f", f) }); got != good {
			t.Errorf("%s: got %s", good, got)
		}
	}
	for _, bad := range []string{
		"a", "a@b", "@x.org", "a@", "a..b@x.org", ".a@x.org", "a@-x.org", "a@x-.org", "a@x.o", "a@x.or1", "a@x..org", "a@.org", "a@x.org.", "a@[1.2.3.400]", "a@[x]",
		"a@" + label + "x.org", "a b@x.org", "a@x_y.org", "İ@x.org", "a@b@x.org", strings.Repeat("a", 320) + "@x.org",
	} {
		if got := decode(t, fmt.Sprintf("%q", bad), func(d *drf.Decoder, f *drf.Opt[string]) { d.Email("f", f) }); got != wrong(noEmail) {
			t.Errorf("%s: got %s", bad, got)
		}
	}
}

func TestAChoiceIsOneOfItsWords(t *testing.T) {
	t.Parallel()
	no := func(s string) string { return wrong(`"` + s + `" is not a valid choice.`) }
	check(t, []rule{
		{`"draft"`, "draft"}, {`"archived"`, no("archived")}, {`" draft"`, no(" draft")}, {`""`, no("")}, {`true`, no("True")}, {`1.50`, no("1.5")},
		{`["\r\t\udb40\udc01"]`, `{"f":["\"['\\r\\t\\U000e0001']\" is not a valid choice."]}`},
		{`["a", {"b": [null, false], "it's": "x"}]`, `{"f":["\"['a', {'b': [None, False], \"it's\": 'x'}]\" is not a valid choice."]}`},
		{`["\n\u001b\u200b é\ud83d\ude00'\"\\"]`, `{"f":["\"['\\n\\x1b\\u200b é😀\\'\"\\\\']\" is not a valid choice."]}`},
		{`"` + strings.Repeat("é", 150) + `"`, no(strings.Repeat("é", 100) + "…")},
		{`null`, wrong("This field may not be null.")},
	}, func(d *drf.Decoder, f *drf.Opt[string]) { d.Choice("f", f, []string{"draft", "published"}) })
}

func TestABooleanIsAlsoAWordOrANumber(t *testing.T) {
	t.Parallel()
	var rules []rule
	for _, s := range []string{`true`, `1`, `1.0`, `"1"`, `"true"`, `"TRUE"`, `"t"`, `"yes"`, `"Y"`, `"on"`} {
		rules = append(rules, rule{s, "true"})
	}
	for _, s := range []string{`false`, `0`, `0.0`, `-0.0`, `"0"`, `"False"`, `"f"`, `"no"`, `"N"`, `"off"`} {
		rules = append(rules, rule{s, "false"})
	}
	for _, s := range []string{`2`, `-1`, `"2"`, `" true"`, `""`, `"null"`, `[]`, `{}`, `1e400`, `"tru"`, `0.5`} {
		rules = append(rules, rule{s, wrong(noBoolean)})
	}
	check(t, rules, func(d *drf.Decoder, f *drf.Opt[bool]) { d.Bool("f", f) })
}

func TestAFloatIsFinite(t *testing.T) {
	t.Parallel()
	check(t, []rule{
		{`1`, "1"}, {`"1.5"`, "1.5"}, {`" .5 "`, "0.5"}, {`"5."`, "5"}, {`"-1_0.5e1_0"`, "-1.05e+11"}, {`"१.५"`, "1.5"}, {`"\ud835\udfd9𝟚"`, "12"}, {`true`, "1"}, {`false`, "0"}, {`1e-400`, "0"},
		{`"inf"`, wrong(noNumber)}, {`"NaN"`, wrong(noNumber)}, {`"1e400"`, wrong(noNumber)}, {`1e400`, wrong(noNumber)}, {`""`, wrong(noNumber)}, {`"0x1p3"`, wrong(noNumber)},
		{`"1__0"`, wrong(noNumber)}, {`"_1"`, wrong(noNumber)}, {`"1_"`, wrong(noNumber)}, {`"1_.0"`, wrong(noNumber)}, {`"."`, wrong(noNumber)}, {`"1 2"`, wrong(noNumber)}, {`[1]`, wrong(noNumber)},
		{`1` + strings.Repeat("0", 400), wrong("Integer value too large to convert to float")}, {`"` + strings.Repeat("0", 1001) + `"`, wrong("String value too large.")},
	}, func(d *drf.Decoder, f *drf.Opt[float64]) { d.Float("f", f) })
}

func TestAnIntegerHas64Bits(t *testing.T) {
	t.Parallel()
	check(t, []rule{
		{`7`, "7"}, {`"7"`, "7"}, {`" +7.00 "`, "7"}, {`7.0`, "7"}, {`"1_000"`, "1000"}, {`"१२"`, "12"}, {`"-0"`, "0"}, {`"7."`, "7"}, {`9223372036854775807`, "9223372036854775807"},
		{`-1`, wrong("Ensure this value is greater than or equal to 0.")}, {`-9223372036854775809`, wrong("Ensure this value is greater than or equal to 0.")},
		{`9223372036854775808`, wrong(tooBig)}, {`1` + strings.Repeat("0", 400), wrong(tooBig)},
		{`1.5`, wrong(noInteger)}, {`"1.5"`, wrong(noInteger)}, {`1e16`, wrong(noInteger)}, {`true`, wrong(noInteger)}, {`"x"`, wrong(noInteger)}, {`""`, wrong(noInteger)}, {`".0"`, wrong(noInteger)},
		{`"--1"`, wrong(noInteger)}, {`"+"`, wrong(noInteger)}, {`"1-1"`, wrong(noInteger)}, {`[]`, wrong(noInteger)}, {`"` + strings.Repeat("0", 1001) + `"`, wrong("String value too large.")},
	}, func(d *drf.Decoder, f *drf.Opt[int64]) { d.Int("f", f, drf.Min(0)) })
	check(t, []rule{{`-9223372036854775809`, wrong("Ensure this value is greater than or equal to -9223372036854775808.")}},
		func(d *drf.Decoder, f *drf.Opt[int64]) { d.Int("f", f) })
}

func TestAReferenceIsANumber(t *testing.T) {
	t.Parallel()
	check(t, []rule{
		{`7`, "7"}, {`"7"`, "7"}, {`" 7 "`, "7"}, {`"७"`, "7"}, {`-1`, "-1"},
		{`"x"`, wrong(wrongPK + "str.")}, {`"1.0"`, wrong(wrongPK + "str.")}, {`[7]`, wrong(wrongPK + "list.")}, {`{"id":7}`, wrong(wrongPK + "dict.")},
		{`7.0`, wrong(wrongPK + "float.")}, {`true`, wrong(wrongPK + "bool.")}, {`"\u0000"`, wrong(wrongPK + "str.")},
		{`9223372036854775808`, wrong(`Invalid pk "9223372036854775808" - object does not exist.`)},
		{`"-9223372036854775809"`, wrong(`Invalid pk "-9223372036854775809" - object does not exist.`)},
		{`null`, wrong("This field may not be null.")}, {`""`, wrong("This field may not be null.")},
	}, func(d *drf.Decoder, f *drf.Opt[int64]) { d.PK("f", f) })
}

func TestATimeIsISO8601(t *testing.T) {
	t.Parallel()
	check(t, []rule{
		{`"2026-11-23T11:31:41.654534Z"`, `"2026-11-23T11:31:41.654534Z"`}, {`"2026-11-23T17:01:41+05:30"`, `"2026-11-23T11:31:41Z"`},
		{`"2026-11-23 11:31:41,5-0030"`, `"2026-11-23T12:01:41.500000Z"`}, {`"2026-11-23"`, `"2026-11-23T00:00:00Z"`}, {`"2026-1-2 3:4"`, `"2026-01-02T03:04:00Z"`},
		{`"20261123T113141"`, `"2026-11-23T11:31:41Z"`}, {`"2026-11-23T11:31:41.1234567Z"`, `"2026-11-23T11:31:41.123456Z"`}, {`"2026-11-23T11+05"`, `"2026-11-23T06:00:00Z"`},
		{`"2024-02-29T23:59:59 Z"`, `"2024-02-29T23:59:59Z"`},
		{`"2026-02-29"`, wrong(noTime)}, {`"2026-11-23T24:00"`, wrong(noTime)}, {`"2026-11-23T11:31:60Z"`, wrong(noTime)}, {`"2026-13-01"`, wrong(noTime)}, {`"0000-01-01"`, wrong(noTime)},
		{`"2026-11-23T11:31+24:00"`, wrong(noTime)}, {`"2026-11-23Z"`, wrong(noTime)}, {`""`, wrong(noTime)}, {`" 2026-11-23"`, wrong(noTime)}, {`20261123`, wrong(noTime)}, {`"now"`, wrong(noTime)},
		{`"2026-11-23T11:31.5"`, wrong(noTime)}, {`"2026-11-23T11:31:41\u0000"`, wrong(noTime)}, {`true`, wrong(noTime)},
		{`"9999-12-31T23:59:59-01:00"`, wrong("Datetime value out of range.")}, {`"0001-01-01T00:00+00:01"`, wrong("Datetime value out of range.")},
	}, func(d *drf.Decoder, f *drf.Opt[time.Time]) { d.Time("f", f) })
}
