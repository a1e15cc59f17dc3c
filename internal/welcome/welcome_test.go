package welcome_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

func TestTheFirstLinkMakesTheSuperuserWhoGoesOnWithCurl(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	link := w.first()
	for range 3 { // a preview spends nothing
		newBrowser(t).get(link).want(t, 200, `<label for="email">`, `<label for="name">`, `<form method="post"`)
	}
	done := b.post(link, ada)
	done.want(t, 200, "Hello, Ada Lovelace", "super-admin", "plio user token ada@example.org")
	copies := done.copies()
	if len(copies) != 3 || !strings.HasPrefix(copies[1], "curl ") || !strings.HasPrefix(copies[2], "curl ") {
		t.Fatalf("to copy: %q", copies)
	}
	me := w.do(copies[0], "/api/v1/users/token/?token="+copies[0])
	if me["email"] != "ada@example.org" || me["first_name"] != "Ada" || me["last_name"] != "Lovelace" || me["is_superuser"] != true {
		t.Errorf("the token is of %v", me)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatal("this test types what the page says: install curl")
	}
	if made := shell(t, copies[1]); made["shortcode"] != "my-school" || made["id"] == nil {
		t.Errorf("%s: %v", copies[1], made)
	}
	if plios := shell(t, copies[2]); plios["count"] != 0.0 || plios["results"] == nil {
		t.Errorf("%s: %v", copies[2], plios)
	}
	newBrowser(t).get(link).want(t, 404, "plio user link you@example.org")
}

// do sends a GET with a token.
func (w *world) do(token, path string) map[string]any {
	w.Helper()
	b := newBrowser(w)
	b.header = http.Header{"Authorization": {"Bearer " + token}}
	return decode(w, b.get(w.URL+path).HTML)
}

// shell types a command.
func shell(t *testing.T, command string) map[string]any {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", command+" -sS").Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return decode(t, string(out))
}

func decode(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) (fields map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return fields
}

func TestALinkShowsWhoseItIsAndSignsThemIn(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	link := w.link("ann")
	form := b.get(link)
	form.want(t, 200, "This link is for", "<bdi>ann</bdi>", "Sign in")
	if form.has("<input") {
		t.Error("a form for somebody known asks who it is")
	}
	done := b.post(link, nil)
	done.want(t, 200, "Hello, ann", "See the plios of Avanti Fellows", "<code>af</code>")
	if done.has("super-admin of this Plio") {
		t.Error("ann is called a super-admin")
	}
	copies := done.copies()
	if plios := shell(t, copies[2]); plios["count"] == nil || !strings.Contains(copies[2], "'Organization: af'") {
		t.Errorf("%s: %v", copies[2], plios)
	}
	// eve is in no organization
	copies = b.post(w.link("eve"), nil).copies()
	if plios := shell(t, copies[2]); plios["count"] == nil || strings.Contains(copies[2], "Organization:") {
		t.Errorf("%s: %v", copies[2], plios)
	}
}

func TestWhatIsTypedWrongStaysWithTheReasonBesideIt(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	link := w.first()
	nasty := `"><script>alert(1)</script>`
	got := b.post(link, url.Values{"email": {nasty}, "name": {" "}})
	got.want(t, 422, `aria-describedby="email-note" aria-invalid="true"`, "This is no e-mail address.", `aria-describedby="name-note" aria-invalid="true"`, "Please give a name.", `role="alert"`)
	if strings.Contains(got.HTML, nasty) || !got.has(`value="`+nasty) {
		t.Error("what was typed is not there, or not escaped")
	}
	got = b.post(link, url.Values{"email": {""}, "name": {"अदा"}})
	got.want(t, 422, "Please give an e-mail address.", `value="अदा"`)
	if got.has("Please give a name.") {
		t.Error("a name that is right is marked")
	}
	b.post(link, ada).want(t, 200, "Hello, Ada Lovelace")
}

func TestADoubleClickMeetsNoError(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	link := w.first()
	b.get(link)
	pages := make([]page, 5)
	var all sync.WaitGroup
	for i := range pages {
		all.Go(func() { pages[i] = b.post(link, ada) })
	}
	all.Wait()
	for i, p := range append(pages, b.post(link, ada), b.get(link)) {
		p.want(t, 200, "Hello, Ada Lovelace")
		if p.copies()[0] != pages[0].copies()[0] {
			t.Errorf("answer %d has another token", i)
		}
	}
	other := newBrowser(t)
	other.get(link).want(t, 404)
	other.post(link, ada).want(t, 404, "plio user link")
}

func TestADeadLinkSaysHowToGetANewOne(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	dead := w.first()
	w.first()
	for _, address := range []string{
		dead, w.URL + "/start/", w.URL + "/start/abc", w.URL + "/start/" + strings.Repeat("A", 52), w.URL + "/start/" + strings.Repeat("A", 5000), w.URL + "/start/a/b",
	} {
		b.get(address).want(t, 404, "<h1>", "plio user link you@example.org", "start Plio again")
	}
	b.post(dead, ada).want(t, 404, "plio user link you@example.org")
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := w.first()
	for _, tt := range []struct {
		site, origin string
		status       int
	}{
		{"cross-site", "", 403},
		{"same-site", w.URL, 403},
		{"", "https://evil.example", 403},
		{"", "http://127.0.0.1:1", 403},
		{"", "::", 403},
		{"", "null", 422}, // all that a browser says over plain HTTP
		{"", "", 422},
		{"", w.URL, 422},
		{"same-origin", "null", 422},
		{"same-origin", w.URL, 422},
	} {
		b := newBrowser(t)
		if tt.site != "" {
			b.header.Set("Sec-Fetch-Site", tt.site)
		}
		if tt.origin != "" {
			b.header.Set("Origin", tt.origin)
		}
		if got := b.post(link, nil); got.Status != tt.status {
			t.Errorf("Sec-Fetch-Site %q, Origin %q: %d, want %d", tt.site, tt.origin, got.Status, tt.status)
		}
	}
}

func TestABodyThatIsTooLongOrNoFormDoesNothing(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newBrowser(t)
	link := w.first()
	b.post(link, url.Values{"email": {"ada@example.org"}, "name": {strings.Repeat("a", 9000)}}).want(t, 400, "did not arrive whole")
	b.do("POST", link, "application/x-www-form-urlencoded", "name=%zz").want(t, 400)
	b.do("POST", link, "application/json", `{"email":"ada@example.org","name":"Ada"}`).want(t, 422, "Please give a name.")
	b.do("PUT", link, "", "").want(t, 405)
	b.get(link).want(t, 200, "<form")
}
