package postgres_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/plio/internal/postgres"
)

// holder is the environment variable that makes this test binary a plio: it
// serves that data home, or joins it as a command, says its PostgreSQL's pid
// and URL, and closes it when its input ends.
const holder = "POSTGRES_TEST_HOLD"

func TestMain(m *testing.M) {
	if how := os.Getenv(holder); how != "" {
		hold(how)
		return
	}
	code := m.Run()
	if made != "" {
		os.RemoveAll(made) //nolint:errcheck // what is left shows nothing
	}
	os.Exit(code)
}

func hold(how string) {
	verb, dir, _ := strings.Cut(how, " ")
	open := map[string]func(context.Context, postgres.Config) (*postgres.Server, error){"serve": postgres.Serve, "join": postgres.Join}[verb]
	server, err := open(context.Background(), postgres.Config{Dir: dir, Log: quiet()})
	if err != nil {
		fmt.Println("0", err)
		return
	}
	fmt.Println(server.PID(), server.URL())
	io.Copy(io.Discard, os.Stdin) //nolint:errcheck // until its end
	server.Close()                //nolint:errcheck // the test sees it
}

// plio is another process that has the data.
type plio struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout io.Reader
	pid    int // PostgreSQL's
	url    string
}

// run starts another plio, waits until it has PostgreSQL, and kills it when the
// test ends.
func run(t *testing.T, verb, dir string) plio {
	t.Helper()
	p := launch(t, verb, dir)
	line, err := bufio.NewReader(p.stdout).ReadString('\n')
	if _, scan := fmt.Sscan(line, &p.pid, &p.url); err != nil || scan != nil || p.pid == 0 {
		t.Fatalf("the other plio said %q", line)
	}
	return p
}

func launch(t *testing.T, verb, dir string) plio {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := plio{cmd: exec.Command(self)}
	p.cmd.Env, p.cmd.Dir = append(os.Environ(), holder+"="+verb+" "+dir), "/"
	p.stdout, _ = p.cmd.StdoutPipe() //nolint:errcheck // Start shows it
	p.stdin, _ = p.cmd.StdinPipe()   //nolint:errcheck // Start shows it
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

func (p plio) kill() {
	p.cmd.Process.Kill() //nolint:errcheck // gone is what is wanted
	p.cmd.Wait()         //nolint:errcheck // gone is what is wanted
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// folder returns one that any user can get through, with a short name, in
// memory where there is some.
func folder(t *testing.T) string {
	t.Helper()
	dir := newFolder()
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // what is left shows nothing
	return dir
}

func newFolder() string {
	root := "/tmp"
	if _, err := os.Stat("/dev/shm"); err == nil {
		root = "/dev/shm"
	}
	dir, err := os.MkdirTemp(root, "plt")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		panic(err)
	}
	return dir
}

// made is the home that others are copies of.
var (
	made string
	once sync.Once
)

// home returns a data home with a table kept whose answer is 42.
func home(t *testing.T) string {
	t.Helper()
	once.Do(func() {
		made = newFolder()
		server := serve(t, made+"/home")
		ask(t, server, "CREATE TABLE kept AS SELECT 42 AS answer")
		closed(t, server)
	})
	dir := filepath.Join(folder(t), "home")
	if out, err := exec.Command("cp", "-a", made+"/home", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

func config(dir string) postgres.Config { return postgres.Config{Dir: dir, Log: quiet()} }

// serve serves a data home until the test ends.
func serve(t *testing.T, dir string) *postgres.Server {
	t.Helper()
	server, err := postgres.Serve(t.Context(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, server) })
	return server
}

func join(t *testing.T, dir string) *postgres.Server {
	t.Helper()
	server, err := postgres.Join(t.Context(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func closed(t *testing.T, server *postgres.Server) {
	t.Helper()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
}

// ask returns the value that a query answers with, as text, or its error.
func ask(t *testing.T, server *postgres.Server, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		return err.Error()
	}
	defer conn.Close(t.Context()) //nolint:errcheck // done
	results, err := conn.PgConn().Exec(t.Context(), query).ReadAll()
	if err != nil {
		return err.Error()
	}
	if len(results[0].Rows) == 0 {
		return ""
	}
	return string(results[0].Rows[0][0])
}

func wants(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
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
