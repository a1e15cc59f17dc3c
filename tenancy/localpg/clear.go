package localpg

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// clear waits until no process of an earlier server is left, and removes what
// a crash left behind that would keep the next from starting. It returns the
// lock that says a server runs.
func (s *Server) clear(ctx context.Context) (*os.File, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.cfg.StopTimeout,
		fmt.Errorf("an earlier PostgreSQL still works on %s after %v", s.DataDir(), s.cfg.StopTimeout))
	defer cancel()
	asked := false
	for {
		lock, err := lockFile(filepath.Join(s.dir, serverLock), syscall.LOCK_EX)
		if err != nil {
			return nil, err
		}
		if lock != nil {
			if pid := workingIn(s.DataDir()); pid != 0 {
				lock.Close() //nolint:errcheck // only locked
				return nil, &InUseError{Dir: s.dir, PID: pid, Purpose: "a PostgreSQL that was started by hand"}
			}
			return lock, s.removeStale()
		}
		if !asked { // the kernel has, on Linux; elsewhere it is ours to do
			asked = stopOrphan(s.DataDir())
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stopOrphan asks the server of a killed process to shut down.
func stopOrphan(data string) bool {
	p, ok := readPIDFile(data)
	return ok && isServer(p.pid, data) && syscall.Kill(p.pid, syscall.SIGINT) == nil
}

// removeStale removes postmaster.pid, whose pid may be another process's by
// now, or a zombie's, and the folder of its socket if it was a short one.
func (s *Server) removeStale() error {
	p, ok := readPIDFile(s.DataDir())
	if ok && isShort(p.socket) {
		if info, err := os.Lstat(p.socket); err == nil && info.IsDir() && ownerOf(info) == s.account.uid {
			os.RemoveAll(p.socket) //nolint:errcheck // a folder that nobody uses
		}
	}
	if err := os.Remove(filepath.Join(s.DataDir(), "postmaster.pid")); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
