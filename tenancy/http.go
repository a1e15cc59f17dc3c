package tenancy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// MiddlewareOptions say how requests find their tenants. Resolve is needed, all
// else has a default.
type MiddlewareOptions struct {
	// Resolve finds the key of a tenant in a request.
	Resolve Resolver
	// Missing is the key of the tenant that serves requests which name none.
	// Defaults to refusing them as unknown.
	Missing string
	// Unknown is the key of the tenant that serves requests which name one that
	// does not exist. Defaults to refusing them with 404.
	Unknown string
	// Refuse answers a request that is not served: its tenant is unknown (404),
	// suspended (403) or behind (503), or the database does not tell (503).
	// Statuses that differ tell strangers which keys exist; who minds answers
	// them all alike. Defaults to Refusal.Write.
	Refuse func(w http.ResponseWriter, r *http.Request, refusal Refusal)
	// MaxAge bounds how long a change of a tenant by another process can stay
	// unnoticed if this one hears nothing of it; mostly it hears at once.
	// Defaults to 30 seconds.
	MaxAge time.Duration
	// MaxUnknown is how many keys that do not exist are remembered as such.
	// Defaults to 1,000.
	MaxUnknown int
}

// Refusal is why a request is not served in its tenant.
type Refusal struct {
	// Key is what the request names, empty when it names none.
	Key string
	// Info is the tenant that is suspended or behind, zero else.
	Info Info
	// Err is ErrNotFound, ErrState, ErrBehind, or what the database said.
	Err error
	// Status is the HTTP status that says so: 404, 403 or 503.
	Status int
	// RetryAfter is when to come back, 0 when that will not help.
	RetryAfter time.Duration

	serve http.HandlerFunc
}

// Write answers with the status in words, and Retry-After where it helps.
func (x Refusal) Write(w http.ResponseWriter) {
	if x.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(x.RetryAfter.Seconds()+0.5)))
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(x.Status), x.Status)
}

// Serve serves the request in the tenant all the same, as for an operator who
// looks at a suspended one. It is Write where there is no tenant.
func (x Refusal) Serve(w http.ResponseWriter, r *http.Request) {
	if x.Info.Tenant.schema == "" {
		x.Write(w)
		return
	}
	x.serve(w, r)
}

type contextKey struct{}

// NewContext returns a context that carries t, as the middleware makes it.
func NewContext(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the tenant that the middleware found. Without one it is
// the zero Tenant, which no transaction can be bound to.
func FromContext(ctx context.Context) (t Tenant, ok bool) {
	t, ok = ctx.Value(contextKey{}).(Tenant)
	return t, ok
}

// Middleware returns what wraps a handler so that each request has its tenant in
// its context, or is refused. It keeps what the registry says, and listens for
// changes over a connection to Config.DirectURL of its own until Close. It
// panics when opts has no Resolve.
func (db *DB) Middleware(opts MiddlewareOptions) func(http.Handler) http.Handler {
	if opts.Resolve.find == nil {
		panic("tenancy: MiddlewareOptions.Resolve is missing: give it FromHeader, FromSubdomain, FromPath, FromFunc or First")
	}
	if opts.MaxAge <= 0 {
		opts.MaxAge = 30 * time.Second
	}
	if opts.MaxUnknown <= 0 {
		opts.MaxUnknown = 1000
	}
	if opts.Refuse == nil {
		opts.Refuse = func(w http.ResponseWriter, _ *http.Request, refusal Refusal) { refusal.Write(w) }
	}
	f, err := db.registry()
	if err != nil {
		panic(err) // Open has read the same files
	}
	d := &doorman{opts: opts, cache: f.newCache(db.Info, opts)}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.serve(next, w, r) })
	}
}

// doorman shows requests to their tenants.
type doorman struct {
	opts  MiddlewareOptions
	cache *cache
}

func (d *doorman) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	key, seen := d.opts.Resolve.find(r)
	info, err := d.tenant(r.Context(), key)
	serve := func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), info.Tenant)))
	}
	if err == nil {
		serve(w, seen)
		return
	}
	refusal := Refusal{Key: key, Err: err, Status: http.StatusServiceUnavailable, RetryAfter: time.Second,
		serve: func(w http.ResponseWriter, _ *http.Request) { serve(w, seen) }}
	switch {
	case errors.Is(err, ErrNotFound):
		refusal.Status, refusal.RetryAfter = http.StatusNotFound, 0
	case errors.Is(err, ErrState):
		refusal.Info, refusal.Status, refusal.RetryAfter = info, http.StatusForbidden, 0
	case errors.Is(err, ErrBehind):
		refusal.Info, refusal.RetryAfter = info, 5*time.Second
	}
	d.opts.Refuse(w, seen, refusal)
}

// tenant returns the tenant that serves a request which names key.
func (d *doorman) tenant(ctx context.Context, key string) (info Info, err error) {
	if key == "" {
		key = d.opts.Missing
	}
	if key == "" {
		err = fmt.Errorf("%w: the request names none", ErrNotFound)
	} else {
		info, err = d.cache.get(ctx, key)
	}
	if errors.Is(err, ErrNotFound) && d.opts.Unknown != "" {
		info, err = d.cache.get(ctx, d.opts.Unknown)
	}
	switch {
	case err != nil:
		return Info{}, err
	case info.State != Active:
		return info, fmt.Errorf("%w: %q is %s", ErrState, info.Tenant.key, info.State)
	case info.Behind > 0:
		return info, fmt.Errorf("%w: %q, %d", ErrBehind, info.Tenant.key, info.Behind)
	}
	return info, nil
}
