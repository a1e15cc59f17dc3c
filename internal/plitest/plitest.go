// Package plitest makes test worlds: a database of its own for each test, with
// workspaces and people in it, and the requests they send.
package plitest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/plio/internal/api"
	"example.org/plio/internal/auth"
	"example.org/plio/internal/notify"
	"example.org/plio/internal/store"
	"example.org/plio/migrations"
	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

// Config is Plio's database as the tests have it.
func Config() tenancy.Config {
	return tenancy.Config{
		Shared: migrations.Shared(), Tenant: migrations.Tenant(),
		BuiltIn:  []tenancy.BuiltIn{{Key: "plio", Schema: "personal"}, {Key: "void", Schema: "void"}},
		Reserved: []string{"api"},
		Logger:   slog.New(slog.DiscardHandler),
	}
}

var template = tenancytest.Template{Env: "PLIO_TEST_DATABASE_URL", Config: Config(), Setup: populate}

// Main runs the tests of a package that uses worlds. TestMain calls it.
func Main(m *testing.M) { template.Main(m) }

// Key is the encryption key of every world.
func Key() auth.Key {
	key, err := auth.LoadKey(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)), "")
	if err != nil {
		panic(err)
	}
	return key
}

// Messages are the texts that a world has sent, by mobile number.
type Messages struct {
	mu    sync.Mutex
	codes map[string][]string
}

// Send implements notify.SMS.
func (m *Messages) Send(_ context.Context, mobile, code string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.codes == nil {
		m.codes = map[string][]string{}
	}
	m.codes[mobile] = append(m.codes[mobile], code)
	return nil
}

// Codes returns the codes that mobile was sent, the oldest first.
func (m *Messages) Codes(mobile string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.codes[mobile]
}

var _ notify.SMS = (*Messages)(nil)

// World is a database, the API on it, and the people of people.go. It has one
// connection of each kind: a request that takes a second one while it holds the
// first never ends.
type World struct {
	testing.TB
	DB   *tenancy.DB
	Auth *auth.Auth
	SMS  *Messages
	API  http.Handler
	// Clock is what the API takes for now, when it is set.
	Clock *time.Time
}

// New returns a world that no other test sees.
func New(t testing.TB) *World {
	t.Helper()
	return on(t, template.Open(t, small))
}

// NewBehindPooler is New with a PgBouncer in front of the database. Where none
// is installed, t is skipped.
func NewBehindPooler(t testing.TB) *World {
	t.Helper()
	cfg := tenancytest.BehindPooler(t, template.ConfigFor(t), 2)
	small(&cfg)
	db, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return on(t, db)
}

func small(c *tenancy.Config) { c.MaxConns, c.SharedConns = 2, 1 }

func on(t testing.TB, db *tenancy.DB) *World {
	w := &World{TB: t, DB: db, SMS: &Messages{}}
	now := func() time.Time {
		if w.Clock != nil {
			return *w.Clock
		}
		return time.Now()
	}
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	w.Auth = auth.New(w.DB.Shared(), auth.Options{SMS: w.SMS, Now: now, Log: log})
	w.API = api.New(api.Options{DB: w.DB, Auth: w.Auth, Key: Key(), Now: now, Log: log})
	return w
}

// testLog fails the test that the server has logged a failure in.
type testLog struct{ testing.TB }

func (l testLog) Write(line []byte) (int, error) {
	l.Errorf("the server logged: %s", line)
	return len(line), nil
}

// Shared returns the world's shared tables.
func (w *World) Shared() store.Shared { return store.BindShared(w.DB.Shared()) }

// Answer is what the server has said.
type Answer struct {
	Status int
	Header http.Header
	Raw    string
	Body   any            // decoded
	Fields map[string]any // Body, when it is an object
}

// As sends one request with the token of a person of people.go, or none for "",
// and decodes the answer. body is JSON text, or empty.
func (w *World) As(person, org, method, path, body string) Answer {
	w.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if org != "" {
		r.Header.Set("Organization", org)
	}
	if person != "" {
		r.Header.Set("Authorization", "Bearer "+person)
	}
	return w.Do(r)
}

// Do sends r and decodes the answer.
func (w *World) Do(r *http.Request) Answer {
	w.Helper()
	rec := httptest.NewRecorder()
	w.API.ServeHTTP(rec, r)
	raw, _ := io.ReadAll(rec.Body)
	a := Answer{Status: rec.Code, Header: rec.Header(), Raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &a.Body); err != nil {
			w.Errorf("%s %s: %d is no JSON: %v: %s", r.Method, r.URL, rec.Code, err, raw)
		}
	}
	a.Fields, _ = a.Body.(map[string]any)
	return a
}

// Must is As for a request that has to be answered with status.
func (w *World) Must(status int, person, org, method, path, body string) Answer {
	w.Helper()
	a := w.As(person, org, method, path, body)
	if a.Status != status {
		w.Fatalf("%s@%s: %s %s: %d %s, want %d", person, org, method, path, a.Status, a.Raw, status)
	}
	return a
}
