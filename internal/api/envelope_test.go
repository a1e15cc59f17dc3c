package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

func TestAMethodThatIsNotThereNamesThoseThatAre(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for path, allow := range map[string]string{
		"organizations/":           "GET, POST, HEAD, OPTIONS",
		"organizations/3/":         "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
		"organizations/3/setting/": "PATCH, OPTIONS",
		"organization-users/":      "GET, POST, HEAD, OPTIONS",
		"organization-users/1/":    "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
		"roles/":                   "GET, POST, HEAD, OPTIONS",
		"roles/1/":                 "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
		"videos/":                  "GET, POST, HEAD, OPTIONS",
		"videos/1/":                "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
		"plios/":                   "GET, POST, HEAD, OPTIONS",
		"plios/x/":                 "GET, PATCH, DELETE, HEAD, OPTIONS",
		"plios/x/play/":            "GET, HEAD, OPTIONS",
		"items/":                   "GET, POST, HEAD, OPTIONS",
		"items/1/":                 "GET, HEAD, OPTIONS",
		"questions/":               "GET, POST, HEAD, OPTIONS",
		"questions/1/":             "GET, HEAD, OPTIONS",
		"otp/request/":             "POST, OPTIONS",
		"otp/verify/":              "POST, OPTIONS",
		"users/token/":             "GET, HEAD, OPTIONS",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if strings.Contains(allow, method) {
				continue
			}
			a := w.As("root", "", method, v1+path, "")
			if a.Status != 405 || a.Header.Get("Allow") != allow || a.Fields["detail"] != `Method "`+method+`" not allowed.` {
				t.Errorf("%s %s: %d %s, Allow: %s", method, path, a.Status, a.Raw, a.Header.Get("Allow"))
			}
			want := 401
			if strings.Contains(path, "play") || strings.Contains(path, "otp") {
				want = 405
			}
			if a := w.As("", "", method, v1+path, ""); a.Status != want {
				t.Errorf("a guest: %s %s: %d, want %d", method, path, a.Status, want)
			}
		}
		if a := w.As("root", "", "OPTIONS", v1+path, ""); a.Status != 200 || a.Header.Get("Allow") != allow {
			t.Errorf("OPTIONS %s: %d, Allow: %s", path, a.Status, a.Header.Get("Allow"))
		}
	}
}

func TestPathsThatAreNotThere(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, path := range []string{"/", "/api/v1/nothing/", "/api/v1/plios/x/y/", "/api/v1/plios/x/copy/", "/api/v1/users/", "/api/v1/nothing", "/auth/token/", "/api/v1/organizations/3/x/"} {
		if a := w.As("root", "", "GET", path, ""); a.Status != 404 || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, a.Status, a.Raw)
		}
	}
}

func TestAPathWithoutItsSlashIsMoved(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/api/v1/plios?page=2&search=a%20b", "/api/v1/plios/?page=2&search=a%20b"},
		{"POST", "/api/v1/plios", "/api/v1/plios/"},
		{"PATCH", "/api/v1/plios/abc", "/api/v1/plios/abc/"},
		{"DELETE", "/api/v1/plios/abc", "/api/v1/plios/abc/"},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Header.Set("Authorization", "Bearer ann")
		rec := httptest.NewRecorder()
		w.API.ServeHTTP(rec, r)
		if rec.Code != 301 || !strings.HasSuffix(rec.Header().Get("Location"), tt.want) {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, rec.Code, rec.Header().Get("Location"))
		}
	}
	if a := w.Must(200, "ann", "", "GET", v1+"plios/", ""); a.Fields["count"] != 0.0 {
		t.Errorf("the POST was executed: %s", a.Raw)
	}
}

func TestWhatEveryAnswerHas(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	w.Must(201, "ann", "", "POST", v1+"videos/", `{"url": "<a>&"}`)
	for _, tt := range []struct{ person, method, path string }{
		{"ann", "GET", "plios/"}, {"", "GET", "plios/"}, {"ann", "GET", "plios/x/"}, {"ann", "PUT", "plios/"}, {"ann", "GET", "nothing/"}, {"ann", "GET", "videos/1/"}, {"ann", "DELETE", "videos/1/"},
	} {
		r := httptest.NewRequest(tt.method, v1+tt.path, nil)
		r.Header.Set("Origin", "https://app.example.org")
		if tt.person != "" {
			r.Header.Set("Authorization", "Bearer "+tt.person)
		}
		a := w.Do(r)
		h := a.Header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") != "same-origin" ||
			h.Get("Vary") != "Accept, origin" || h.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %s: %v", tt.method, tt.path, h)
		}
		want := "application/json"
		if tt.method == "DELETE" {
			want = ""
		}
		if h.Get("Content-Type") != want || (a.Raw == "") != (want == "") {
			t.Errorf("%s %s: Content-Type %q, %q", tt.method, tt.path, h.Get("Content-Type"), a.Raw)
		}
		if strings.Contains(tt.path, "videos/1") && tt.method == "GET" && !strings.Contains(a.Raw, `"<a>&"`) {
			t.Errorf("escaped for a page: %s", a.Raw)
		}
	}
}

func TestAPreflight(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	r := httptest.NewRequest("OPTIONS", v1+"plios/", nil)
	for name, value := range map[string]string{"Origin": "https://app.example.org", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,organization"} {
		r.Header.Set(name, value)
	}
	a := w.Do(r)
	if a.Status != 200 || a.Raw != "" || a.Header.Get("Access-Control-Allow-Origin") != "*" ||
		a.Header.Get("Access-Control-Allow-Headers") != "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with, organization" ||
		a.Header.Get("Access-Control-Allow-Methods") != "DELETE, GET, OPTIONS, PATCH, POST, PUT" || a.Header.Get("Access-Control-Max-Age") != "86400" {
		t.Errorf("%d %q %v", a.Status, a.Raw, a.Header)
	}
}

func TestBodiesThatAreTakenAndThoseThatAreNot(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct {
		kind, body string
		want       int
		says       string
	}{
		{"application/json", `{"name": "a"}`, 201, `"is_public":true`},
		{"application/json; charset=utf-8", `{"name": "a"}`, 201, ""},
		{"application/json", ``, 201, ""},
		{"", ``, 201, ""},
		{"text/plain", ``, 201, ""},
		{"application/x-www-form-urlencoded", `name=a+b&is_public=on`, 201, `"name":"a b","uuid"`},
		{"application/x-www-form-urlencoded", `name=a`, 201, `"is_public":false`},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na b\r\n--x--\r\n", 201, `"name":"a b"`},
		{"text/plain", `{"name": "a"}`, 415, `Unsupported media type \"text/plain\" in request.`},
		{"application/json", `{"name": `, 400, "JSON parse error - "},
		{"application/json", `{"name": NaN}`, 400, "JSON parse error - "},
		{"application/json", `{} x`, 400, "JSON parse error - "},
		{"application/json", "\ufeff{}", 400, "JSON parse error - "},
		{"application/json", "{\"name\": \"\xff\"}", 400, "JSON parse error - "},
		{"application/json", `{"config": 1e999}`, 400, ""},
		{"application/json", `{"config": ` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, 400, ""},
		{"application/json", `"x"`, 400, `Invalid data. Expected a dictionary, but got str.`},
		{"application/json", `{"name": 5}`, 201, `"name":"5"`},
		{"application/json", `{"name": "` + strings.Repeat("x", 11<<20) + `"}`, 413, ""},
	} {
		r := httptest.NewRequest("POST", v1+"plios/", strings.NewReader(tt.body))
		r.Header.Set("Authorization", "Bearer ann")
		if tt.kind != "" {
			r.Header.Set("Content-Type", tt.kind)
		}
		if a := w.Do(r); a.Status != tt.want || !strings.Contains(a.Raw, tt.says) {
			t.Errorf("%s %.60q: %d %.300s, want %d %s", tt.kind, tt.body, a.Status, a.Raw, tt.want, tt.says)
		}
	}
}

func TestWhoAcceptsNoJSONIsRefused(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for accept, want := range map[string]int{
		"": 200, "*/*": 200, "application/json": 200, "application/json, text/plain, */*": 200, "application/*;q=0.5": 200, "text/html,application/xhtml+xml,*/*;q=0.8": 200,
		"text/html": 406, "image/png, text/plain": 406,
	} {
		r := httptest.NewRequest("GET", v1+"plios/", nil)
		r.Header.Set("Authorization", "Bearer ann")
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if a := w.Do(r); a.Status != want {
			t.Errorf("%q: %d %s, want %d", accept, a.Status, a.Raw, want)
		}
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	if a := w.As("ann", "", "HEAD", v1+"plios/", ""); a.Status != 200 || a.Raw != "" || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %q %v", a.Status, a.Raw, a.Header)
	}
	w.Must(404, "ann", "", "HEAD", v1+"plios/x/", "")
}
