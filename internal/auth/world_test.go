package auth_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/plitest"
	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

func TestMain(m *testing.M) { plitest.Main(m) }

// world is an Auth on a database of its own without people, with many
// connections, and a clock that stands still.
type world struct {
	testing.TB
	*auth.Auth
	db     *tenancy.DB
	pool   *pgxpool.Pool
	shared store.Shared
	sms    *phone
	at     time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := plitest.New(t).DB
	config := db.Shared().Config()
	config.MaxConns = 10
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	_, err = pool.Exec(t.Context(), `DELETE FROM public.token; DELETE FROM public.user_identity;
		DELETE FROM public.organization_user; DELETE FROM public."user"; DELETE FROM public.user_key`)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, db: db, pool: pool, shared: store.BindShared(pool), sms: &phone{}, at: time.Now().UTC().Truncate(time.Microsecond)}
	w.Auth = auth.New(pool, auth.Options{SMS: w.sms, Now: func() time.Time { return w.at }})
	return w
}

// phone keeps what was sent.
type phone struct {
	mu    sync.Mutex
	codes []string
}

func (p *phone) Send(_ context.Context, _, code string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes = append(p.codes, code)
	return nil
}

// user makes a user who is known by an address.
func (w *world) user(email string) int64 {
	w.Helper()
	who, err := store.ByEmail(email)
	if err != nil {
		w.Fatal(err)
	}
	u, _, err := w.shared.FindOrCreateUser(w.Context(), who, "Ada", "Lovelace")
	if err != nil {
		w.Fatal(err)
	}
	return u.ID
}

// organization makes one, administered by a user.
func (w *world) organization(shortcode string, admin int64) {
	w.Helper()
	o, err := store.CreateOrganization(w.Context(), w.db, store.NewOrganization{
		Name: shortcode, Shortcode: shortcode, APIKeyEnc: []byte{1}, APIKeySHA256: auth.HashToken(shortcode),
	})
	if err == nil {
		_, err = w.shared.MembershipInsert(w.Context(), o.ID, admin, 2, false)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// exec runs SQL, and is done when it changed one row.
func (w *world) exec(sql string, args ...any) {
	w.Helper()
	tag, err := w.pool.Exec(w.Context(), sql, args...)
	if err != nil || tag.RowsAffected() != 1 {
		w.Fatalf("%s: %v, %v", sql, tag, err)
	}
}

// count returns what SQL counts.
func (w *world) count(sql string, args ...any) (n int) {
	w.Helper()
	if err := w.pool.QueryRow(w.Context(), sql, args...).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// bearer returns whom a bearer token belongs to, or 0.
func (w *world) bearer(token string) int64 {
	w.Helper()
	u, err := w.shared.UserByAccessToken(w.Context(), auth.HashToken(token), w.at)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.Fatal(err)
	}
	return u.ID
}

// atOnce runs fn n times at once.
func atOnce(n int, fn func(i int)) {
	var all, ready sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		all.Go(func() {
			ready.Done()
			<-start
			fn(i)
		})
	}
	ready.Wait()
	close(start)
	all.Wait()
}
