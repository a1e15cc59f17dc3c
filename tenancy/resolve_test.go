package tenancy

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestARequestNamesItsTenant(t *testing.T) {
	t.Parallel()
	header, path := FromHeader("Organization"), FromPath("/t/")
	sub := FromSubdomain("Example.org")
	all := First(header, path, sub, FromFunc(func(r *http.Request) string { return r.URL.Query().Get("tenant") }))
	for _, tt := range []struct {
		resolver  Resolver
		url, host string
		header    []string
		key, path string // path "" is the same
	}{
		{header, "/x", "", []string{"blue"}, "blue", ""},
		{header, "/x", "", []string{" blue "}, "blue", ""},
		{header, "/x", "", []string{""}, "", ""},
		{header, "/x", "", nil, "", ""},
		{header, "/x", "", []string{"blue", "red"}, "blue, red", ""},
		{header, "/x", "", []string{"Blue"}, "Blue", ""},

		{sub, "/", "blue.example.org", nil, "blue", ""},
		{sub, "/", "BLUE.Example.ORG:8443", nil, "blue", ""},
		{sub, "/", "blue.example.org.", nil, "blue", ""},
		{sub, "/", "example.org", nil, "", ""},
		{sub, "/", "a.b.example.org", nil, "a.b", ""},
		{sub, "/", "blueexample.org", nil, "", ""},
		{sub, "/", "blue.example.org.evil.net", nil, "", ""},
		{sub, "/", "[::1]:8080", nil, "", ""},
		{sub, "/", "127.0.0.1", nil, "", ""},

		{path, "/t/blue/notes/7", "", nil, "blue", "/notes/7"},
		{path, "/t/blue/", "", nil, "blue", "/"},
		{path, "/t/blue", "", nil, "blue", "/"},
		{path, "/t/", "", nil, "", ""},
		{path, "/t", "", nil, "", ""},
		{path, "/other/blue", "", nil, "", ""},
		{path, "/t/blue/a%2Fb", "", nil, "blue", "/a/b"},
		{path, "/t/a%20b/x", "", nil, "a b", "/x"},
		{path, "/t/a%2Fb/x", "", nil, "a/b", "/x"},
		{path, "/t/..%2fx/y", "", nil, "../x", "/y"},
		{FromPath("/"), "/blue/x", "", nil, "blue", "/x"},
		{FromPath("a/b"), "/a/b/blue/x", "", nil, "blue", "/x"},

		{all, "/t/red/x?tenant=green", "white.example.org", []string{"blue"}, "blue", ""},
		{all, "/t/red/x?tenant=green", "white.example.org", nil, "red", "/x"},
		{all, "/x?tenant=green", "white.example.org", nil, "white", ""},
		{all, "/x?tenant=green", "", nil, "green", ""},
		{all, "/x", "", nil, "", ""},
		{First(), "/x", "", nil, "", ""},
	} {
		r := httptest.NewRequest("GET", tt.url, nil)
		r.Host = tt.host
		r.Header["Organization"] = tt.header
		before := r.URL.Path
		key, seen := tt.resolver.find(r)
		if tt.path == "" {
			tt.path = before
		}
		if key != tt.key || seen.URL.Path != tt.path || r.URL.Path != before {
			t.Errorf("%s%s %v: %q, %s; want %q, %s", tt.host, tt.url, tt.header, key, seen.URL.Path, tt.key, tt.path)
		}
	}
}

func TestTheRestOfAPathStaysEscapedAndKeepsItsQuery(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/t/blue/a%2Fb?c=d", nil)
	if _, seen := FromPath("/t/").find(r); seen.URL.EscapedPath() != "/a%2Fb" || seen.URL.RawQuery != "c=d" || seen.URL.String() != "/a%2Fb?c=d" {
		t.Errorf("the handler sees %s", seen.URL)
	}
}
