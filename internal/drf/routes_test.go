package drf_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"example.org/plio/internal/drf"
)

// api has a collection, single objects, and an action below a word.
func api(t *testing.T) http.Handler {
	t.Helper()
	rs := drf.Routes{Mux: http.NewServeMux()}
	say := func(what string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			drf.Write(w, r, drf.OK(what+" "+r.PathValue("id")))
		})
	}
	for _, method := range []string{"PATCH", "GET", "DELETE", "PUT"} {
		rs.Handle(method, "/things/{id}/", say(method))
	}
	rs.Handle("POST", "/things/", say("create"))
	rs.Handle("GET", "/things/", say("list"))
	rs.Handle("DELETE", "/things/bulk_delete/", say("bulk"))
	rs.Close()
	return drf.Handler(rs.Mux)
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAPathAnswersItsMethodsAndTellsThem(t *testing.T) {
	t.Parallel()
	h := api(t)
	const collection, single = "GET, POST, HEAD, OPTIONS", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
	for _, c := range []struct {
		method, path string
		status       int
		body, allow  string
	}{
		{"GET", "/things/", 200, `"list "`, collection},
		{"POST", "/things/", 200, `"create "`, collection},
		{"HEAD", "/things/", 200, "", collection},
		{"PUT", "/things/", 405, `{"detail":"Method \"PUT\" not allowed."}`, collection},
		{"TRACE", "/things/", 405, `{"detail":"Method \"TRACE\" not allowed."}`, collection},
		{"PATCH", "/things/7/", 200, `"PATCH 7"`, single},
		{"POST", "/things/7/", 405, `{"detail":"Method \"POST\" not allowed."}`, single},
		{"DELETE", "/things/bulk_delete/", 200, `"bulk "`, "DELETE, OPTIONS"},
		{"HEAD", "/things/bulk_delete/", 405, "", "DELETE, OPTIONS"},
		{"GET", "/nothing/", 404, `{"detail":"Not found."}`, ""},
		{"GET", "/", 404, `{"detail":"Not found."}`, ""},
		{"GET", "/things/7/more/", 404, `{"detail":"Not found."}`, ""},
		{"GET", "/nothing", 404, `{"detail":"Not found."}`, ""},
		{"GET", "//things/", 404, `{"detail":"Not found."}`, ""},
		{"GET", "/x/../things/", 404, `{"detail":"Not found."}`, ""},
	} {
		w := serve(h, httptest.NewRequest(c.method, "http://plio.example"+c.path, nil))
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: got %d %s Allow: %s; want %d %s Allow: %s",
				c.method, c.path, w.Code, w.Body, w.Header().Get("Allow"), c.status, c.body, c.allow)
		}
	}
}

func TestOPTIONSTellsTheMethods(t *testing.T) {
	t.Parallel()
	w := serve(api(t), httptest.NewRequest("OPTIONS", "/things/7/", nil))
	if w.Code != 200 || w.Header().Get("Allow") != "GET, PUT, PATCH, DELETE, HEAD, OPTIONS" {
		t.Errorf("got %d, Allow: %s", w.Code, w.Header().Get("Allow"))
	}
}

func TestAPathWithoutItsSlashIsSentThereAndNothingIsExecuted(t *testing.T) {
	t.Parallel()
	h := api(t)
	for from, to := range map[string]string{
		"/things":                "/things/",
		"/things?page=2&x=%20":   "/things/?page=2&x=%20",
		"/things/a%20b":          "/things/a%20b/",
		"/things/7?":             "/things/7/",
		"/things/bulk_delete":    "/things/bulk_delete/",
		"/things/a%2Fb?q=/%2F//": "/things/a%2Fb/?q=/%2F//",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			w := serve(h, httptest.NewRequest(method, "http://plio.example"+from, nil))
			if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != to || w.Body.Len() > 0 {
				t.Errorf("%s %s: got %d to %q with body %q; want 301 to %q", method, from, w.Code, w.Header().Get("Location"), w.Body, to)
			}
		}
	}
}

func TestWhoAsksCanBeCheckedBeforeTheMethod(t *testing.T) {
	t.Parallel()
	rs := drf.Routes{Mux: http.NewServeMux()}
	rs.NotAllowed = func(path string, allow []string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if path == "/closed/" && r.Header.Get("Authorization") == "" {
				drf.Write(w, r, drf.Unauthorized("Authentication credentials were not provided.", "").Response)
				return
			}
			drf.Answer405(path, allow).ServeHTTP(w, r)
		})
	}
	rs.Handle("GET", "/closed/", http.NotFoundHandler())
	rs.Handle("GET", "/open/", http.NotFoundHandler())
	rs.Close()
	for _, c := range []struct {
		path, authorization string
		status              int
	}{{"/closed/", "", 401}, {"/closed/", "Bearer x", 405}, {"/open/", "", 405}} {
		r := httptest.NewRequest("PUT", c.path, nil)
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		if w := serve(drf.Handler(rs.Mux), r); w.Code != c.status {
			t.Errorf("PUT %s with %q: got %d, want %d", c.path, c.authorization, w.Code, c.status)
		}
	}
}

func TestAMistakeInARoutePanics(t *testing.T) {
	t.Parallel()
	for what, routes := range map[string][][2]string{
		"no slash at the end":   {{"GET", "/things"}},
		"no slash at the start": {{"GET", "things/"}},
		"an unknown method":     {{"FETCH", "/things/"}},
		"the same twice":        {{"GET", "/things/"}, {"GET", "/things/"}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			rs := drf.Routes{Mux: http.NewServeMux()}
			for _, route := range routes {
				rs.Handle(route[0], route[1], http.NotFoundHandler())
			}
		}()
	}
}

func TestJSONIsServedToWhoTakesIt(t *testing.T) {
	t.Parallel()
	h := api(t)
	taken := []string{
		"*/*", "application/json", "application/json, text/plain, */*", "application/*", "Application/JSON; q=0.5",
		"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "application/json; indent=4",
	}
	for _, accept := range append(taken, "text/html", "application/xml", "text/*", "", "image/png, text/plain;q=0.3", "json") {
		r := httptest.NewRequest("GET", "/things/", nil)
		r.Header.Set("Accept", accept)
		w := serve(h, r)
		if want := slices.Contains(taken, accept); want != (w.Code == 200) {
			t.Errorf("Accept: %s: got %d", accept, w.Code)
		} else if !want && (w.Code != 406 || w.Body.String() != `{"detail":"Could not satisfy the request Accept header."}`) {
			t.Errorf("Accept: %s: got %d %s", accept, w.Code, w.Body)
		}
	}
	if w := serve(h, httptest.NewRequest("GET", "/things/", nil)); w.Code != 200 {
		t.Errorf("without Accept: got %d", w.Code)
	}
}
