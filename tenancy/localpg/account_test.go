package localpg_test

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"

	"example.org/plio/tenancy/localpg"
)

// root tells whether the rules for root can be tried; those for others are
// tried by running the tests as one of them.
func root(t *testing.T) bool {
	if os.Getuid() != 0 {
		t.Log("only root can become another user")
	}
	return os.Getuid() == 0
}

func uidOf(t *testing.T, name string) int {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	return uid
}

func owner(t *testing.T, path string) string {
	t.Helper()
	for _, name := range []string{"root", "postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			if uid, _ := strconv.Atoi(u.Uid); uid == ownerID(t, path) {
				return name
			}
		}
	}
	return "?"
}

func TestRootsServerRunsAsTheFirstUserThatExists(t *testing.T) {
	t.Parallel()
	if !root(t) {
		return
	}
	server := start(t, localpg.Config{Dir: openDir(t), Users: []string{"no-such-user", "nobody"}})
	if got := owner(t, server.DataDir()); got != "nobody" {
		t.Errorf("it runs as %s", got)
	}
	if got := ask(t, server.URL(), "SELECT current_user::text"); got != "postgres" {
		t.Error(got)
	}
	wants(t, refused(t, localpg.Config{Dir: openDir(t), Users: []string{"no-such-user"}}),
		"does not run as root", "no user no-such-user", "useradd")
}

func TestDataRunsAsItsOwnerWhoeverStartsIt(t *testing.T) {
	t.Parallel()
	if !root(t) {
		return
	}
	dir := openDir(t)
	if err := os.Chown(dir, uidOf(t, "nobody"), -1); err != nil {
		t.Fatal(err)
	}
	said, holder := inProcess(t, uidOf(t, "nobody"), localpg.Config{Dir: dir})
	ask(t, said.URL, "CREATE TABLE kept AS SELECT 42 AS answer")
	kill(holder)
	server := start(t, localpg.Config{Dir: dir, Users: []string{"no-such-user"}})
	if got := ask(t, server.URL(), "SELECT answer FROM kept"); got != "42" || owner(t, server.DataDir()) != "nobody" {
		t.Errorf("%s as %s", got, owner(t, server.DataDir()))
	}
}

func TestAnotherUsersDataIsRefusedByName(t *testing.T) {
	t.Parallel()
	if !root(t) {
		return
	}
	dir := openDir(t)
	stop(t, start(t, localpg.Config{Dir: dir}))
	said, _ := tryInProcess(t, uidOf(t, "nobody"), localpg.Config{Dir: dir})
	wants(t, errorOf(said), dir+" belongs to user root", "run this as that user, or as root")
}

func TestAFolderThatTheUserCannotEnterIsNamed(t *testing.T) {
	t.Parallel()
	if !root(t) {
		return
	}
	closed := filepath.Join(openDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	wants(t, refused(t, localpg.Config{Dir: filepath.Join(closed, "a", "b")}), "cannot enter "+closed+":", "/var/lib", "chmod o+x "+closed)

	binaries := start(t, localpg.Config{}).Binaries()
	if err := os.Symlink(binaries.Dir, filepath.Join(closed, "bin")); err != nil {
		t.Fatal(err)
	}
	hidden := binaries
	hidden.Dir = filepath.Join(closed, "bin")
	wants(t, refused(t, localpg.Config{Dir: openDir(t), Binaries: hidden}), "cannot enter "+closed+",", "binaries", "chmod o+x "+closed)
}

func TestAUserWithoutAnEntryIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	if !root(t) {
		return
	}
	const uid = 54321
	dir := openDir(t)
	if err := os.Chown(dir, uid, uid); err != nil {
		t.Fatal(err)
	}
	said, _ := tryInProcess(t, uid, localpg.Config{Dir: dir})
	wants(t, errorOf(said), "user id 54321 has no entry in /etc/passwd", "run this as a user that has one")
}

func TestOtherSystemUsersAreKeptOutTwice(t *testing.T) {
	t.Parallel()
	if !root(t) {
		return
	}
	server := start(t, localpg.Config{Dir: openDir(t), Users: []string{"postgres"}})
	stranger := uidOf(t, "nobody")
	if out := askAs(t, stranger, server.URL()); out != "permission denied" {
		t.Errorf("by the folder: %s", out)
	}
	for path, mode := range map[string]os.FileMode{server.SocketDir(): 0o755, server.SocketDir() + "/.s.PGSQL.5432": 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if out := askAs(t, stranger, server.URL()); out != "refused by PostgreSQL" {
		t.Errorf("by PostgreSQL: %s", out)
	}
	if out := askAs(t, uidOf(t, "postgres"), server.URL()); out != "let in" {
		t.Errorf("its own user: %s", out)
	}
}
