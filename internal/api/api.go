// Package api is the REST API under /api/v1/. routes.go is its table of
// contents, call.go the way of a request; every other file is one resource:
// its form on the wire, who may do what, and its handlers.
package api

import (
	"log/slog"
	"net/http"
	"time"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

// The built-in workspaces: of requests that name none, and of requests that
// name one which their caller does not know of. Nobody is a member of either.
const personal, void = "plio", "void"

// Options are what the API stands on. All are needed but Now and Log.
type Options struct {
	DB   *tenancy.DB
	Auth *auth.Auth
	Key  auth.Key         // opens and seals the organizations' API keys
	Now  func() time.Time // defaults to time.Now
	Log  *slog.Logger     // defaults to slog.Default
}

// API serves the REST API.
type API struct {
	db     *tenancy.DB
	latest int64 // version of the workspaces' migrations
	shared store.Shared
	auth   *auth.Auth
	key    auth.Key
	now    func() time.Time
	log    *slog.Logger
}

// New returns the API's handler.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	a := &API{o.DB, o.DB.LatestVersion(), store.BindShared(o.DB.Shared()), o.Auth, o.Key, o.Now, o.Log}
	return a.routes()
}
