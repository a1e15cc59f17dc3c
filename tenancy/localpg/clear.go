package localpg

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Files in the cluster's folder. The first is locked by the process that
// started the server, the second by the server's own processes, who inherit
// it: so it is free when the last of them is gone, whoever was killed, in
// whichever container, and says so on every system.
const (
	ownerLock  = "owner.lock"
	serverLock = "server.lock"
)

// takeOwnership makes this process the one that may start the server.
func takeOwnership(dir, purpose string) (*os.File, error) {
	path := filepath.Join(dir, ownerLock)
	f, err := lockFile(path, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, readOwner(dir)
	}
	if purpose == "" {
		purpose = filepath.Base(os.Args[0])
	}
	text := fmt.Appendf(nil, "%d\n%s\n", os.Getpid(), purpose)
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt(text, 0)
	}
	if err != nil {
		f.Close() //nolint:errcheck // the error before counts
		return nil, err
	}
	return f, nil
}

func readOwner(dir string) *InUseError {
	e := &InUseError{Dir: dir}
	if text, err := os.ReadFile(filepath.Join(dir, ownerLock)); err == nil {
		pid, purpose, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
		e.PID, _ = strconv.Atoi(pid) // 0 is unknown
		e.Purpose = purpose
	}
	return e
}

// clear waits until no process of an earlier server is left, and removes what
// a crash left behind that would keep the next from starting. It returns the
// lock that says a server runs.
func (s *Server) clear(ctx context.Context) (*os.File, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.cfg.StopTimeout,
		fmt.Errorf("an earlier server is still at work on %s after %v", s.data(), s.cfg.StopTimeout))
	defer cancel()
	asked := false
	for {
		lock, err := lockFile(filepath.Join(s.dir, serverLock), syscall.LOCK_EX)
		if err != nil {
			return nil, err
		}
		holder := 0
		if lock != nil {
			if holder = workingIn(s.data()); holder == 0 {
				return lock, s.removeStale()
			}
			lock.Close() //nolint:errcheck // only locked
		}
		if !asked {
			// Where the kernel does not stop it with its parent, we do.
			asked = s.stopOrphan()
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stopOrphan asks the server of a killed process to shut down.
func (s *Server) stopOrphan() bool {
	p, ok := readPIDFile(s.data())
	if !ok || !isServer(p.pid, s.data()) {
		return false
	}
	return syscall.Kill(p.pid, syscall.SIGINT) == nil
}

// removeStale removes postmaster.pid, whose pid may be another process's by
// now, or a zombie's, and the socket's folder if it was a short one.
func (s *Server) removeStale() error {
	p, ok := readPIDFile(s.data())
	if ok && strings.HasPrefix(p.socket, "/tmp/pg-") && filepath.Dir(p.socket) == "/tmp" {
		if info, err := os.Lstat(p.socket); err == nil && info.IsDir() && ownerOf(info) == s.account.uid {
			os.RemoveAll(p.socket) //nolint:errcheck // a folder that nobody uses
		}
	}
	if err := os.Remove(filepath.Join(s.data(), "postmaster.pid")); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
