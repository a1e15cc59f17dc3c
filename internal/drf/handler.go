package drf

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

// Handler serves mux with what every answer has, whatever its path: security
// headers, CORS, negotiation, the final slash, and JSON for unknown paths.
func Handler(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Vary", "Accept, origin")
		if r.Header.Get("Origin") != "" {
			h.Set("Access-Control-Allow-Origin", "*")
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				preflight(w)
				return
			}
		}
		if !accepts(r.Header.Values("Accept")) {
			Write(w, r, Refuse(http.StatusNotAcceptable, "Could not satisfy the request Accept header.").Response)
			return
		}
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		slashed := r.Clone(r.Context())
		slashed.URL.Path += "/"
		if _, pattern := mux.Handler(slashed); pattern != "" && !strings.HasSuffix(r.URL.Path, "/") {
			slashed.URL.RawPath = ""
			w.Header().Set("Location", (slashed.URL.EscapedPath() + query(r)))
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
		Write(w, r, NotFoundKey().Response)
	})
}

func query(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return "?" + r.URL.RawQuery
}

func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Headers", "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with, organization")
	h.Set("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusOK)
}

// accepts reports whether somebody who accepts this takes JSON.
func accepts(accept []string) bool {
	if len(accept) == 0 {
		return true
	}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err == nil && slices.Contains([]string{"*/*", "application/*", "application/json"}, kind) {
			return true
		}
	}
	return strings.TrimSpace(strings.Join(accept, "")) == ""
}

// methods are all that a path may have, in the order that Allow names them.
var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}

// Routes registers handlers on a mux, and one for the methods that a path lacks.
type Routes struct {
	Mux *http.ServeMux
	// NotAllowed makes the handler that answers a path's other methods, OPTIONS
	// among them. It is told the path and the methods that there are.
	NotAllowed func(path string, allow []string) http.Handler

	paths map[string][]string
}

// Handle registers h for a method of path, which ends in a slash.
func (r *Routes) Handle(method, path string, h http.Handler) {
	if r.paths == nil {
		r.paths = map[string][]string{}
	}
	r.paths[path] = append(r.paths[path], method)
	r.Mux.Handle(method+" "+path+"{$}", h)
}

// Close registers what answers the methods that are missing.
func (r *Routes) Close() {
	for path, there := range r.paths {
		var allow []string
		for _, method := range methods {
			if slices.Contains(there, method) || method == "HEAD" && slices.Contains(there, "GET") || method == "OPTIONS" {
				allow = append(allow, method)
			}
		}
		r.Mux.Handle(path+"{$}", r.NotAllowed(path, allow))
	}
}
