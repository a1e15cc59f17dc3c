package welcome_test

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"example.org/plio/internal/welcome"
)

func TestEveryPageIsPrivateAndLoadsNothing(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	link := w.first()
	pages := map[string]page{
		"form":   b.get(link),
		"wrong":  b.post(link, nil),
		"known":  b.get(w.link("ann")),
		"done":   b.post(link, ada),
		"dead":   b.get(w.URL + "/start/x"),
		"unread": b.do("POST", link, "application/x-www-form-urlencoded", "%zz"),
	}
	b.header.Set("Sec-Fetch-Site", "cross-site")
	pages["foreign"] = b.post(link, ada)
	nonces := map[string]bool{}
	for what, p := range pages {
		for name, want := range map[string]string{
			"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Content-Language": "en",
		} {
			if got := p.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", what, name, got, want)
			}
		}
		policy := regexp.MustCompile(`^default-src 'none'; style-src 'nonce-(\w{26})'; script-src 'nonce-(\w{26})'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$`).
			FindStringSubmatch(p.Header.Get("Content-Security-Policy"))
		if policy == nil || policy[1] != policy[2] || nonces[policy[1]] {
			t.Fatalf("%s: policy %q", what, p.Header.Get("Content-Security-Policy"))
		}
		nonces[policy[1]] = true
		if n := strings.Count(p.HTML, fmt.Sprintf(`nonce="%s"`, policy[1])); n != 2 {
			t.Errorf("%s: %d elements have the nonce, want style and script", what, n)
		}
		if found := regexp.MustCompile(`(?i)(src=|url\(|@import|href="(http|//)|\bstyle=|\son\w+=)`).FindString(p.HTML); found != "" {
			t.Errorf("%s: %q loads something, or is forbidden by the policy", what, found)
		}
		if strings.Count(p.HTML, "<h1") != 1 || !strings.Contains(p.HTML, `<html lang="en">`) || strings.Contains(p.HTML, "%!") || strings.Contains(p.HTML, "ZgotmplZ") {
			t.Errorf("%s:\n%s", what, p.HTML)
		}
	}
}

func TestTheCookieTellsBrowsersApartAndNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBrowser(t)
	cookie := b.get(w.first()).Header.Get("Set-Cookie")
	if !regexp.MustCompile(`^plio_start=\w{26}; Path=/start/; Max-Age=3600; HttpOnly; SameSite=Lax$`).MatchString(cookie) {
		t.Errorf("cookie %q", cookie)
	}
	b.header.Set("X-Forwarded-Proto", "https")
	other := newBrowser(t)
	other.header = b.header
	if cookie := other.get(w.first()).Header.Get("Set-Cookie"); !strings.HasSuffix(cookie, "; Secure; SameSite=Lax") {
		t.Errorf("cookie over HTTPS %q", cookie)
	}
	if cookie := newBrowser(t).get(w.URL + "/start/x").Header.Get("Set-Cookie"); cookie != "" {
		t.Errorf("a dead link sets the cookie %q", cookie)
	}
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := w.first()
	for _, tt := range []struct{ accept, query, want string }{
		{"", "", "en"},
		{"hi", "", "hi"},
		{"hi-IN,en;q=0.8", "", "hi"},
		{"en-IN,hi;q=0.9", "", "en"},
		{"en;q=0.5, hi;q=0.9", "", "hi"},
		{"ta, hi;q=0.3", "", "hi"},
		{"ta", "", "en"},
		{"hi;q=x", "", "en"},
		{"hi;q=0", "", "en"},
		{"hi", "?lang=en", "en"},
		{"en", "?lang=hi", "hi"},
		{"en", "?lang=ta", "en"},
	} {
		b := newBrowser(t)
		b.header.Set("Accept-Language", tt.accept)
		p := b.get(link + tt.query)
		if !strings.Contains(p.HTML, `<html lang="`+tt.want+`">`) || p.Header.Get("Content-Language") != tt.want {
			t.Errorf("%q %q: not in %s", tt.accept, tt.query, tt.want)
		}
	}
	b := newBrowser(t)
	b.post(link+"?lang=hi", nil).want(t, 422, "कृपया ई-मेल पता लिखें।", "कृपया नाम लिखें।")
	b.post(link+"?lang=hi", ada).want(t, 200, "नमस्ते, Ada Lovelace")
}

func TestTheCommandsNameTheServerAsItWasReached(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what, host, proto, forwarded, public, want string
	}{
		{"directly", "localhost:8080", "", "", "", "http://localhost:8080/api/"},
		{"over IPv6", "[::1]:8080", "", "", "", "http://[::1]:8080/api/"},
		{"through a proxy", "10.0.0.7", "https", "plio.example.org", "", "https://plio.example.org/api/"},
		{"with an address of its own", "10.0.0.7", "", "", "https://plio.example.org", "https://plio.example.org/api/"},
		{"by a name that a shell would run", "a';id;'", "", "", "", "http://localhost/api/"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			link := w.link("eve")
			r := httptest.NewRequest("POST", link, nil)
			r.Host = tt.host
			r.Header.Set("X-Forwarded-Proto", tt.proto)
			r.Header.Set("X-Forwarded-Host", tt.forwarded)
			rec := httptest.NewRecorder()
			welcome.New(w.Auth, welcome.Options{PublicURL: tt.public}).ServeHTTP(rec, r)
			p := page{rec.Code, rec.Header(), rec.Body.String()}
			if copies := p.copies(); len(copies) != 3 || !strings.Contains(copies[1], " "+tt.want) {
				t.Errorf("%d: %q", p.Status, copies)
			}
		})
	}
}
