package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrNotRunning is returned by Attach for a cluster that no process runs, or
// that is just being started or stopped.
var ErrNotRunning = errors.New("localpg: no server to attach to")

// Attach returns the server that another process runs in the folder dir. Stop
// leaves it running.
func Attach(dir string) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	users, err := lockFile(filepath.Join(dir, usersLock), syscall.LOCK_SH)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && users == nil:
		return nil, ErrNotRunning
	case err != nil:
		return nil, fmt.Errorf("localpg: %w", err)
	}
	s := &Server{dir: dir, users: users, done: make(chan struct{})}
	p, ok := readPIDFile(s.DataDir())
	if !ok || !p.ready || !isServer(p.pid, s.DataDir()) || s.ended() {
		s.release() //nolint:errcheck // it has nothing but the lock
		return nil, ErrNotRunning
	}
	s.pid, s.socket = p.pid, p.socket
	if s.bin, err = runningBinaries(s.DataDir()); err != nil {
		s.release() //nolint:errcheck // it has nothing but the lock
		return nil, err
	}
	watching, stop := context.WithCancel(context.Background())
	s.unwatch = stop
	go s.watch(watching)
	return s, nil
}

// watch closes done when the server is gone. It ends with Stop.
func (s *Server) watch(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for !s.ended() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
	close(s.done)
}

// ended tells whether no process of the server is left.
func (s *Server) ended() bool {
	lock, err := lockFile(filepath.Join(s.dir, serverLock), syscall.LOCK_SH)
	if lock != nil {
		lock.Close() //nolint:errcheck // only locked
	}
	return err != nil || lock != nil
}

// runningBinaries are those that postmaster.opts names: the command line.
func runningBinaries(data string) (Binaries, error) {
	line, err := os.ReadFile(filepath.Join(data, "postmaster.opts"))
	if err != nil {
		return Binaries{}, fmt.Errorf("localpg: %w", err)
	}
	program, _, _ := strings.Cut(string(line), ` "`)
	return inspect(filepath.Dir(strings.TrimSpace(program)))
}

// WaitUnused waits until no other process is attached to a server of ours,
// and keeps all from attaching from then on: what a process does before Stop
// whose server others may have found useful.
func (s *Server) WaitUnused(ctx context.Context) error {
	for s.users == nil {
		users, err := lockFile(filepath.Join(s.dir, usersLock), syscall.LOCK_EX)
		if err != nil || users != nil {
			s.users = users
			return err
		}
		select {
		case <-s.done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}
