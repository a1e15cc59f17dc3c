package localpg

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// temporaryPrefix begins the names of temporary clusters.
const temporaryPrefix = "localpg-"

// temporaryDir makes a folder for a cluster of this process, in memory where
// there is a gigabyte of it.
func temporaryDir() (string, error) {
	root := os.TempDir()
	var shm syscall.Statfs_t
	if runtime.GOOS == "linux" && syscall.Statfs("/dev/shm", &shm) == nil && shm.Bavail*uint64(shm.Bsize) > 1<<30 {
		root = "/dev/shm"
	}
	sweep(root)
	dir, err := os.MkdirTemp(root, temporaryPrefix+"*")
	if err == nil && os.Getuid() == 0 {
		err = os.Chmod(dir, 0o711)
	}
	return dir, err
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

// maxSocketPath is what the kernel takes, with its end mark.
const maxSocketPath = 103

// makeSocketDir makes the folder of the socket, which only the account can
// enter: run/ in the cluster's, or a short one where that is too long.
func (s *Server) makeSocketDir() error {
	s.socket = filepath.Join(s.dir, "run")
	if len(s.socket)+len("/.s.PGSQL."+port) > maxSocketPath || strings.ContainsAny(s.socket, `",`) {
		dir, err := os.MkdirTemp("/tmp", "pg-*")
		if err != nil {
			return err
		}
		s.socket = dir
		return s.account.own(dir)
	}
	if err := os.RemoveAll(s.socket); err != nil {
		return fmt.Errorf("the socket of a server that is gone: %w", err)
	}
	return s.account.mkdir(s.socket)
}
