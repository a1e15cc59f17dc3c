package drf_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.org/plio/internal/drf"
)

func TestABodyIsReadByItsType(t *testing.T) {
	t.Parallel()
	const multi = "--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nhello\r\n--x--\r\n"
	for _, c := range []struct{ contentType, body, want string }{
		{jsonType, `{"f":"hello"}`, `{"f":"hello"}`},
		{"Application/JSON; charset=latin-1", `{"f":"é"}`, `{"f":"é"}`},
		{formType, "f=hello", `{"f":"hello"}`},
		{formType + "; charset=utf-8", "f=a+b%2Bc&g=", `{"f":"a b+c","g":""}`},
		{formType, "f=1&f=2", `{"f":"2"}`},
		{formType, "f=%zz%41+%4&g=%41%", `{"f":"%zzA %4","g":"A%"}`},
		{formType, "f=%zz%2&=x&&%e9", `{"":"x","f":"%zz%2","�":""}`},
		{"multipart/form-data; boundary=x", multi, `{"f":"hello"}`},
		{"", "", `{}`},
		{jsonType, "", `{}`},
		{"text/plain", "", `{}`},
		{formType, "", `{}`},
		{"multipart/form-data", "", `{}`},
		{jsonType, `["any", 1.50, {"b":1,"a":2}]`, `["any",1.5,{"b":1,"a":2}]`},
		{jsonType, ` null `, `null`},
	} {
		got, err := read(t, c.contentType, c.body).Any()
		if err != nil || string(got) != c.want {
			t.Errorf("%s %q: got %s, %v; want %s", c.contentType, c.body, got, err, c.want)
		}
	}
}

func TestWhatIsNoBodyIsRefused(t *testing.T) {
	t.Parallel()
	form := strings.Repeat("a=&", 1000) + "a="
	for _, c := range []struct {
		contentType, body string
		status            int
		told              string
	}{
		{"text/plain", "x", 415, `{"detail":"Unsupported media type \"text/plain\" in request."}`},
		{"text/plain; charset=utf-8", "x", 415, `{"detail":"Unsupported media type \"text/plain; charset=utf-8\" in request."}`},
		{"", "{}", 415, `{"detail":"Unsupported media type \"\" in request."}`},
		{"application/json-patch+json", "{}", 415, `{"detail":"Unsupported media type \"application/json-patch+json\" in request."}`},
		{"multipart/form-data", "x", 400, `{"detail":"Multipart form parse error - Invalid boundary in multipart: None"}`},
		{jsonType, strings.Repeat(" ", drf.MaxBody) + "{}", 413, `{"detail":"The request's body is larger than 10 MiB."}`},
		{formType, form, 400, `{"detail":"The form has more than 1000 fields."}`},
		{jsonType, "{", 400, `{"detail":"JSON parse error - expecting a name in double quotes: line 1 column 2 (char 1)"}`},
		{jsonType, "[1,\n  é]", 400, `{"detail":"JSON parse error - expecting a value: line 2 column 3 (char 6)"}`},
	} {
		_, err := drf.ReadBody(httptest.NewRecorder(), post(c.contentType, c.body))
		if status, body := told(t, err); status != c.status || body != c.told {
			t.Errorf("%s %.40q: got %d %s; want %d %s", c.contentType, c.body, status, body, c.status, c.told)
		}
	}
}

func TestTheLimitHoldsAlsoWhereTheLengthIsNotTold(t *testing.T) {
	t.Parallel()
	for _, size := range []int{drf.MaxBody, drf.MaxBody + 1} {
		r := post(jsonType, `"`+strings.Repeat("x", size-2)+`"`)
		r.ContentLength = -1
		_, err := drf.ReadBody(httptest.NewRecorder(), r)
		if status, body := told(t, err); (status == 200) != (size == drf.MaxBody) || status != 200 && status != 413 {
			t.Errorf("%d bytes: got %d %s", size, status, body)
		}
	}
}

// failing is a body that breaks off.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{io.ErrUnexpectedEOF: 400, errors.New("reset"): 400, os.ErrDeadlineExceeded: 408} {
		r := post(jsonType, "{}")
		r.Body, r.ContentLength = io.NopCloser(failing{err}), -1
		_, got := drf.ReadBody(httptest.NewRecorder(), r)
		if status, body := told(t, got); status != want {
			t.Errorf("%v: got %d %s, want %d", err, status, body, want)
		}
	}
}

func TestTheBodyOfAReadingRequestIsNotRead(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		r := post("text/plain", "{")
		r.Method = method
		b, err := drf.ReadBody(httptest.NewRecorder(), r)
		if err != nil || len(b.Names()) > 0 {
			t.Errorf("%s: got %v, %v", method, b, err)
		}
	}
}

func TestNamesAreThoseOfTheFieldsSorted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ contentType, body, want string }{
		{jsonType, `{"b":1,"a":{"c":2},"b":3}`, "a b"},
		{jsonType, `[1]`, ""},
		{formType, "b=1&a=2&b=3", "a b"},
	} {
		if got := strings.Join(read(t, c.contentType, c.body).Names(), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.body, got, c.want)
		}
	}
}

func TestABodyThatJsonbCannotHoldIsNoSetting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ contentType, body, want string }{
		{jsonType, `["\u0000"]`, `{"non_field_errors":["Null characters are not allowed."]}`},
		{jsonType, `{"a":{"\ud800":1}}`, `{"non_field_errors":["Surrogate characters are not allowed: U+D800."]}`},
		{jsonType, `{"\u0000":1}`, `{"non_field_errors":["Null characters are not allowed."]}`},
		{jsonType, `-1e999`, `{"non_field_errors":["The number -1e999 is too large."]}`},
		{formType, `a=%00`, `{"non_field_errors":["Null characters are not allowed."]}`},
		{formType, `%00=a`, `{"non_field_errors":["Null characters are not allowed."]}`},
	} {
		_, err := read(t, c.contentType, c.body).Any()
		if status, body := told(t, err); status != 400 || body != c.want {
			t.Errorf("%s: got %d %s, want %s", c.body, status, body, c.want)
		}
	}
}
