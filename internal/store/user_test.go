package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/plio/internal/plitest"
	"example.org/plio/internal/store"
)

// pool returns a pool of many connections on a world of its own.
func pool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	config := plitest.New(t).DB.Shared().Config()
	config.MaxConns = 10
	p, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// count returns how many users and keys of users there are.
func count(t *testing.T, p *pgxpool.Pool) (users, keys int) {
	t.Helper()
	err := p.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM public."user"), (SELECT count(*) FROM public.user_key)`).Scan(&users, &keys)
	if err != nil {
		t.Fatal(err)
	}
	return users, keys
}

func by(t *testing.T, text string, parse func(string) (store.Identity, error)) store.Identity {
	t.Helper()
	id, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAnAddressIsOneUsersInWhateverCase(t *testing.T) {
	t.Parallel()
	p := pool(t)
	s := store.BindShared(p)
	ada, created, err := s.FindOrCreateUser(t.Context(), by(t, " Ada.L@Example.org", store.ByEmail), "Ada", "Lovelace")
	if err != nil || !created || *ada.Email != "Ada.L@Example.org" || ada.Mobile != nil || ada.Status != "approved" || ada.FirstName != "Ada" {
		t.Fatalf("%+v, %t, %v", ada, created, err)
	}
	same, created, err := s.FindOrCreateUser(t.Context(), by(t, "ADA.L@EXAMPLE.ORG", store.ByEmail), "Eve", "")
	if err != nil || created || same.ID != ada.ID || same.FirstName != "Ada" {
		t.Errorf("%+v, %t, %v", same, created, err)
	}
	if _, err := s.CreateUser(t.Context(), store.NewAccount{
		Identities: []store.Identity{by(t, "9812345678", store.ByMobile), by(t, "ada.l@example.org", store.ByEmail)}, Status: "approved",
	}); !errors.Is(err, store.ErrTaken) {
		t.Errorf("her address again: %v", err)
	}
	if _, err := s.UserBy(t.Context(), by(t, "9812345678", store.ByMobile)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the number of a user who was not made: %v", err)
	}
	bea, err := s.CreateUser(t.Context(), store.NewAccount{
		Identities: []store.Identity{by(t, "9812345678", store.ByMobile), by(t, "bea@example.org", store.ByEmail)}, FirstName: "Bea", Status: "waitlist", Superuser: true,
	})
	if err != nil || *bea.Mobile != "+919812345678" || *bea.Email != "bea@example.org" || !bea.IsSuperuser || !bea.IsStaff || bea.Status != "waitlist" {
		t.Errorf("%+v, %v", bea, err)
	}
	if same, err := s.UserBy(t.Context(), by(t, "+91 98123 45678", store.ByMobile)); err != nil || same.ID != bea.ID {
		t.Errorf("%d, %v", same.ID, err)
	}
	if _, err := s.CreateUser(t.Context(), store.NewAccount{Status: "approved"}); err != nil {
		t.Errorf("a user known by nothing: %v", err)
	}
}

func TestAnAddressOfADeletedUserIsFree(t *testing.T) {
	t.Parallel()
	p := pool(t)
	s := store.BindShared(p)
	email, mobile := by(t, "ada@example.org", store.ByEmail), by(t, "9812345678", store.ByMobile)
	ada, err := s.CreateUser(t.Context(), store.NewAccount{Identities: []store.Identity{email, mobile}, Status: "approved"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Exec(t.Context(), `UPDATE public."user" SET deleted = now() WHERE id = $1`, ada.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UserBy(t.Context(), email); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("who is deleted is found: %v", err)
	}
	again, err := s.CreateUser(t.Context(), store.NewAccount{Identities: []store.Identity{email}, Status: "approved"})
	if err != nil || again.ID == ada.ID {
		t.Errorf("%d after %d: %v", again.ID, ada.ID, err)
	}
	ids, created, err := s.EnsureUsersByMobile(t.Context(), []string{mobile.Value()})
	if err != nil || created != 1 || ids[mobile.Value()] == ada.ID || ids[mobile.Value()] == 0 {
		t.Errorf("%v, %d created, %v", ids, created, err)
	}
}

func TestFiftyAtOnceFindOrCreateOneUser(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"on a pool", "in transactions"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			p := pool(t)
			users, keys := count(t, p)
			id := by(t, "ada@example.org", store.ByEmail)
			var mu sync.Mutex
			found, made := map[int64]int{}, 0
			one := func(s store.Shared) error {
				u, created, err := s.FindOrCreateUser(context.Background(), id, "Ada", "")
				mu.Lock()
				defer mu.Unlock()
				found[u.ID]++
				if created {
					made++
				}
				return err
			}
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					var err error
					if where == "on a pool" {
						err = one(store.BindShared(p))
					} else {
						err = pgx.BeginFunc(context.Background(), p, func(tx pgx.Tx) error { return one(store.BindShared(tx)) })
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if u, k := count(t, p); u != users+1 || k != keys+1 || made != 1 || len(found) != 1 {
				t.Errorf("%d users and %d keys more, %d say that they made one, they got %v", u-users, k-keys, made, found)
			}
		})
	}
}

func TestThousandsOfLearnersAreMadeOnce(t *testing.T) {
	t.Parallel()
	p := pool(t)
	users, keys := count(t, p)
	mobiles := make([]string, 5000)
	for i := range mobiles {
		mobiles[i] = fmt.Sprintf("+9198%08d", (i*7919)%5000) // in no order
	}
	mobiles = append(mobiles, mobiles[:100]...) // some twice
	ada, _, err := store.BindShared(p).FindOrCreateUser(t.Context(), by(t, mobiles[3], store.ByMobile), "Ada", "")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	made := make([]int, 4)
	for i := range made {
		all.Go(func() {
			err := pgx.BeginFunc(context.Background(), p, func(tx pgx.Tx) error {
				ids, created, err := store.BindShared(tx).EnsureUsersByMobile(context.Background(), mobiles)
				made[i] = created
				if err == nil && (len(ids) != 5000 || ids[mobiles[3]] != ada.ID) {
					err = fmt.Errorf("%d users; %s is %d, want %d", len(ids), mobiles[3], ids[mobiles[3]], ada.ID)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if u, k := count(t, p); u != users+5000 || k != keys+5000 || made[0]+made[1]+made[2]+made[3] != 4999 {
		t.Errorf("%d users and %d keys more, %v made", u-users, k-keys, made)
	}
	if _, created, err := store.BindShared(p).EnsureUsersByMobile(t.Context(), mobiles); created != 0 || err != nil {
		t.Errorf("again: %d created, %v", created, err)
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "ada", "ada@", "@example.org", "ada@example", "ada example.org", "Ada <ada@example.org>", "ada@example.org, bea@example.org",
		"ada@example..org", "ada@example.org.", "ada\x00@example.org", "ada@exam\nple.org", "ada@.example.org",
	} {
		if _, err := store.ByEmail(text); !errors.Is(err, store.ErrEmail) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
