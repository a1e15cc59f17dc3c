package welcome_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
	"example.org/plio/internal/welcome"
)

func TestMain(m *testing.M) { plitest.Main(m) }

// world is the page and the API on a server, in a database without a superuser.
type world struct {
	*plitest.World
	URL string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: plitest.New(t)}
	if _, err := w.DB.Shared().Exec(t.Context(), `UPDATE public."user" SET is_superuser = false`); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/start/", welcome.New(w.Auth, welcome.Options{}))
	mux.Handle("/", w.API)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.URL = server.URL
	return w
}

// first returns the address of a link that makes the first superuser.
func (w *world) first() string {
	w.Helper()
	code, ok, err := w.Auth.FirstLink(w.Context())
	if err != nil || !ok {
		w.Fatal(ok, err)
	}
	return w.URL + "/start/" + code
}

// link returns the address of a link for a person of plitest's.
func (w *world) link(person string) string {
	w.Helper()
	code, err := w.Auth.MakeLink(w.Context(), plitest.ID(person))
	if err != nil {
		w.Fatal(err)
	}
	return w.URL + "/start/" + code
}

// browser is somebody's browser, which keeps cookies.
type browser struct {
	*http.Client
	testing.TB
	header http.Header
}

func newBrowser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar}, t, http.Header{}}
}

// page is what the browser shows.
type page struct {
	Status int
	Header http.Header
	HTML   string
}

func (b *browser) do(method, url, contentType, body string) page {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header = b.header.Clone()
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return page{resp.StatusCode, resp.Header, string(text)}
}

func (b *browser) get(url string) page { return b.do("GET", url, "", "") }

func (b *browser) post(url string, fields url.Values) page {
	return b.do("POST", url, "application/x-www-form-urlencoded", fields.Encode())
}

var ada = url.Values{"email": {"ada@example.org"}, "name": {"Ada Lovelace"}}

var codeElement = regexp.MustCompile(`(?s)<pre><code[^>]*>(.*?)</code></pre>`)

// copies returns what the page has to copy, as the clipboard gets it.
func (p page) copies() (texts []string) {
	for _, match := range codeElement.FindAllStringSubmatch(p.HTML, -1) {
		texts = append(texts, html.UnescapeString(match[1]))
	}
	return texts
}

// has reports whether the page shows a text.
func (p page) has(text string) bool { return strings.Contains(html.UnescapeString(p.HTML), text) }

// want fails the test unless the page has the status and shows all texts.
func (p page) want(t testing.TB, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("status %d, want %d", p.Status, status)
	}
	for _, text := range texts {
		if !p.has(text) {
			t.Errorf("the page does not show %q:\n%s", text, p.HTML)
		}
	}
}
