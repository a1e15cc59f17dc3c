// Package auth says who asks, and never what they may. It signs people in by
// one-time passwords and links, and keeps the secrets of an installation.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/plio/internal/notify"
	"example.org/plio/internal/store"
)

const (
	accessLife  = 24 * time.Hour
	refreshLife = 7 * 24 * time.Hour
	purgeBatch  = 1000
)

// ErrInactive is returned for a user who may not sign in: deactivated, deleted,
// or not there.
var ErrInactive = errors.New("auth: this user is not active")

// Options are what Auth works with besides the database.
type Options struct {
	SMS notify.SMS       // carries one-time passwords
	Now func() time.Time // defaults to time.Now
	Log *slog.Logger     // defaults to none
}

// Auth signs people in. What it counts to slow down guessing is in memory, so a
// process has one Auth.
type Auth struct {
	pool   *pgxpool.Pool
	shared store.Shared
	sms    notify.SMS
	now    func() time.Time
	log    *slog.Logger
	limits limits
}

// New returns an Auth on the shared tables.
func New(shared *pgxpool.Pool, opt Options) *Auth {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Auth{shared: store.BindShared(shared), pool: shared, sms: opt.SMS, now: opt.Now, log: opt.Log, limits: newLimits()}
}

// Tokens are what a login gives; only their hashes are kept.
type Tokens struct {
	Access, Refresh string
	ExpiresIn       time.Duration // of Access; Refresh lives 7 days
	Scope           string
}

// HashToken returns what is kept of a token, a link's code or an API key.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// newToken returns 260 random bits in 52 letters and digits.
func newToken() string { return rand.Text() + rand.Text() }

// SignIn gives a user a new pair of tokens, a family of its own, and notes the
// time. Other pairs of the user stay valid. It returns ErrInactive.
func (a *Auth) SignIn(ctx context.Context, userID int64) (Tokens, error) {
	return a.signIn(ctx, a.shared, userID)
}

func (a *Auth) signIn(ctx context.Context, s store.Shared, userID int64) (Tokens, error) {
	t := Tokens{Access: newToken(), Refresh: newToken(), ExpiresIn: accessLife, Scope: "read write"}
	now := a.now()
	n, err := s.TokenPairInsert(ctx, store.NewTokenPair{
		UserID: userID, Family: newFamily(), At: &now,
		Access: HashToken(t.Access), AccessUntil: now.Add(accessLife),
		Refresh: HashToken(t.Refresh), RefreshUntil: now.Add(refreshLife),
	})
	if err != nil {
		return Tokens{}, err
	}
	if n == 0 {
		return Tokens{}, ErrInactive
	}
	return t, nil
}

// AccessToken gives a user one bearer token, which nothing renews. It is no
// login: an operator asked for it. It returns ErrInactive.
func (a *Auth) AccessToken(ctx context.Context, userID int64) (string, error) {
	token := newToken()
	n, err := a.shared.AccessTokenInsert(ctx, HashToken(token), newFamily(), a.now().Add(accessLife), userID)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", ErrInactive
	}
	return token, nil
}

func newFamily() []byte {
	family := make([]byte, 16)
	rand.Read(family) // never fails
	return family
}

// Purge deletes tokens, one-time passwords and links that have expired, a batch
// at a time, and returns how many.
func (a *Auth) Purge(ctx context.Context) (n int64, err error) {
	for more := true; more; {
		var deleted int64
		deleted, more, err = a.shared.PurgeLogins(ctx, a.now(), purgeBatch)
		n += deleted
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// inTx runs fn in one transaction. Each statement sees what others have
// committed, whatever the database's default is: who lost a race must find what
// the winner made.
func (a *Auth) inTx(ctx context.Context, fn func(store.Shared) error) error {
	return pgx.BeginTxFunc(ctx, a.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		return fn(store.BindShared(tx))
	})
}
