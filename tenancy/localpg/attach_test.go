package localpg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.org/plio/tenancy/localpg"
)

func TestAnotherProcessesServerCanBeUsed(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	if _, err := localpg.Attach(dir); !errors.Is(err, localpg.ErrNotRunning) {
		t.Errorf("before it is there: %v", err)
	}
	said, holder := inProcess(t, 0, localpg.Config{Dir: dir})
	server, err := localpg.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	if server.PID() != said.PID || server.URL() != said.URL || server.Binaries().Major == 0 {
		t.Errorf("%v %v, want %v", server.PID(), server.URL(), said)
	}
	stop(t, server)
	if got := ask(t, said.URL, "SELECT 'here'"); got != "here" {
		t.Errorf("who is attached must not stop it: %s", got)
	}
	if server, err = localpg.Attach(dir); err != nil {
		t.Fatal(err)
	}
	kill(holder)
	select {
	case <-server.Done():
	case <-time.After(10 * time.Second):
		t.Error("its end was not told")
	}
	stop(t, server)
	if _, err := localpg.Attach(dir); !errors.Is(err, localpg.ErrNotRunning) {
		t.Errorf("when it is gone: %v", err)
	}
}

func TestAnOwnerCanWaitForThoseWhoAreAttached(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	owner := start(t, localpg.Config{Dir: dir})
	attached, err := localpg.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := owner.WaitUnused(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it did not wait: %v", err)
	}
	stop(t, attached)
	if err := owner.WaitUnused(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := localpg.Attach(dir); !errors.Is(err, localpg.ErrNotRunning) {
		t.Errorf("attached to one that is about to stop: %v", err)
	}
}
