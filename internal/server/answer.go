package server

import (
	"encoding/json"
	"net/http"
)

// refuse answers for a handler that cannot, in the form that API clients read.
// A page of another origin may read it too, as all that the API says.
func refuse(w http.ResponseWriter, r *http.Request, status int, detail string) {
	answer(w, r, status, map[string]string{"detail": detail})
}

func answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if r.Header.Get("Origin") != "" {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // the client is gone
}

func notFound(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusNotFound, "Not found.")
}

func starting(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusServiceUnavailable, "The server is starting. Try again in a moment.")
}
