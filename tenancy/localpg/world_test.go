package localpg_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy/localpg"
)

// holder is the environment variable that makes this test binary a program
// that starts a server, says where it is, and stops it when its input ends.
const holder = "LOCALPG_TEST_HOLD"

func TestMain(m *testing.M) {
	if text := os.Getenv(holder); text != "" {
		hold(text)
		return
	}
	if url := os.Getenv(asker); url != "" {
		fmt.Print(try(url))
		return
	}
	os.Exit(m.Run())
}

// asker makes it one that connects to this URL and says how that went.
const asker = "LOCALPG_TEST_ASK"

func try(url string) string {
	conn, err := pgx.Connect(context.Background(), url)
	if err == nil {
		conn.Close(context.Background()) //nolint:errcheck // that it connected counts
		return "let in"
	}
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		return "refused by PostgreSQL"
	}
	if errors.Is(err, fs.ErrPermission) {
		return "permission denied"
	}
	return err.Error()
}

// askAs tells how connecting goes for another system user.
func askAs(t *testing.T, uid int, url string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(reachable(t, self))
	cmd.Dir, cmd.Env = "/", []string{asker + "=" + url}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// held is what a holder says.
type held struct {
	URL, Data string
	PID       int
	Error     string
}

func hold(text string) {
	var cfg localpg.Config
	var said held
	err := json.Unmarshal([]byte(text), &cfg)
	if err != nil {
		panic(err)
	}
	server, err := localpg.Start(context.Background(), cfg)
	if err != nil {
		said.Error = err.Error()
	} else {
		said = held{URL: server.URL(), Data: server.DataDir(), PID: server.PID()}
	}
	json.NewEncoder(os.Stdout).Encode(said) //nolint:errcheck // the test sees it
	io.Copy(io.Discard, os.Stdin)           //nolint:errcheck // until its end
	if server != nil {
		server.Stop(context.Background()) //nolint:errcheck // the test sees it
	}
}

// inProcess starts a server from a process of its own, as the user uid where
// that is not 0. The process is killed when the test ends.
func inProcess(t *testing.T, uid int, cfg localpg.Config) (held, *exec.Cmd) {
	t.Helper()
	said, cmd := tryInProcess(t, uid, cfg)
	if said.Error != "" {
		t.Fatal(said.Error)
	}
	return said, cmd
}

// tryInProcess is inProcess that may be refused.
func tryInProcess(t *testing.T, uid int, cfg localpg.Config) (held, *exec.Cmd) {
	t.Helper()
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), holder+"="+string(text))
	if uid != 0 {
		cmd = exec.Command(reachable(t, self))
		cmd.Dir, cmd.Env = "/", []string{holder + "=" + string(text), "PATH=" + os.Getenv("PATH")}
		if bin := os.Getenv(localpg.EnvBin); bin != "" {
			cmd.Env = append(cmd.Env, localpg.EnvBin+"="+bin)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	out, _ := cmd.StdoutPipe() //nolint:errcheck // Start shows it
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var said held
	if err == nil {
		err = json.Unmarshal(line, &said)
	}
	if err != nil {
		t.Fatalf("the holder said %q: %v", line, err)
	}
	return said, cmd
}

func errorOf(said held) error {
	if said.Error == "" {
		return nil
	}
	return errors.New(said.Error)
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill() //nolint:errcheck // gone is what is wanted
	cmd.Wait()         //nolint:errcheck // gone is what is wanted
}

// reachable copies a program to where any user can run it.
func reachable(t *testing.T, program string) string {
	t.Helper()
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(openDir(t), "program")
	writeProgram(t, path, text)
	return path
}

// writeProgram writes a file to run. A process that is started meanwhile would
// have it open for writing for a moment, and the kernel not run it.
func writeProgram(t *testing.T, path string, text []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
}

// openDir returns a folder that any user can get through, with a short name,
// in memory where there is some.
func openDir(t *testing.T) string {
	t.Helper()
	root := "/tmp"
	if _, err := os.Stat("/dev/shm"); err == nil {
		root = "/dev/shm"
	}
	dir, err := os.MkdirTemp(root, "lpt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // what is left shows nothing
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts a server that ends with the test.
func start(t *testing.T, cfg localpg.Config) *localpg.Server {
	t.Helper()
	server, err := localpg.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *localpg.Server) {
	t.Helper()
	if err := server.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// refused returns the error of a start that must fail.
func refused(t *testing.T, cfg localpg.Config) error {
	t.Helper()
	server, err := localpg.Start(t.Context(), cfg)
	if err == nil {
		stop(t, server)
		t.Fatal("it started")
	}
	return err
}

// ask returns the one value that a query answers with, or its error.
func ask(t *testing.T, url, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err.Error()
	}
	defer conn.Close(t.Context()) //nolint:errcheck // done
	var answer any
	rows, err := conn.Query(t.Context(), query)
	if err == nil {
		for rows.Next() {
			err = rows.Scan(&answer)
		}
		if err == nil {
			err = rows.Err()
		}
	}
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(answer)
}

// wants fails the test where an error does not say all of the parts.
func wants(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func ownerID(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// eventually waits until ok, for ten seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

// alive tells whether a process runs; a zombie does not.
func alive(pid int) bool {
	out, _ := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output() // fails where there is none
	return len(out) > 0 && out[0] != 'Z'
}
