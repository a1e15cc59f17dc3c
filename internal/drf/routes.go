package drf

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Routes registers the paths of an API at Mux. Every path ends in a slash; a
// request for one without is sent there by 301, and nothing is executed. Close
// is called after the last route.
type Routes struct {
	Mux *http.ServeMux
	// NotAllowed answers the methods that a path does not have, OPTIONS among
	// them. It lets an API ask first who is there; Answer405 is the default.
	// path is the pattern.
	NotAllowed func(path string, allow []string) http.Handler

	paths map[string]methods
}

// methods are the handlers of one path, by method.
type methods map[string]http.Handler

// methodsInOrder is how Allow lists them.
var methodsInOrder = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}

// Handle adds a method of a path, which is a pattern of net/http that ends in
// a slash. GET brings HEAD with it. As with ServeMux, a mistake panics.
func (rs *Routes) Handle(method, path string, h http.Handler) {
	if !strings.HasPrefix(path, "/") || !strings.HasSuffix(path, "/") {
		panic(fmt.Sprintf("drf: the path %q has to begin and end with a slash", path))
	}
	if !slices.Contains(methodsInOrder, method) {
		panic(fmt.Sprintf("drf: %s has the method %q, which no route can have", path, method))
	}
	if rs.paths == nil {
		rs.paths = map[string]methods{}
	}
	if rs.paths[path] == nil {
		rs.paths[path] = methods{}
	}
	if rs.paths[path][method] != nil {
		panic(fmt.Sprintf("drf: %s %s is there twice", method, path))
	}
	rs.paths[path][method] = h
}

// Close registers what was added, and 404 for everything else.
func (rs *Routes) Close() {
	if rs.NotAllowed == nil {
		rs.NotAllowed = Answer405
	}
	for path, m := range rs.paths {
		rs.Mux.Handle(path+"{$}", m.handler(rs.NotAllowed(path, m.allow()), m.allow()))
		if path != "/" {
			rs.Mux.HandleFunc(strings.TrimSuffix(path, "/"), addSlash)
		}
	}
	rs.Mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { Write(w, r, NotFoundKey().Response) })
}

func (m methods) allow() []string {
	var allow []string
	for _, method := range methodsInOrder {
		head := method == http.MethodHead && m[http.MethodGet] != nil
		if m[method] != nil || head || method == http.MethodOptions {
			allow = append(allow, method)
		}
	}
	return allow
}

func (m methods) handler(notAllowed http.Handler, allow []string) http.Handler {
	listed := strings.Join(allow, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", listed)
		h := m[r.Method]
		if h == nil && r.Method == http.MethodHead {
			h = m[http.MethodGet]
		}
		if h == nil {
			h = notAllowed
		}
		if !acceptsJSON(r) {
			Write(w, r, notAcceptable().Response)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// addSlash sends a request to where it was meant to go. It is not followed
// with a body by every client, but none believes that it was executed.
func addSlash(w http.ResponseWriter, r *http.Request) {
	to := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	setCommon(w.Header())
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusMovedPermanently)
}

// Answer405 tells OPTIONS what a path has, and refuses every other method.
func Answer405(_ string, allow []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions {
			Write(w, r, MethodNotAllowed(r.Method, allow).Response)
			return
		}
		Write(w, r, OK(map[string][]string{
			"renders": {"application/json"},
			"parses":  {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"},
		}))
	})
}
