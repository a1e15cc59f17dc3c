package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Files in the cluster's folder. The first is locked by the process that
// started the server, the second by the server's own processes, who inherit
// it: so it is free when the last of them is gone, whoever was killed, in
// whichever container, and says so on every system. The third is shared by
// those who are attached.
const (
	ownerLock  = "owner.lock"
	serverLock = "server.lock"
	usersLock  = "users.lock"
)

// lockFile opens path and locks it, alone (LOCK_EX) or with others (LOCK_SH),
// until the last process that has it open has closed it. It returns nil where
// it is taken.
func lockFile(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		if info, gone := os.Stat(filepath.Dir(path)); gone == nil {
			return nil, fmt.Errorf("%s belongs to %s: run this as that user, or as root", filepath.Dir(path), nameOf(ownerOf(info)))
		}
	}
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case errors.Is(err, syscall.EINTR):
			continue
		}
		f.Close() //nolint:errcheck // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
}

// takeOwnership makes this process the one that may start the server.
func takeOwnership(dir, purpose string) (*os.File, error) {
	f, err := lockFile(filepath.Join(dir, ownerLock), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, readOwner(dir)
	}
	if purpose == "" {
		purpose = filepath.Base(os.Args[0])
	}
	if err = f.Truncate(0); err == nil {
		_, err = fmt.Fprintf(f, "%d\n%s\n", os.Getpid(), purpose)
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
