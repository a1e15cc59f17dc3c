package localpg

import (
	"errors"
	"os"
	"syscall"
)

// lockFile opens path and locks it against all others, who may be in another
// container. The lock ends with the last process that has the file open. It
// returns nil where the lock is taken.
func lockFile(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if err == syscall.EINTR {
			continue
		}
		f.Close() //nolint:errcheck // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
}
