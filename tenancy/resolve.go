package tenancy

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Resolver finds the key of a tenant in a request. FromHeader, FromSubdomain,
// FromPath, FromFunc and First make one.
type Resolver struct {
	// find returns the key, and the request as the handler is to see it. A
	// request that names no tenant has the key "".
	find func(r *http.Request) (key string, seen *http.Request)
}

// FromHeader takes the key from a header, as "Organization". A header that is
// there twice names no tenant that exists, rather than one of two.
func FromHeader(name string) Resolver {
	return Resolver{func(r *http.Request) (string, *http.Request) {
		values := r.Header.Values(name)
		if len(values) > 1 {
			return strings.Join(values, ", "), r
		}
		return strings.TrimSpace(r.Header.Get(name)), r
	}}
}

// FromSubdomain takes the key from the label before base in the request's host:
// for the base "example.org", blue.example.org names blue, example.org names
// none, and so does a host that does not end in base. Host names have no case:
// the key is what stands there in small letters, so keys meant for this have
// none but small letters, digits and hyphens.
func FromSubdomain(base string) Resolver {
	base = "." + strings.Trim(strings.ToLower(base), ".")
	return Resolver{func(r *http.Request) (string, *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		key, ok := strings.CutSuffix(host, base)
		if !ok {
			return "", r
		}
		return key, r
	}}
}

// FromPath takes the key from the part of the path that follows prefix, and
// hides both from the handler: for the prefix "/t/", /t/blue/notes/7 names blue,
// and the handler sees /notes/7. A path that does not begin with prefix names no
// tenant, and stays as it is.
func FromPath(prefix string) Resolver {
	prefix = "/" + strings.Trim(prefix, "/") + "/"
	if prefix == "//" {
		prefix = "/"
	}
	return Resolver{func(r *http.Request) (string, *http.Request) {
		rest, ok := strings.CutPrefix(r.URL.EscapedPath(), prefix)
		escaped, rest, _ := strings.Cut(rest, "/")
		if !ok || escaped == "" {
			return "", r
		}
		key, err := url.PathUnescape(escaped)
		path, err2 := url.PathUnescape("/" + rest)
		if err != nil || err2 != nil {
			return escaped, r
		}
		seen := new(http.Request)
		*seen = *r
		seen.URL = new(url.URL)
		*seen.URL = *r.URL
		seen.URL.Path, seen.URL.RawPath = path, "/"+rest
		return key, seen
	}}
}

// FromFunc takes the key from where an application keeps it, such as a verified
// token. "" names no tenant.
func FromFunc(find func(r *http.Request) string) Resolver {
	return Resolver{func(r *http.Request) (string, *http.Request) { return find(r), r }}
}

// First asks resolvers in order. The first that finds a key decides, whether
// there is such a tenant or not.
func First(resolvers ...Resolver) Resolver {
	return Resolver{func(r *http.Request) (string, *http.Request) {
		for _, resolver := range resolvers {
			if key, seen := resolver.find(r); key != "" {
				return key, seen
			}
		}
		return "", r
	}}
}
