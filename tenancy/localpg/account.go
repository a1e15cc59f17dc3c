package localpg

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is the system user that a server runs as.
type account struct {
	name     string
	uid, gid int
	drop     bool // it is another than this process's
}

// accountFor returns this process's user or, for root, who owns the data that
// is there already, else the first of users that exists.
func accountFor(data string, users []string) (account, error) {
	if os.Getuid() != 0 {
		return accountOf(os.Getuid())
	}
	if info, err := os.Stat(data); err == nil {
		if owner := ownerOf(info); owner != 0 {
			a, err := accountOf(owner)
			a.drop = true
			return a, err
		}
	}
	for _, name := range users {
		u, err := user.Lookup(name)
		if err != nil || u.Uid == "0" {
			continue
		}
		a, err := accountFrom(u)
		a.drop = true
		return a, err
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root, and there is no user %s to run it as; make one: useradd --system %s",
		strings.Join(users, " or "), users[0])
}

func accountOf(uid int) (account, error) {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return account{}, fmt.Errorf("user id %d has no entry in /etc/passwd, which PostgreSQL needs: add one, or run as a user that has one", uid)
	}
	return accountFrom(u)
}

func accountFrom(u *user.User) (a account, err error) {
	a.name = u.Username
	if a.uid, err = strconv.Atoi(u.Uid); err == nil {
		a.gid, err = strconv.Atoi(u.Gid)
	}
	return a, err
}

// attr has the kernel start a program as the account, in a process group of
// its own: Ctrl-C is for the parent, who stops the server when it is time.
func (a account) attr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// own gives path to the account.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// mkdir makes a folder that only the account can enter.
func (a account) mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	return a.own(path)
}

// reach tells which folder on the way to path the account cannot enter.
func (a account) reach(path string) error {
	if !a.drop {
		return nil
	}
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if info.IsDir() && !a.mayEnter(info) {
			return fmt.Errorf("PostgreSQL runs as user %s here (it refuses root), who cannot enter %s (mode %04o): choose a folder under /var/lib, or chmod o+x %s",
				a.name, dir, info.Mode().Perm(), dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (a account) mayEnter(info os.FileInfo) bool {
	mode := info.Mode().Perm()
	switch {
	case ownerOf(info) == a.uid:
		return mode&0o100 != 0
	case groupOf(info) == a.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

func ownerOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }
func groupOf(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Gid) }
