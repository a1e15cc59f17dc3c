package auth_test

import (
	"context"
	"errors"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"example.org/plio/internal/auth"
)

const (
	adas   = "+919812345678"
	client = "192.0.2.1"
)

// request returns the code that a number was sent.
func (w *world) request(mobile, client string) string {
	w.Helper()
	if _, err := w.RequestCode(w.Context(), mobile, client); err != nil {
		w.Fatal(err)
	}
	return w.sms.codes[len(w.sms.codes)-1]
}

// verify returns whom a code signs in, or 0 for a wrong one.
func (w *world) verify(mobile, code, client string) int64 {
	w.Helper()
	tokens, err := w.VerifyCode(w.Context(), mobile, code, client)
	switch {
	case errors.Is(err, auth.ErrWrongCode):
		return 0
	case err != nil:
		w.Fatal(err)
	}
	return w.bearer(tokens.Access)
}

func TestACodeIsSentAndKeptAsAHash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	row, err := w.RequestCode(t.Context(), "98123 45678", client)
	if err != nil {
		t.Fatal(err)
	}
	if row.Mobile != adas || row.ID == 0 || !row.ExpiresAt.Equal(w.at.Add(300*time.Second)) || !row.CreatedAt.Equal(w.at) || !row.UpdatedAt.Equal(w.at) {
		t.Errorf("row %+v", row)
	}
	code := w.sms.codes[0]
	if !regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
		t.Errorf("code %q", code)
	}
	if n := w.count(`SELECT count(*) FROM public.one_time_password WHERE code_sha256 IN (convert_to($1, 'UTF8'), sha256(convert_to($1, 'UTF8')))`, code); n != 0 {
		t.Error("the code can be read from the table, or from a list of a million hashes")
	}
}

func TestACodeSignsInOnceWithin300SecondsItsOwnNumberOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.at
	first, second, third := w.request(adas, client), w.request(adas, client), w.request(adas, client)
	if first == second || second == third || first == third { // one chance in 300,000
		third, second = w.request(adas, client), w.request(adas, client)
	}
	ada := int64(0)
	for _, tt := range []struct {
		what, mobile, code string
		later              time.Duration
		in                 bool
	}{
		{"wrong", adas, "12345", 0, false},
		{"another number's", "+919812345679", first, 0, false},
		{"no code", adas, "", 0, false},
		{"no number", "ada", first, 0, false},
		{"an earlier one, the number typed in another way", "098123-45678", " " + first + " ", 0, true},
		{"spent", adas, first, 0, false},
		{"the last second", adas, second, 299 * time.Second, true},
		{"expired", adas, third, 300 * time.Second, false},
	} {
		w.at = start.Add(tt.later)
		who := w.verify(tt.mobile, tt.code, client)
		if (who != 0) != tt.in {
			t.Errorf("%s: signs in user %d", tt.what, who)
		}
		if who != 0 && ada != 0 && who != ada {
			t.Errorf("%s: user %d, and before %d", tt.what, who, ada)
		}
		ada = max(ada, who)
	}
	if n := w.count(`SELECT count(*) FROM public."user" u JOIN public.user_identity i ON i.user_id = u.id AND i.kind = 'mobile' AND i.value = u.mobile
		WHERE u.mobile = $1 AND u.status = 'approved' AND u.email IS NULL AND u.first_name = '' AND u.is_active AND NOT u.is_superuser`, adas); n != 1 {
		t.Errorf("%d users were made, want 1, approved and with nothing but the number", n)
	}
}

func TestACodeUsedByFiftyAtOnceSignsInOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.request(adas, client)
	var in, wrong, slowed atomic.Int64
	// fifty servers, since one alone would slow down most of them
	atOnce(50, func(int) {
		a := auth.New(w.pool, auth.Options{Now: func() time.Time { return w.at }})
		_, err := a.VerifyCode(context.Background(), adas, code, client)
		_, throttled := errors.AsType[*auth.ThrottledError](err)
		switch {
		case err == nil:
			in.Add(1)
		case errors.Is(err, auth.ErrWrongCode):
			wrong.Add(1)
		case throttled:
			slowed.Add(1)
		default:
			t.Error(err)
		}
	})
	if in.Load() != 1 || wrong.Load() != 49 || w.count(`SELECT count(*) FROM public.token`) != 2 {
		t.Errorf("%d in, %d wrong, %d slowed down; want 1 and 49", in.Load(), wrong.Load(), slowed.Load())
	}
}

func TestFiftyFirstLoginsOfANumberMakeOneUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	codes := map[string]bool{}
	for len(codes) < 50 {
		w.at = w.at.Add(4 * time.Minute) // slower than the limit
		codes[w.request(adas, client)] = true
	}
	if _, err := w.pool.Exec(t.Context(), `UPDATE public.one_time_password SET expires_at = $1`, w.at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	var all []string
	for code := range codes {
		all = append(all, code)
	}
	users := make([]int64, 50)
	atOnce(50, func(i int) {
		a := auth.New(w.pool, auth.Options{Now: func() time.Time { return w.at }})
		tokens, err := a.VerifyCode(context.Background(), adas, all[i], client)
		if err != nil {
			t.Error(err)
			return
		}
		users[i] = w.bearer(tokens.Access)
	})
	for _, user := range users {
		if user != users[0] || user == 0 {
			t.Fatalf("users %v", users)
		}
	}
	if n := w.count(`SELECT (SELECT count(*) FROM public."user") + (SELECT count(*) FROM public.user_key)`); n != 2 {
		t.Errorf("%d rows of users and keys, want 1 and 1", n)
	}
}

func TestADeactivatedUserHasNoRightCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.verify(adas, w.request(adas, client), client)
	w.exec(`UPDATE public."user" SET is_active = false WHERE id = $1`, ada)
	if who := w.verify(adas, w.request(adas, client), client); who != 0 {
		t.Errorf("signed in as %d", who)
	}
	// whoever is deleted is forgotten: the number is a new user's
	w.exec(`UPDATE public."user" SET is_active = true, deleted = now() WHERE id = $1`, ada)
	if who := w.verify(adas, w.request(adas, client), client); who == ada || who == 0 {
		t.Errorf("signed in as %d, after %d was deleted", who, ada)
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.RequestCode(t.Context(), "12", client); !errors.Is(err, auth.ErrMobile) {
		t.Errorf("error %v", err)
	}
}

type brokenSMS struct{}

func (brokenSMS) Send(context.Context, string, string) error { return errors.New("no network") }

func TestACodeThatCannotBeSentIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := auth.New(w.pool, auth.Options{SMS: brokenSMS{}})
	if _, err := a.RequestCode(t.Context(), adas, client); err == nil {
		t.Error("no error")
	}
}
