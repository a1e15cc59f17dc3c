package localpg

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// makeDir makes the folder of a cluster and those above it, or a temporary one
// where none is named. Where this process is root, who runs the server must
// get through it; only data/ and run/ in it are closed.
func makeDir(dir string) (string, error) {
	if dir == "" {
		return temporaryDir()
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, mkdirAll(dir, dirMode())
}

func dirMode() os.FileMode {
	if os.Getuid() == 0 {
		return 0o711
	}
	return 0o700
}

// mkdirAll gives what it makes that mode, whatever the umask.
func mkdirAll(dir string, mode os.FileMode) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := mkdirAll(filepath.Dir(dir), mode); err != nil {
		return err
	}
	if err := os.Mkdir(dir, mode); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil // somebody else has just made it
		}
		return err
	}
	return os.Chmod(dir, mode)
}

// temporaryPrefix begins the names of temporary clusters.
const temporaryPrefix = "localpg-"

// temporaryDir makes a folder for a cluster of this process, in memory where
// there is a gigabyte of it.
func temporaryDir() (string, error) {
	root := os.TempDir()
	var shm syscall.Statfs_t
	if runtime.GOOS == "linux" && syscall.Statfs("/dev/shm", &shm) == nil && uint64(shm.Bavail)*uint64(shm.Bsize) > 1<<30 {
		root = "/dev/shm"
	}
	sweep(root)
	dir, err := os.MkdirTemp(root, temporaryPrefix+"*")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, dirMode())
}

// sweep removes the clusters that killed processes of this user left in root.
func sweep(root string) {
	dirs, _ := filepath.Glob(filepath.Join(root, temporaryPrefix+"*")) // fails for a bad pattern only
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || ownerOf(info) != os.Getuid() || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		owner, err := lockFile(filepath.Join(dir, ownerLock), syscall.LOCK_EX)
		if owner == nil || err != nil {
			continue
		}
		if server, err := lockFile(filepath.Join(dir, serverLock), syscall.LOCK_EX); server != nil && err == nil {
			os.RemoveAll(dir) //nolint:errcheck // the next one tries again
			server.Close()    //nolint:errcheck // only locked
		}
		owner.Close() //nolint:errcheck // only locked
	}
}

// maxSocketPath is what the kernels take, without the end mark.
const maxSocketPath = 103

// makeSocketDir makes the folder of the socket, which only the account can
// enter: run/ in the cluster's, or a short one where that is too long.
func (s *Server) makeSocketDir() error {
	s.socket = filepath.Join(s.dir, "run")
	if len(s.socket)+len("/.s.PGSQL."+port) <= maxSocketPath && !strings.ContainsAny(s.socket, `",`) {
		if err := os.RemoveAll(s.socket); err != nil {
			return err
		}
		return s.account.mkdir(s.socket)
	}
	dir, err := os.MkdirTemp(shortRoot, shortPrefix+"*")
	if err != nil {
		return err
	}
	s.socket = dir
	return s.account.own(dir)
}

const shortRoot, shortPrefix = "/tmp", "pg-"

// isShort tells whether a socket's folder is one that makeSocketDir made
// outside of the cluster's.
func isShort(socket string) bool {
	return filepath.Dir(socket) == shortRoot && strings.HasPrefix(filepath.Base(socket), shortPrefix)
}
