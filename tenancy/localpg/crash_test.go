package localpg_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/plio/tenancy/localpg"
)

func TestTheServerEndsWithAKilledProcessAndIsTakenUpAtOnce(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	said, owner := inProcess(t, 0, localpg.Config{Dir: dir, Durable: true})
	ask(t, said.URL, "CREATE TABLE kept AS SELECT 42 AS answer")
	kill(owner)
	// It may be shutting down just now: that is waited for.
	server := start(t, localpg.Config{Dir: dir, Durable: true})
	if got := ask(t, server.URL(), "SELECT answer FROM kept"); got != "42" {
		t.Errorf("the row is %s", got)
	}
	if alive(said.PID) || server.PID() == said.PID {
		t.Error("the first server is still there")
	}
}

func TestNobodyNeedsToStartAgainForAnOrphanToEnd(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Log("only Linux tells a child that its parent was killed")
		return
	}
	said, owner := inProcess(t, 0, localpg.Config{Dir: openDir(t)})
	kill(owner)
	eventually(t, "the orphan ends", func() bool { return !alive(said.PID) })
	if _, err := os.Stat(filepath.Join(said.Data, "postmaster.pid")); !os.IsNotExist(err) {
		t.Errorf("it was no clean end: %v", err)
	}
}

func TestAfterACrashOfEverythingNoRowIsLostAndStalePidsDoNotCount(t *testing.T) {
	t.Parallel()
	for name, pid := range map[string]int{"its own": 0, "one of a live process": os.Getpid(), "one of a zombie": zombie(t)} {
		t.Run("pid is "+name, func(t *testing.T) {
			t.Parallel()
			dir := openDir(t)
			said, owner := inProcess(t, 0, localpg.Config{Dir: dir, Durable: true})
			ask(t, said.URL, "CREATE TABLE kept AS SELECT 42 AS answer")
			syscall.Kill(said.PID, syscall.SIGSTOP) //nolint:errcheck // the next shows it
			kill(owner)
			syscall.Kill(said.PID, syscall.SIGKILL) //nolint:errcheck // the next shows it
			eventually(t, "all are gone", func() bool { return !alive(said.PID) })
			file := filepath.Join(said.Data, "postmaster.pid")
			if pid != 0 {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("no stale file, so nothing is shown: %v", err)
				}
				text = []byte(strings.Replace(string(text), fmt.Sprint(said.PID), fmt.Sprint(pid), 1))
				if err := os.WriteFile(file, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			began := time.Now()
			server := start(t, localpg.Config{Dir: dir, Durable: true})
			t.Logf("recovered in %v", time.Since(began))
			if got := ask(t, server.URL(), "SELECT answer FROM kept"); got != "42" {
				t.Errorf("the row is %s", got)
			}
		})
	}
}

// zombie returns the pid of a process that has ended and was not waited for.
func zombie(t *testing.T) int {
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Wait() }) //nolint:errcheck // it has ended
	return cmd.Process.Pid
}

func TestADeadServerIsToldOf(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	server := start(t, localpg.Config{Dir: dir})
	if err := server.Err(); err != nil {
		t.Errorf("it runs, and Err is %v", err)
	}
	if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-server.Done():
		wants(t, server.Err(), "PostgreSQL ended", "killed")
	case <-time.After(10 * time.Second):
		t.Error("nobody told")
	}
	stop(t, server)
	if got := ask(t, start(t, localpg.Config{Dir: dir}).URL(), "SELECT 'again'"); got != "again" {
		t.Error(got)
	}
}

func TestASecondStartSaysWhoHasIt(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	_, owner := inProcess(t, 0, localpg.Config{Dir: dir, Purpose: "the first"})
	err := refused(t, localpg.Config{Dir: dir})
	inUse, ok := errors.AsType[*localpg.InUseError](err)
	if !ok || inUse.PID != owner.Process.Pid || inUse.Purpose != "the first" {
		t.Errorf("%v", err)
	}
	wants(t, err, dir, "in use by the first", fmt.Sprint(owner.Process.Pid))
}

// byHand starts postgres on the data of a stopped server as root's or this
// user's own doing, with a lock where it is to look like an orphan.
func byHand(t *testing.T, server *localpg.Server, lock *os.File) *exec.Cmd {
	t.Helper()
	info, err := os.Stat(server.DataDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(server.Binaries().Path("postgres"), "-D", server.DataDir(), "-k", filepath.Dir(server.DataDir())+"/run")
	cmd.Dir = server.DataDir()
	if owner := info.Sys().(*syscall.Stat_t); os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if lock != nil {
		cmd.ExtraFiles = []*os.File{lock}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	eventually(t, "the server by hand is ready", func() bool {
		text, _ := os.ReadFile(filepath.Join(server.DataDir(), "postmaster.pid"))
		return strings.Contains(string(text), "\nready")
	})
	return cmd
}

func TestAnOrphanThatWasNotToldIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	server := start(t, localpg.Config{Dir: dir})
	stop(t, server)
	lock, err := os.OpenFile(filepath.Join(dir, "server.lock"), os.O_RDWR, 0)
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	orphan := byHand(t, server, lock)
	lock.Close() //nolint:errcheck // the orphan has it
	server = start(t, localpg.Config{Dir: dir})
	if err := orphan.Wait(); err != nil {
		t.Errorf("the orphan did not end cleanly: %v", err)
	}
	if got := ask(t, server.URL(), "SELECT 'here'"); got != "here" {
		t.Error(got)
	}
}

func TestAServerThatWasStartedByHandIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	server := start(t, localpg.Config{Dir: dir})
	stop(t, server)
	other := byHand(t, server, nil)
	wants(t, refused(t, localpg.Config{Dir: dir}), "started by hand", dir)
	if !alive(other.Process.Pid) {
		t.Error("it was stopped")
	}
	if _, err := os.Stat(filepath.Join(server.DataDir(), "postmaster.pid")); err != nil {
		t.Errorf("its file was removed: %v", err)
	}
}

func TestATemporaryClusterOfAKilledProcessIsSweptUp(t *testing.T) {
	t.Parallel()
	said, owner := inProcess(t, 0, localpg.Config{})
	running, _ := inProcess(t, 0, localpg.Config{})
	kill(owner)
	eventually(t, "the orphan ends", func() bool { return !alive(said.PID) })
	long := time.Now().Add(-time.Hour)
	for _, left := range []string{said.Data, running.Data} {
		if err := os.Chtimes(filepath.Dir(left), long, long); err != nil {
			t.Fatal(err)
		}
	}
	start(t, localpg.Config{})
	if _, err := os.Stat(filepath.Dir(said.Data)); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
	if got := ask(t, running.URL, "SELECT 'here'"); got != "here" {
		t.Errorf("one in use was swept up too: %s", got)
	}
}
