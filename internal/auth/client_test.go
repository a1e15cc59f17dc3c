package auth_test

import (
	"context"
	"testing"

	"example.org/plio/internal/auth"
)

func TestTheClientIsTheOneGivenOrTheOneKeptOrANewOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids, secrets := make([]string, 20), make([]string, 20)
	atOnce(20, func(i int) {
		var err error
		if ids[i], secrets[i], err = auth.EnsureClient(context.Background(), w.shared, "", ""); err != nil {
			t.Error(err)
		}
	})
	for i := range ids {
		if ids[i] != ids[0] || secrets[i] != secrets[0] || ids[i] == "" || !lettersAndDigits.MatchString(secrets[i]) {
			t.Fatalf("first starts have made %q %q and %q %q", ids[0], secrets[0], ids[i], secrets[i])
		}
	}
	for range 2 {
		if id, secret, err := auth.EnsureClient(t.Context(), w.shared, "app", "s3cret"); id != "app" || secret != "s3cret" || err != nil {
			t.Errorf("given: %q %q, %v", id, secret, err)
		}
	}
	if n := w.count(`SELECT count(*) FROM public.oauth_client WHERE id = 'app' AND client_secret = 's3cret'`); n != 1 {
		t.Error("the one given is not kept")
	}
	if id, _, err := auth.EnsureClient(t.Context(), w.shared, "", ""); id != ids[0] || err != nil {
		t.Errorf("kept: %q, %v", id, err)
	}
	for _, half := range [][2]string{{"app", ""}, {"", "s3cret"}} {
		if _, _, err := auth.EnsureClient(t.Context(), w.shared, half[0], half[1]); err == nil {
			t.Errorf("half a client %q is taken", half)
		}
	}
}
