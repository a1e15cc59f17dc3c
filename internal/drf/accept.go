package drf

import (
	"net/http"
	"strings"
)

// acceptsJSON reports whether the client takes JSON. Weights do not count.
func acceptsJSON(r *http.Request) bool {
	headers, ok := r.Header["Accept"]
	if !ok {
		return true
	}
	for token := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		kind, _, _ := strings.Cut(token, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "application/json", "application/*", "*/*", "*/json":
			return true
		}
	}
	return false
}

func notAcceptable() *Error {
	return Refuse(http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
}
