package drf_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"

	"example.org/plio/internal/drf"
)

func TestAPageIsNumberedFromOne(t *testing.T) {
	t.Parallel()
	const invalid = `{"detail":"Invalid page."}`
	for _, c := range []struct {
		page  string
		count int64
		want  int64
	}{
		{"", 0, 1}, {"1", 0, 1}, {"last", 0, 1}, {"last", 5, 1}, {"last", 6, 2}, {"2", 6, 2}, {" 2 ", 6, 2}, {"०२", 6, 2}, {"1", 5, 1},
		{"2", 5, 0}, {"0", 5, 0}, {"-1", 5, 0}, {"x", 5, 0}, {"1.0", 5, 0}, {"LAST", 5, 0}, {"99999999999999999999", 5, 0}, {"\x00", 5, 0}, {"1e0", 5, 0},
	} {
		got, err := drf.PageNumber(c.page, c.count, 5)
		if status, body := told(t, err); got != c.want || (c.want == 0) != (status == 404 && body == invalid) {
			t.Errorf("page %q of %d: got %d, %d %s; want %d", c.page, c.count, got, status, body, c.want)
		}
	}
}

func TestLinksKeepTheOtherParametersSorted(t *testing.T) {
	t.Parallel()
	const at = "http://plio.example/api/v1/plios/"
	for _, c := range []struct {
		query          string
		number         int64
		next, previous string
	}{
		{"", 1, at + "?page=2", ""},
		{"?page=1", 1, at + "?page=2", ""},
		{"?page=2", 2, at + "?page=3", at},
		{"?page=last", 3, "", at + "?page=2"},
		{"?search=b+a&ordering=-name&page=2", 2, at + "?ordering=-name&page=3&search=b+a", at + "?ordering=-name&search=b+a"},
		{"?z=1&a=%C3%A9%26&z=0&b", 1, at + "?a=%C3%A9%26&b=&page=2&z=1&z=0", ""},
		{"?a=%zz&page=7&page=2", 2, at + "?a=%25zz&page=3", at + "?a=%25zz"},
	} {
		r := httptest.NewRequest("GET", at+c.query, nil)
		p := drf.NewPage(r, []string{"x"}, c.number, 5, 11, 12)
		b, err := json.Marshal(p)
		quote := func(link string) string {
			if link == "" {
				return "null"
			}
			q, _ := json.Marshal(link)
			return string(q)
		}
		want := `{"count":11,"page_size":5,"next":` + quote(c.next) + `,"previous":` + quote(c.previous) + `,"results":["x"],"raw_count":12}`
		if err != nil || string(b) != want {
			t.Errorf("%s: got %s, want %s", c.query, b, want)
		}
	}
}

func TestALinkHasTheAddressThatTheClientUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tls         bool
		proto, host string
		want        string
	}{
		{false, "", "", "http://plio.example/a%20b/"},
		{true, "", "", "https://plio.example/a%20b/"},
		{false, "https", "", "https://plio.example/a%20b/"},
		{true, "http", "", "http://plio.example/a%20b/"},
		{false, "HTTPS, http", "learn.example:8443, inner", "https://learn.example:8443/a%20b/"},
		{false, "javascript", "", "http://plio.example/a%20b/"},
	} {
		r := httptest.NewRequest("GET", "http://plio.example/a%20b/", nil)
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		r.Header.Set("X-Forwarded-Proto", c.proto)
		r.Header.Set("X-Forwarded-Host", c.host)
		if got := drf.AbsoluteURL(r, r.URL.EscapedPath()); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestOfAParameterTheLastCounts(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/?a=1&b=%zz&a=2+3&c", nil)
	for name, want := range map[string]string{"a": "2 3", "b": "%zz", "c": "", "d": "-"} {
		got, ok := drf.Query(r, name)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestOrderingDropsWhatIsNotAllowed(t *testing.T) {
	t.Parallel()
	otherwise := []string{"-updated_at"}
	for text, want := range map[string][]string{
		"":                     otherwise,
		"name":                 {"name"},
		"-name":                {"-name"},
		" name , -created_at ": {"name", "-created_at"},
		"password,name,id":     {"name"},
		"name;DROP TABLE plio": otherwise,
		"--name":               otherwise,
		"name,-name,name":      {"name"},
		"Name":                 otherwise,
		",,-":                  otherwise,
	} {
		if got := drf.Ordering(text, otherwise, "name", "created_at"); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
