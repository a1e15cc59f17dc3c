// Package welcome is the page behind a sign-in link: who am I, what next.
package welcome

import (
	"log/slog"
	"net/http"

	"example.org/plio/internal/auth"
)

// Options are what the page needs to know.
type Options struct {
	PublicURL string       // where people reach the server; defaults to where the request came to
	Log       *slog.Logger // defaults to none
}

// New returns the handler of GET and POST /start/{code}.
func New(a *auth.Auth, opt Options) http.Handler {
	return http.NotFoundHandler()
}
