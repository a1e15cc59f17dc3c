package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"example.org/plio/internal/store"
)

const codeLife = 300 * time.Second

// ErrMobile is returned for a text that is no mobile number.
var ErrMobile = store.ErrMobile

// ErrWrongCode is returned for a one-time password that is wrong, spent,
// expired, or another number's.
var ErrWrongCode = errors.New("auth: wrong code")

// RequestCode sends a one-time password to a mobile number, and returns its
// row, which has the number as E.164 and not the password. Earlier ones stay
// valid. client is the address that asks. It returns ErrMobile or a
// *ThrottledError.
func (a *Auth) RequestCode(ctx context.Context, mobile, client string) (store.OneTimePassword, error) {
	var none store.OneTimePassword
	mobile, err := store.Mobile(mobile)
	if err != nil {
		return none, err
	}
	now := a.now()
	if err := takeBoth(a.limits.codesTo, mobile, a.limits.codesFrom, clientKey(client), now); err != nil {
		return none, err
	}
	code := newCode()
	row, err := a.shared.OneTimePasswordInsert(ctx, mobile, hashCode(mobile, code), now.Add(codeLife), now)
	if err != nil {
		return none, err
	}
	if err := a.sms.Send(ctx, mobile, code); err != nil {
		return none, fmt.Errorf("sending a one-time password: %w", err)
	}
	return row, nil
}

// VerifyCode spends a one-time password and signs its owner in; the first login
// of a number makes the user. Of many who bring the same one at once, one gets
// in. It returns ErrWrongCode, also for a user who is not active, or a
// *ThrottledError: then not even the right one is looked at.
func (a *Auth) VerifyCode(ctx context.Context, mobile, code, client string) (t Tokens, err error) {
	who, err := store.ByMobile(mobile)
	if err != nil {
		return t, ErrWrongCode
	}
	from := clientKey(client)
	if err := takeBoth(a.limits.guessesAt, who.Value(), a.limits.guessesFrom, from, a.now()); err != nil {
		return t, err
	}
	err = a.inTx(ctx, func(s store.Shared) error {
		n, err := s.OneTimePasswordUse(ctx, a.now(), who.Value(), hashCode(who.Value(), strings.TrimSpace(code)))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrWrongCode
		}
		u, _, err := s.FindOrCreateUser(ctx, who, "", "")
		if err != nil {
			return err
		}
		t, err = a.signIn(ctx, s, u.ID)
		return err
	})
	if err == nil || !errors.Is(err, ErrWrongCode) { // only wrong guesses count
		a.limits.guessesAt.giveBack(who.Value())
		a.limits.guessesFrom.giveBack(from)
	}
	if errors.Is(err, ErrInactive) {
		a.log.InfoContext(ctx, "a user who is not active has tried to sign in", "mobile", who.Value())
		err = ErrWrongCode
	}
	return t, err
}

// newCode returns six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%06d", n)
}

// hashCode binds a code to its number; the zero byte is in neither.
func hashCode(mobile, code string) []byte { return HashToken(mobile + "\x00" + code) }
