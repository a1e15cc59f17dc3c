package drf_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryAnswerHasTheHeadersThatProtect(t *testing.T) {
	t.Parallel()
	h := api(t)
	for _, path := range []string{"/things/", "/things", "/nothing/", "//", "/things/7/"} {
		for _, method := range []string{"GET", "POST", "TRACE", "OPTIONS"} {
			for _, origin := range []string{"", "https://elsewhere.example"} {
				r := httptest.NewRequest(method, "http://plio.example"+path, nil)
				if origin != "" {
					r.Header.Set("Origin", origin)
				}
				w := serve(h, r)
				for name, want := range map[string]string{
					"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Vary": "Accept, origin",
					"Access-Control-Allow-Origin": map[bool]string{true: "*"}[origin != ""],
				} {
					if got := strings.Join(w.Header().Values(name), "|"); got != want {
						t.Errorf("%s %s from %q: %s is %q, want %q", method, path, origin, name, got, want)
					}
				}
			}
		}
	}
}

func TestAPreflightIsAnsweredForEveryPath(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/things/", "/things", "/nothing/"} {
		r := httptest.NewRequest("OPTIONS", path, nil)
		r.Header.Set("Origin", "https://elsewhere.example")
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Headers", "authorization,content-type,organization")
		w := serve(api(t), r)
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":  "*",
			"Access-Control-Allow-Headers": "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with, organization",
			"Access-Control-Allow-Methods": "DELETE, GET, OPTIONS, PATCH, POST, PUT",
			"Access-Control-Max-Age":       "86400",
		} {
			if got := w.Header().Get(name); w.Code != 200 || w.Body.Len() > 0 || got != want {
				t.Errorf("%s: %d %q, %s is %q, want %q", path, w.Code, w.Body, name, got, want)
			}
		}
	}
}
