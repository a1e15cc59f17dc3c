package api

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

// call is one request as a handler sees it: who asks, in which workspace, with
// the body read and the store open for the time of the request.
type call struct {
	*http.Request
	Body      *drf.Body
	At        time.Time    // of the request, for every row that it writes
	Who       store.Caller // of a guest: the workspace alone
	Workspace tenancy.Tenant
	Store     store.Tenant // in a workspace's routes
	Shared    store.Shared
}

// guest reports whether nobody is signed in.
func (c *call) guest() bool { return c.Who.UserID == 0 }

// member reports whether the caller belongs to the organization of the header.
func (c *call) member() bool { return c.Who.Role != "" }

// personal reports whether the call is in the workspace that everybody shares
// without seeing each other.
func (c *call) personal() bool { return c.Workspace.Key() == personal }

// pk returns the number that the path names. What is no number is nowhere.
func (c *call) pk() (int64, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil || id < 0 {
		return 0, drf.NotFoundKey()
	}
	return id, nil
}

// shortcode is what the header says, in a form that the database takes.
func shortcode(r *http.Request) string {
	return cmp.Or(strings.ToValidUTF8(r.Header.Get("Organization"), "?"), personal)
}

// query returns a parameter of the address, "" when it is missing.
func (c *call) query(name string) string {
	value, _ := drf.Query(c.Request, name)
	return value
}

// client is the address that asks, as the server has found it out.
func (c *call) client() string {
	host, _, err := net.SplitHostPort(c.RemoteAddr)
	if err != nil {
		return c.RemoteAddr
	}
	return host
}

// handler answers a call. One in a transaction may be run twice.
type handler func(ctx context.Context, c *call) (drf.Response, error)

// opening says what a route opens for its handler.
type opening func(ctx context.Context, a *API, c *call, h handler) (drf.Response, error)

// reading opens a transaction in the workspace of the header that only reads.
func reading(ctx context.Context, a *API, c *call, h handler) (resp drf.Response, err error) {
	return inWorkspace(ctx, c, h, a.db.InReadTx)
}

// writing opens a transaction in the workspace of the header. In void nothing
// is written.
func writing(ctx context.Context, a *API, c *call, h handler) (resp drf.Response, err error) {
	if c.Workspace.Key() == void {
		return reading(ctx, a, c, h)
	}
	return inWorkspace(ctx, c, h, a.db.InTx)
}

type openTx func(context.Context, tenancy.Tenant, func(tenancy.Tx) error) error

func inWorkspace(ctx context.Context, c *call, h handler, open openTx) (resp drf.Response, err error) {
	if err := c.available(); err != nil {
		return resp, err
	}
	err = open(ctx, c.Workspace, func(tx tenancy.Tx) (err error) {
		c.Store = store.BindTenant(tx)
		c.Shared = c.Store.Shared
		resp, err = h(ctx, c)
		return err
	})
	return resp, err
}

// available tells a member or superuser, the only ones who get that far, that
// the workspace is suspended or waits for a migration.
func (c *call) available() error {
	if c.Who.WorkspaceState == "suspended" {
		return drf.Refuse(http.StatusForbidden, "This workspace is suspended. Ask the platform's administrators.")
	}
	if c.Who.Behind {
		e := drf.Refuse(http.StatusServiceUnavailable, "This workspace is being upgraded. Try again in a minute.")
		e.Header = http.Header{"Retry-After": {"60"}}
		return e
	}
	return nil
}

// shared gives the handler the shared tables, each query for itself. One that
// needs a transaction opens it.
func shared(ctx context.Context, a *API, c *call, h handler) (drf.Response, error) {
	c.Shared = a.shared
	return h(ctx, c)
}

// route makes h an http.Handler. The answer is written only after the commit.
// login says whether a guest is refused.
func (a *API) route(login bool, open opening, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := a.serve(w, r, login, open, h)
		if err != nil {
			resp = a.fail(r, err)
		}
		drf.Write(w, r, resp)
	})
}

// serve takes body, caller, transaction and h in this order: a slow phone that
// still sends its body must not hold a connection.
func (a *API) serve(w http.ResponseWriter, r *http.Request, login bool, open opening, h handler) (drf.Response, error) {
	body, err := drf.ReadBody(w, r)
	if err != nil {
		return drf.Response{}, err
	}
	c, err := a.identify(r, login)
	if err != nil {
		return drf.Response{}, err
	}
	c.Body = body
	return open(r.Context(), a, c, h)
}

// identify finds who asks, the workspace and the membership in one query. A bad
// bearer is refused even where a guest is not.
func (a *API) identify(r *http.Request, login bool) (*call, error) {
	c := &call{Request: r, At: a.now().UTC()}
	token, err := auth.Bearer(r.Header.Get("Authorization"))
	switch {
	case errors.Is(err, auth.ErrNoCredentials) && !login:
		w, err := a.shared.WorkspaceByShortcode(r.Context(), shortcode(r), a.latest)
		if err != nil {
			return nil, err
		}
		c.Who = store.Caller{WorkspaceID: w.WorkspaceID, Shortcode: w.Shortcode, SchemaName: w.SchemaName}
	case err != nil:
		return nil, err
	default:
		c.Who, err = a.shared.CallerByToken(r.Context(), a.latest, shortcode(r), auth.HashToken(token), c.At)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.ErrUnknownToken
		} else if err != nil {
			return nil, err
		}
	}
	c.Workspace, err = tenancy.TenantFromRow(c.Who.WorkspaceID, c.Who.Shortcode, c.Who.SchemaName)
	return c, err
}
