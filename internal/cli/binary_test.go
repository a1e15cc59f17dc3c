package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program itself, built once: what a test of it proves holds for
// the processes, signals and exit codes that people meet.
var (
	binary     string
	buildFlags []string
)

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "plio-test-*")
	if err == nil {
		binary = filepath.Join(dir, "plio")
		var out []byte
		args := append(append([]string{"build"}, buildFlags...), "-o", binary, "example.org/plio/cmd/plio")
		if out, err = exec.Command("go", args...).CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir) //nolint:errcheck // the system clears it up
	os.Exit(code)
}

// plio is an installation of its own, and the terminal to type commands at.
type plio struct {
	*testing.T
	data   string
	env    []string
	socket string // the folder of PostgreSQL's, once it is known
}

// install returns an installation in which there is nothing yet.
func install(t *testing.T, env ...string) *plio {
	t.Helper()
	parent := "/dev/shm" // PostgreSQL writes what it commits
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	home, err := os.MkdirTemp(parent, "plio-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })      //nolint:errcheck // the system clears it up
	if err := os.Chmod(home, 0o711); err != nil { // PostgreSQL is another user where this is root
		t.Fatal(err)
	}
	p := &plio{T: t, data: filepath.Join(home, "data")}
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "PLIO_") {
			p.env = append(p.env, pair)
		}
	}
	p.env = append(append(p.env, "PLIO_DATA_DIR="+p.data, "PLIO_LISTEN=127.0.0.1:0", "PLIO_DRAIN_TIMEOUT=10s"), env...)
	return p
}

func (p *plio) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.Context(), binary, args...)
	cmd.Env, cmd.WaitDelay = p.env, 5*time.Second
	return cmd
}

// ran is what became of a command.
type ran struct {
	stdout, stderr string
	code           int
}

// run types a command and waits for its end.
func (p *plio) run(args ...string) ran {
	p.Helper()
	var stdout, stderr bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		p.Fatalf("plio %s: %v", strings.Join(args, " "), err)
	}
	p.notRaced(stderr.String())
	return ran{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// notRaced looks at what the race detector says, where there is one.
func (p *plio) notRaced(stderr string) {
	p.Helper()
	if strings.Contains(stderr, "DATA RACE") {
		p.Errorf("the program races:\n%s", stderr)
	}
}

// must types a command that has to succeed, and returns what it answers.
func (p *plio) must(args ...string) string {
	p.Helper()
	r := p.run(args...)
	if r.code != 0 {
		p.Fatalf("plio %s: exit code %d: %s%s", strings.Join(args, " "), r.code, r.stdout, r.stderr)
	}
	return strings.TrimSuffix(r.stdout, "\n")
}

// sql asks the database, by the shell that plio opens on it.
func (p *plio) sql(query string) string {
	p.Helper()
	return p.must("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query)
}

// serving is a server that runs.
type serving struct {
	*plio
	cmd            *exec.Cmd
	stdout, stderr *output
	url            string
	ended          chan struct{} // closed when it has; cmd.ProcessState is set then
}

var servingOn = regexp.MustCompile(`serving on (http://[^\s"]+)`)

// serve starts a server and waits until it serves.
func (p *plio) serve(args ...string) *serving {
	p.Helper()
	s := p.start(args...)
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if found := servingOn.FindStringSubmatch(s.stderr.String()); found != nil {
			s.url = found[1]
			return s
		}
		select {
		case <-s.ended:
			p.Fatalf("plio serve ended: %v\n%s", s.cmd.ProcessState, s.stderr)
		default:
		}
		if time.Now().After(deadline) {
			p.Fatalf("plio serve does not serve:\n%s", s.stderr)
		}
	}
}

// start starts a server, which is killed at the end of the test.
func (p *plio) start(args ...string) *serving {
	p.Helper()
	s := &serving{plio: p, stdout: &output{}, stderr: &output{}, ended: make(chan struct{})}
	s.cmd = exec.Command(binary, append([]string{"serve"}, args...)...)
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = p.env, s.stdout, s.stderr
	s.cmd.WaitDelay = 5 * time.Second
	if err := s.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	go func() {
		s.cmd.Wait() //nolint:errcheck // seen in ProcessState
		close(s.ended)
	}()
	p.Cleanup(func() {
		s.stop()
		p.notRaced(s.stderr.String())
		if p.Failed() && s.cmd.ProcessState.ExitCode() >= 0 { // -1: a test has killed it
			p.Logf("the server's log:\n%s", s.stderr)
		}
	})
	return s
}

func (s *serving) signal(sig syscall.Signal) { s.cmd.Process.Signal(sig) } //nolint:errcheck // it has ended then

// wait waits for the end and returns the exit code.
func (s *serving) wait() int {
	s.Helper()
	select {
	case <-s.ended:
	case <-time.After(40 * time.Second):
		s.signal(syscall.SIGKILL)
		s.Fatalf("the server does not end:\n%s", s.stderr)
	}
	return s.cmd.ProcessState.ExitCode()
}

func (s *serving) stop() int {
	s.Helper()
	s.signal(syscall.SIGTERM)
	return s.wait()
}

// send sends a request as the owner of token, or as a guest, to a workspace.
func (s *serving) send(method, path, token, org, body string) (status int, answer string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/start/") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if org != "" {
		r.Header.Set("Organization", org)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// waitFor waits until the log has a word.
func (s *serving) waitFor(word string) {
	s.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(s.stderr.String(), word); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("the log has no %q:\n%s", word, s.stderr)
		}
	}
}

// eventually waits for what others do in their own time.
func eventually(ctx context.Context, t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatal("it never came: " + what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// output is written by a process and read by a test.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
