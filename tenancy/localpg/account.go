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
	owner, exists := -1, false
	if info, err := os.Stat(data); err == nil {
		owner, exists = ownerOf(info), true
	}
	me := os.Getuid()
	switch {
	case me != 0 && exists && owner != me:
		return account{}, fmt.Errorf("%s belongs to %s: run this as that user, or as root", data, nameOf(owner))
	case me != 0:
		return accountOf(me)
	case owner > 0:
		a, err := accountOf(owner)
		a.drop = true
		return a, err
	}
	for _, name := range users {
		u, err := user.Lookup(name)
		if err != nil || u.Uid == "0" {
			continue
		}
		if exists {
			return account{}, fmt.Errorf("%s belongs to root, as whom PostgreSQL does not run: chown -R %s %[1]s", data, u.Username)
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
		return account{}, fmt.Errorf("user id %d has no entry in /etc/passwd, and PostgreSQL needs one: add it, or run this as a user that has one", uid)
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

func nameOf(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return "user " + u.Username
	}
	return fmt.Sprintf("user id %d", uid)
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

// write replaces a file of the account's.
func (a account) write(path, text string) error {
	if err := os.WriteFile(path+".tmp", []byte(text), 0o600); err != nil {
		return err
	}
	if err := a.own(path + ".tmp"); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// reach is an error where the account cannot get to dir.
func (a account) reach(dir string) error {
	closed, err := a.closedTo(dir)
	if closed == "" || err != nil {
		return err
	}
	return fmt.Errorf("PostgreSQL runs as user %s here (it refuses root), who cannot enter %s: keep the data in another folder, as under /var/lib, or chmod o+x %[2]s", a.name, closed)
}

// closedTo returns the topmost folder on the way to path, or to what it links
// to, that the account cannot enter; "" where there is none.
func (a account) closedTo(path string) (closed string, err error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil || !a.drop {
		return "", err
	}
	for _, start := range []string{path, target} {
		for dir, below := start, ""; dir != below; dir, below = filepath.Dir(dir), dir {
			info, err := os.Stat(dir)
			if err != nil {
				return "", err
			}
			if info.IsDir() && !a.mayEnter(info) {
				closed = dir
			}
		}
	}
	return closed, nil
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
