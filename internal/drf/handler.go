package drf

import (
	"net/http"
	"path"
)

// Handler serves next with the headers that every answer has, and lets pages
// of any origin call it. No cookie is looked at, so that takes nothing from
// anybody: who calls needs a token. What is no clean path is nowhere: net/http
// would send it elsewhere.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setCommon(w.Header())
		origin := r.Header.Get("Origin") != ""
		if origin {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		switch {
		case r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "":
			if origin {
				allowCrossing(w.Header())
			}
			w.WriteHeader(http.StatusOK)
		case !isClean(r.URL.Path):
			Write(w, r, NotFoundKey().Response)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// allowCrossing answers a browser that asks before it calls.
func allowCrossing(h http.Header) {
	h.Set("Access-Control-Allow-Headers", "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with, organization")
	h.Set("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
	h.Set("Access-Control-Max-Age", "86400")
}

// isClean reports whether a path has neither empty nor dotted parts.
func isClean(p string) bool {
	cleaned := path.Clean(p)
	return p == cleaned || p == cleaned+"/"
}
