package tenancy_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.org/plio/tenancy"
)

func TestWhoWaitsForAConnectionGivesUpWithItsContextAndLosesNothing(t *testing.T) {
	t.Parallel()
	db, red, blue := one(t)
	hold, held := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error { close(held); <-hold; return note(t.Context(), tx, "x") })
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := db.Single(blue).Exec(ctx, "SELECT 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want DeadlineExceeded", err)
	}
	close(hold)
	wg.Wait()
	if _, err := db.Single(blue).Exec(t.Context(), "SELECT 1"); err != nil {
		t.Error(err)
	}
	if s := db.Stats(); s.InUse != 0 || s.Waiting != 0 || s.Canceled != 1 {
		t.Errorf("%+v", s)
	}
}

func TestManyCallersAllComeToTheirTurn(t *testing.T) {
	t.Parallel()
	for _, conns := range []int{1, 3} {
		db := template.Open(t, func(c *tenancy.Config) { c.MaxConns, c.SharedConns = conns+1, 1 })
		tenants := []tenancy.Tenant{newTenant(t, db, "a"), newTenant(t, db, "b"), newTenant(t, db, "c"), newTenant(t, db, "d")}
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				for k := range 25 {
					ctx, cancel := context.WithCancel(t.Context())
					if k%5 == 4 {
						time.AfterFunc(time.Millisecond, cancel)
					}
					_, err := db.Single(tenants[(i+k)%4]).Exec(ctx, "INSERT INTO note (text) VALUES ($1)", "x")
					if cancel(); err != nil && k%5 != 4 {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for range 200 { // connections whose statement was cancelled are closed behind
			if db.Stats().InUse == 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if s := db.Stats(); s.InUse != 0 || s.Waiting != 0 || s.Open > conns {
			t.Errorf("%d connections: %+v", conns, s)
		}
	}
}

func TestATenantComesBackToItsConnections(t *testing.T) {
	t.Parallel()
	db := template.Open(t, func(c *tenancy.Config) { c.MaxConns, c.SharedConns = 9, 1 })
	tenants := []tenancy.Tenant{newTenant(t, db, "a"), newTenant(t, db, "b"), newTenant(t, db, "c")}
	for i := range 60 {
		if _, err := db.Single(tenants[i%3]).Exec(t.Context(), "SELECT 1"); err != nil {
			t.Fatal(err)
		}
	}
	if s := db.Stats(); s.Home != s.Acquired || s.Open > 2 {
		t.Errorf("one caller: %+v", s)
	}
	// One tenant that keeps many waiting is served by more than its two.
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := db.Single(tenants[0]).Exec(t.Context(), "SELECT pg_sleep(0.2)"); err != nil {
				t.Error(err)
			}
		})
	}
	began := time.Now()
	wg.Wait()
	if took := time.Since(began); took > 700*time.Millisecond || db.Stats().Open <= 2 {
		t.Errorf("eight callers of one tenant took %v on %d connections", took, db.Stats().Open)
	}
}

func TestAConnectionThatDiedIsReplaced(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	for range 2 {
		if _, err := db.Single(red).Exec(t.Context(), "INSERT INTO note (text) VALUES ('x')"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Shared().Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond) // it is asked whether it lives when it was quiet for a second
	}
	wantNotes(t, db, red, 2)
}

func TestCloseWaitsForWhatRunsRefusesWhatWaitsAndLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	cfg := template.ConfigFor(t)
	cfg.MaxConns, cfg.SharedConns = 2, 1
	db, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	red := newTenant(t, db, "red")
	held := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error {
			close(held)
			time.Sleep(50 * time.Millisecond)
			return note(t.Context(), tx, "x")
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	wg.Go(func() {
		if _, err := db.Single(red).Exec(t.Context(), "SELECT 1"); err == nil {
			t.Error("who waited when the DB was closed was served")
		}
	})
	for db.Stats().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	db.Close()
	wg.Wait()
	if _, err := db.Single(red).Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a closed DB serves")
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM "+red.Schema()+".note"); n != 1 {
		t.Errorf("%d notes, want 1", n)
	}
	goleak.VerifyNone(t, before)
}
