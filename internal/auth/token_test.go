package auth_test

import (
	"errors"
	"regexp"
	"testing"
	"time"

	"example.org/plio/internal/auth"
)

var lettersAndDigits = regexp.MustCompile(`^[A-Za-z0-9]{40,}$`)

func TestSigningInGivesAPairThatIsKeptAsHashesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.org")
	one, err := w.SignIn(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	two, err := w.SignIn(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{one.Access, one.Refresh, two.Access, two.Refresh} {
		if !lettersAndDigits.MatchString(token) {
			t.Errorf("token %q", token)
		}
		if n := w.count(`SELECT count(*) FROM public.token k WHERE k::text LIKE '%' || $1 || '%'`, token); n != 0 {
			t.Error("a token is kept itself")
		}
	}
	if one.ExpiresIn != 24*time.Hour || one.Scope != "read write" {
		t.Errorf("expires in %v, scope %q", one.ExpiresIn, one.Scope)
	}
	if w.bearer(one.Access) != ada || w.bearer(two.Access) != ada || w.bearer(one.Refresh) != 0 {
		t.Error("both access tokens are Ada's, a refresh token is no bearer token")
	}
	if n := w.count(`SELECT count(DISTINCT family) FROM public.token`); n != 2 {
		t.Errorf("%d families of two logins", n)
	}
	if n := w.count(`SELECT count(*) FROM public."user" WHERE id = $1 AND last_login = $2`, ada, w.at); n != 1 {
		t.Error("last_login is not the time of the login")
	}
	if n := w.count(`SELECT count(*) FROM public.token WHERE kind = 'refresh' AND expires_at = $1`, w.at.Add(7*24*time.Hour)); n != 2 {
		t.Errorf("%d refresh tokens of 7 days", n)
	}
}

func TestABearerTokenDies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.org")
	token, err := w.AccessToken(t.Context(), ada)
	if err != nil || w.bearer(token) != ada {
		t.Fatalf("a new token is %d's: %v", w.bearer(token), err)
	}
	if n := w.count(`SELECT count(*) FROM public."user" WHERE last_login IS NOT NULL`); n != 0 {
		t.Error("an operator's token counts as a login")
	}
	start := w.at
	for _, tt := range []struct {
		what, sql, undo string
		later           time.Duration
		want            int64
	}{
		{"after 23 h 59 min", "", "", 24*time.Hour - time.Minute, ada},
		{"after 24 h", "", "", 24 * time.Hour, 0},
		{"of a deactivated user", `UPDATE public."user" SET is_active = false`, `UPDATE public."user" SET is_active = true`, 0, 0},
		{"of a deleted user", `UPDATE public."user" SET deleted = now()`, `UPDATE public."user" SET deleted = NULL`, 0, 0},
		{"of a user who is back", "", "", 0, ada},
	} {
		if tt.sql != "" {
			w.exec(tt.sql)
		}
		w.at = start.Add(tt.later)
		if got := w.bearer(token); got != tt.want {
			t.Errorf("%s: %d's, want %d's", tt.what, got, tt.want)
		}
		if tt.undo != "" {
			w.exec(tt.undo)
		}
	}
}

func TestWhoIsNotActiveGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inactive, deleted := w.user("in@example.org"), w.user("del@example.org")
	w.exec(`UPDATE public."user" SET is_active = false WHERE id = $1`, inactive)
	w.exec(`UPDATE public."user" SET deleted = now() WHERE id = $1`, deleted)
	for what, id := range map[string]int64{"inactive": inactive, "deleted": deleted, "nobody": 4711} {
		_, signIn := w.SignIn(t.Context(), id)
		_, token := w.AccessToken(t.Context(), id)
		_, link := w.MakeLink(t.Context(), id)
		for how, err := range map[string]error{"SignIn": signIn, "AccessToken": token, "MakeLink": link} {
			if !errors.Is(err, auth.ErrInactive) {
				t.Errorf("%s of %s: %v", how, what, err)
			}
		}
	}
	if n := w.count(`SELECT (SELECT count(*) FROM public.token) + (SELECT count(*) FROM public.sign_in_link)`); n != 0 {
		t.Errorf("%d rows were written", n)
	}
}

func TestPurgeTakesWhatHasExpiredAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada@example.org")
	for _, sql := range []string{
		`INSERT INTO public.token SELECT sha256(n::text::bytea), 'refresh', '', $1, $2::timestamptz + CASE WHEN n <= 1500 THEN '-1 s' ELSE '1 s' END::interval FROM generate_series(1, 1503) n`,
		`INSERT INTO public.one_time_password (mobile, code_sha256, expires_at) SELECT $1::bigint, '', $2::timestamptz + CASE WHEN n <= 2000 THEN '-1 s' ELSE '1 s' END::interval FROM generate_series(1, 2003) n`,
		`INSERT INTO public.sign_in_link (sha256, user_id, expires_at) SELECT sha256(n::text::bytea), $1, $2::timestamptz + CASE WHEN n <= 3 THEN '-1 s' ELSE '1 s' END::interval FROM generate_series(1, 6) n`,
	} {
		if _, err := w.pool.Exec(t.Context(), sql, ada, w.at); err != nil {
			t.Fatal(err)
		}
	}
	n, err := w.Purge(t.Context())
	if err != nil || n != 1500+2000+3 {
		t.Errorf("%d purged, %v", n, err)
	}
	if n := w.count(`SELECT (SELECT count(*) FROM public.token) + (SELECT count(*) FROM public.one_time_password) + (SELECT count(*) FROM public.sign_in_link)`); n != 9 {
		t.Errorf("%d rows are left, want 9", n)
	}
}
