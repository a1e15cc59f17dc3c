package welcome

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// isForeign reports whether a form was sent by another site's page. The code in
// the path is what nobody else has; this is the second lock. Over plain HTTP a
// browser says only "null" here, since the page sends no referrer.
func isForeign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" || origin == "null" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != hostOf(r)
}

// hostOf and isHTTPS say how a browser sees the server. What a proxy says of it
// is believed: the server takes that out of requests from elsewhere.
func hostOf(r *http.Request) string { return cmp.Or(r.Header.Get("X-Forwarded-Host"), r.Host) }

func isHTTPS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// plainHost is a host that needs no quoting in a shell.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// base returns the address that the request came to, for people to copy.
func base(r *http.Request) string {
	scheme, host := "http", hostOf(r)
	if isHTTPS(r) {
		scheme = "https"
	}
	if !plainHost.MatchString(host) {
		host = "localhost"
	}
	return scheme + "://" + host
}

// language returns which of the languages there are somebody reads best.
func language(r *http.Request) string {
	if asked := r.URL.Query().Get("lang"); texts[asked] != nil {
		return asked
	}
	best, most := "en", 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		q := 1.0
		if text, ok := strings.CutPrefix(strings.TrimSpace(weight), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		if texts[lang] != nil && q > most {
			best, most = lang, q
		}
	}
	return best
}
