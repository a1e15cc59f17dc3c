package drf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"mime/multipart"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"example.org/plio/internal/drf"
)

// holdable reports what keeps a JSON text out of jsonb, or a client from
// reading it again; nil is nothing.
func holdable(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if token == nil && err != nil {
			break
		}
		switch v := token.(type) {
		case string:
			if strings.Contains(v, "\x00") {
				return errors.New("a null character")
			}
		case json.Number:
			if f, err := v.Float64(); err != nil || math.IsInf(f, 0) || len(v) > 400 {
				return errors.New("the number " + v.String())
			}
		}
	}
	if !json.Valid(text) || !utf8.Valid(text) {
		return errors.New("no JSON")
	}
	return nil
}

// checkBody reads a body in every way that there is. Whatever it is: nothing
// panics, an error is an answer, and JSON that is accepted can be kept.
func checkBody(t interface{ Fatalf(string, ...any) }, contentType string, body []byte) {
	r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	b, err := drf.ReadBody(httptest.NewRecorder(), r)
	if err != nil {
		if e, ok := errors.AsType[*drf.Error](err); !ok || e.Status < 400 || e.Status > 499 {
			t.Fatalf("%v is no answer", err)
		}
		return
	}
	whole, err := b.Any()
	if err == nil {
		checkWhole(t, whole)
	}
	for _, name := range append(b.Names(), "f") {
		for _, partial := range []bool{true, false} {
			checkField(t, b.Decoder(partial), name)
		}
	}
}

// checkWhole checks that what was accepted can be kept, and reads the same.
func checkWhole(t interface{ Fatalf(string, ...any) }, whole json.RawMessage) {
	if err := holdable(whole); err != nil {
		t.Fatalf("accepted %q with %v", whole, err)
	}
	again, err := drf.ReadBody(httptest.NewRecorder(), post(jsonType, string(whole)))
	if err != nil {
		t.Fatalf("wrote %q, and does not read it: %v", whole, err)
	}
	if got, err := again.Any(); err != nil || !bytes.Equal(got, whole) {
		t.Fatalf("%q became %q, %v", whole, got, err)
	}
}

func checkField(t interface{ Fatalf(string, ...any) }, d *drf.Decoder, name string) {
	var (
		text, slug, email, choice drf.Opt[string]
		number                    drf.Opt[float64]
		integer, reference        drf.Opt[int64]
		truth                     drf.Opt[bool]
		at                        drf.Opt[time.Time]
		anything                  drf.Opt[json.RawMessage]
		file                      drf.Opt[*multipart.FileHeader]
	)
	d.String(name, &text, drf.Max(10), drf.Blank(), drf.Null())
	d.Slug(name, &slug, drf.Max(10), drf.Optional())
	d.Email(name, &email)
	d.Choice(name, &choice, []string{"draft"})
	d.Float(name, &number)
	d.Int(name, &integer, drf.Min(0))
	d.PK(name, &reference, drf.Null())
	d.Bool(name, &truth)
	d.Time(name, &at)
	d.JSON(name, &anything)
	d.File(name, &file)
	for _, o := range []drf.Opt[string]{text, slug, email, choice} {
		if !utf8.ValidString(o.Value) || strings.Contains(o.Value, "\x00") || strings.TrimSpace(o.Value) != o.Value {
			t.Fatalf("accepted the text %q", o.Value)
		}
	}
	if n := utf8.RuneCountInString(text.Value); n > 10 || math.IsInf(number.Value, 0) || math.IsNaN(number.Value) || integer.Value < 0 {
		t.Fatalf("accepted %q %v %d", text.Value, number.Value, integer.Value)
	}
	if year := at.Value.Year(); at.Set && (year < 1 || year > 9999) {
		t.Fatalf("accepted the time %v", at.Value)
	}
	if anything.Set && !anything.Null {
		checkWhole(t, anything.Value)
	}
	d.NoSuchPK(name)
	if e, ok := errors.AsType[*drf.Error](d.Err()); !ok || e.Status != 400 {
		t.Fatalf("%v is no 400", d.Err())
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"f":" a\u0000\ud800\ud83d\ude00"}`, `{"f":1e400,"g":[-0,0.1,1E5,12345678901234567890]}`, `{"f":{"a":["\u001b",null,true]},"f":"2026-11-23T11:31:41.5+05:30"}`,
		`[[[]]]`, `null`, `"x"`, `{"f":"a@[::1]"}`, `{"f":"१_2.5e1"}`, "\ufeff{}", `{"f":`,
	} {
		f.Add(jsonType, []byte(seed))
	}
	f.Add(formType, []byte("f=%00&g=%ff&h=%zz&f={\"a\":1e2}&i"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nhello\r\n--x\r\nContent-Disposition: form-data; name=\"g\"\r\n\r\n\xff\r\n--x--\r\n"))
	f.Add("text/plain", []byte("x"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) { checkBody(t, contentType, body) })
}

// FuzzJSON compares with the standard library's reader, which is as strict but
// for depth, invalid UTF-8 and the number of names.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,"\u00e9\n"]}`, `01`, `[1,]`, `"\ud800"`, `-`, `1.`, `{"a":1}x`, "\"\t\"", ` true `, `nul`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 {
			return // that is {}
		}
		b, err := drf.ReadBody(httptest.NewRecorder(), post(jsonType, string(text)))
		valid := json.Valid(text) && utf8.Valid(text)
		if (err == nil) != valid && bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) < 200 {
			t.Fatalf("%q: got %v, but the standard library says %t", text, err, valid)
		}
		if err != nil {
			return
		}
		got, err := b.Any()
		if err != nil {
			return
		}
		var ours, theirs any
		if err := errors.Join(json.Unmarshal(got, &ours), json.Unmarshal(text, &theirs)); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(ours, theirs) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func FuzzSearch(f *testing.F) {
	f.Add(`"a b" 'c',d \"`)
	f.Fuzz(func(t *testing.T, search string) {
		terms, err := drf.SearchTerms(search)
		if err != nil {
			return
		}
		for _, term := range terms {
			if strings.Contains(term, "\x00") || !utf8.ValidString(term) {
				t.Fatalf("%q has the term %q", search, term)
			}
		}
	})
}

// anyJSON draws JSON with all that JSON allows.
func anyJSON() *rapid.Generator[string] {
	text := rapid.OneOf(
		rapid.Map(rapid.StringN(0, 5, -1), func(s string) string { b, _ := json.Marshal(s); return string(b) }),
		rapid.SampledFrom([]string{`"\ud800"`, `"\u0000"`, `"\ud83d\ude00"`, `"\/\b"`, `"\u001f"`}),
	)
	leaf := rapid.OneOf(text, rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?`),
		rapid.SampledFrom([]string{"null", "true", "false", "1e400", "-0", "1e-20000"}))
	return rapid.Deferred(func() *rapid.Generator[string] {
		deeper := rapid.OneOf(leaf, leaf, anyJSON())
		list := rapid.Map(rapid.SliceOfN(deeper, 0, 4), func(l []string) string { return "[" + strings.Join(l, " , ") + "]" })
		object := rapid.Custom(func(t *rapid.T) string {
			var members []string
			for range rapid.IntRange(0, 4).Draw(t, "members") {
				members = append(members, text.Draw(t, "name")+":\n"+deeper.Draw(t, "value"))
			}
			return "{" + strings.Join(members, ",") + "}"
		})
		return rapid.OneOf(leaf, list, object)
	})
}

func TestAnyJSONIsKeptOrRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := anyJSON().Draw(t, "text")
		r := post(jsonType, text)
		b, err := drf.ReadBody(httptest.NewRecorder(), r)
		if err != nil {
			t.Fatalf("%s is JSON, but: %v", text, err)
		}
		_, err = b.Any()
		loses := strings.Contains(text, `\u0000`) || strings.Contains(text, `\ud800`)
		if err == nil && loses {
			t.Fatalf("%s was accepted", text)
		}
		checkBody(t, jsonType, []byte(text))
		checkBody(t, jsonType, []byte(`{"f":`+text+`}`))
	})
}
