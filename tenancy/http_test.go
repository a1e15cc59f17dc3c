package tenancy_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.org/plio/tenancy"
)

// handler answers with the key of the tenant in whose transaction it was, or
// with "none".
func handler(db *tenancy.DB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, ok := tenancy.FromContext(r.Context())
		if !ok {
			io.WriteString(w, "none") //nolint:errcheck // a recorder
			return
		}
		err := db.InReadTx(r.Context(), tenant, func(tx tenancy.Tx) error {
			var notes int
			return tx.QueryRow(r.Context(), "SELECT count(*) FROM note").Scan(&notes)
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		io.WriteString(w, tenant.Key()) //nolint:errcheck // a recorder
	})
}

// get sends a request that names key, and returns status and body.
func get(h http.Handler, key string) (int, string, http.Header) {
	r := httptest.NewRequest("GET", "/", nil)
	if key != "" {
		r.Header.Set("Organization", key)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String()), w.Header()
}

// serving opens a DB that is closed with t, and its handler behind a middleware.
func serving(t *testing.T, cfg tenancy.Config, opts tenancy.MiddlewareOptions) (*tenancy.DB, http.Handler) {
	t.Helper()
	db := open(t, cfg)
	opts.Resolve = tenancy.FromHeader("Organization")
	return db, db.Middleware(opts)(handler(db))
}

func TestTheMiddlewareServesATenantOrFailsClosed(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	newTenant(t, db, "blue")
	newTenant(t, db, "void")
	suspended, trashed := newTenant(t, db, "suspended"), newTenant(t, db, "trashed")
	behind := newTenant(t, db, "behind")
	do(t, cfg.URL, "DELETE FROM public.tenancy_migration WHERE version = 2 AND tenant_id = (SELECT id FROM public.tenancy_tenant WHERE key = 'behind')")
	if err := errors.Join(suspend(db, t, suspended, nil), trash(db, t, trashed, nil)); err != nil {
		t.Fatal(err)
	}
	_, strict := serving(t, cfg, tenancy.MiddlewareOptions{})
	_, mild := serving(t, cfg, tenancy.MiddlewareOptions{Missing: "blue", Unknown: "void"})
	_, hooked := serving(t, cfg, tenancy.MiddlewareOptions{Refuse: func(w http.ResponseWriter, r *http.Request, x tenancy.Refusal) {
		if x.Info.Tenant == behind || errors.Is(x.Err, tenancy.ErrNotFound) {
			x.Serve(w, r)
			return
		}
		http.Error(w, x.Key+" is "+string(x.Info.State), http.StatusTeapot)
	}})
	for _, tt := range []struct {
		name   string
		h      http.Handler
		key    string
		status int
		body   string
		retry  string
	}{
		{"strict", strict, "blue", 200, "blue", ""},
		{"strict", strict, "BLUE", 404, "Not Found", ""},
		{"strict", strict, "nobody", 404, "Not Found", ""},
		{"strict", strict, "trashed", 404, "Not Found", ""},
		{"strict", strict, "a'; DROP TABLE note; --", 404, "Not Found", ""},
		{"strict", strict, strings.Repeat("x", 10000), 404, "Not Found", ""},
		{"strict", strict, "*", 404, "Not Found", ""},
		{"strict", strict, "", 404, "Not Found", ""},
		{"strict", strict, "suspended", 403, "Forbidden", ""},
		{"strict", strict, "behind", 503, "Service Unavailable", "5"},
		{"mild", mild, "", 200, "blue", ""},
		{"mild", mild, "blue", 200, "blue", ""},
		{"mild", mild, "nobody", 200, "void", ""},
		{"mild", mild, "trashed", 200, "void", ""},
		{"mild", mild, "suspended", 403, "Forbidden", ""},
		{"hooked", hooked, "suspended", http.StatusTeapot, "suspended is suspended", ""},
		{"hooked", hooked, "behind", 200, "behind", ""},
		{"hooked", hooked, "nobody", 404, "Not Found", ""},
	} {
		for range 2 { // from the registry, and from the cache
			status, body, header := get(tt.h, tt.key)
			if status != tt.status || body != tt.body || header.Get("Retry-After") != tt.retry {
				t.Errorf("%s, %.20q: %d %s %v; want %d %s", tt.name, tt.key, status, body, header, tt.status, tt.body)
			}
		}
	}
}

func TestWithoutTheMiddlewareAContextHasNoTenant(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	tenant := newTenant(t, db, "blue")
	if got, ok := tenancy.FromContext(t.Context()); ok || got != (tenancy.Tenant{}) {
		t.Errorf("%v", got)
	}
	if got, ok := tenancy.FromContext(tenancy.NewContext(t.Context(), tenant)); !ok || got != tenant {
		t.Errorf("%v", got)
	}
	defer func() {
		if p := recover(); p == nil {
			t.Error("a middleware without a resolver was made")
		}
	}()
	db.Middleware(tenancy.MiddlewareOptions{})
}

// eventually fails t unless ok becomes true within two seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("%s: not within 2 s", what)
			return
		}
	}
}

// listening waits until the middleware hears of changes.
func listening(t *testing.T, url string) {
	t.Helper()
	eventually(t, "listening", func() bool {
		return ask[int](t, url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%' AND state = 'idle'") > 0
	})
}

func TestAChangeByAnotherProcessIsHeardAtOnce(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	other := open(t, cfg)
	blue := newTenant(t, other, "blue")
	_, h := serving(t, cfg, tenancy.MiddlewareOptions{MaxAge: time.Hour})
	listening(t, cfg.URL)
	wants := func(key string, status int) {
		t.Helper()
		eventually(t, key, func() bool { got, _, _ := get(h, key); return got == status })
	}
	for _, tt := range []struct {
		change      func(*tenancy.DB, *testing.T, tenancy.Tenant, func(tenancy.Tx) error) error
		key         string
		status, old int
	}{
		{suspend, "blue", 403, 200}, {resume, "blue", 200, 403}, {rename, "renamed", 200, 404}, {trash, "renamed", 404, 200},
	} {
		wants(tt.key, tt.old)
		if err := tt.change(other, t, blue, nil); err != nil {
			t.Fatal(err)
		}
		wants(tt.key, tt.status)
	}
	wants("blue", 404)
	newTenant(t, other, "blue")
	wants("blue", 200)

	newTenant(t, other, "behind")
	newer := later(cfg, "0003_size.sql", "ALTER TABLE note ADD COLUMN size int;")
	_, h = serving(t, newer, tenancy.MiddlewareOptions{MaxAge: time.Hour})
	wants("behind", 503)
	time.Sleep(100 * time.Millisecond) // its listener too
	wants("behind", 503)
	migrate(t, newer)
	wants("behind", 200)
}

func TestWithoutAListenerAChangeIsNoticedWithinMaxAge(t *testing.T) {
	t.Parallel()
	const maxAge = 600 * time.Millisecond
	cfg := template.ConfigFor(t)
	other := open(t, cfg)
	blue := newTenant(t, other, "blue")
	deaf := cfg
	deaf.Logger = slog.New(slog.DiscardHandler)
	deaf.DirectURL = "postgres://127.0.0.1:1/nowhere?connect_timeout=1"
	_, h := serving(t, deaf, tenancy.MiddlewareOptions{MaxAge: maxAge})
	read := time.Now()
	if status, body, _ := get(h, "blue"); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if err := suspend(other, t, blue, nil); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := get(h, "blue"); status != 200 && time.Since(read) < maxAge {
		t.Errorf("%d: the cache was not used, so this test proves nothing", status)
	}
	time.Sleep(time.Until(read.Add(maxAge + 20*time.Millisecond)))
	if status, _, _ := get(h, "blue"); status != 403 {
		t.Errorf("%d after %v", status, time.Since(read))
	}
}

func TestAListenerThatConnectsAgainForgetsWhatItMayHaveMissed(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	newTenant(t, open(t, cfg), "blue")
	_, h := serving(t, cfg, tenancy.MiddlewareOptions{MaxAge: time.Hour})
	listening(t, cfg.URL)
	eventually(t, "blue", func() bool { got, _, _ := get(h, "blue"); return got == 200 })
	// Nobody is told of this one.
	do(t, cfg.URL, "UPDATE public.tenancy_tenant SET state = 'suspended'")
	if status, _, _ := get(h, "blue"); status != 200 {
		t.Errorf("%d: the cache was not used, so this test proves nothing", status)
	}
	do(t, cfg.URL, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'")
	eventually(t, "suspended", func() bool { got, _, _ := get(h, "blue"); return got == 403 })
}

func TestWhenTheDatabaseIsGoneTheMiddlewareSaysSo(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db, h := serving(t, cfg, tenancy.MiddlewareOptions{})
	newTenant(t, db, "blue")
	db.Close()
	if status, _, header := get(h, "blue"); status != 503 || header.Get("Retry-After") == "" {
		t.Errorf("%d %v", status, header)
	}
}

func TestARequestThatIsCancelledDoesNotWait(t *testing.T) {
	t.Parallel()
	_, h := serving(t, template.ConfigFor(t), tenancy.MiddlewareOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
	r.Header.Set("Organization", "blue")
	if h.ServeHTTP(w, r); w.Code != 503 && w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
}

// It runs alone, before the parallel tests go on.
func TestNothingOfTheMiddlewareIsLeftAfterClose(t *testing.T) {
	cfg := template.ConfigFor(t)
	leaks := goleak.IgnoreCurrent()
	db, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := db.Middleware(tenancy.MiddlewareOptions{Resolve: tenancy.FromHeader("Organization")})(handler(db))
	db.Middleware(tenancy.MiddlewareOptions{Resolve: tenancy.FromHeader("Organization")})
	get(h, "blue")
	db.Close()
	goleak.VerifyNone(t, leaks)
}
