package localpg

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// command is a program to run as the account.
type command struct {
	path  string
	dir   string // its working directory
	args  []string
	stdin io.Reader
	log   io.Writer      // gets what it says; nil is nowhere
	lock  *os.File       // open, so locked, as long as a process of it lives
	death syscall.Signal // what it gets when this process dies
}

// process is a program that ends when this one does.
type process struct {
	cmd  *exec.Cmd
	said *tail
	done chan struct{} // closed when it has ended; err is set then
	err  error
}

// start starts a program. It ends with this process where the kernel can do
// that (Linux).
func (a account) start(c command) (*process, error) {
	p := &process{cmd: exec.Command(c.path, c.args...), said: &tail{next: c.log}, done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdin = c.dir, environment(c.dir), c.stdin
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.ExtraFiles = []*os.File{c.lock}
	p.cmd.SysProcAttr = a.attr()
	p.cmd.WaitDelay = 5 * time.Second // a grandchild may hold the pipe
	dieWithParent(p.cmd.SysProcAttr, c.death)
	started := make(chan error)
	go func() {
		// The kernel takes the end of this thread for the parent's death, so
		// it is this goroutine's alone, and ends after the child.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, a.explain(c.path, err)
	}
	return p, nil
}

// run runs a program to its end and returns what it said.
func (a account) run(ctx context.Context, c command) (string, error) {
	c.death = syscall.SIGKILL
	p, err := a.start(c)
	if err != nil {
		return "", err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.cmd.Process.Kill() //nolint:errcheck // it has ended then
		<-p.done
		return "", context.Cause(ctx)
	}
	if p.err != nil {
		return "", fmt.Errorf("%s: %w: %s", c.path, p.err, p.said)
	}
	return p.said.String(), nil
}

// explain adds to the error of a start what cannot be seen from it.
func (a account) explain(path string, err error) error {
	if !a.drop || !os.IsPermission(err) {
		return err
	}
	if closed, _ := a.closedTo(path); closed != "" {
		return fmt.Errorf("PostgreSQL runs as user %s here (it refuses root), who cannot enter %s, where its binaries are: chmod o+x %[2]s, or use others: %w", a.name, closed, err)
	}
	return fmt.Errorf("PostgreSQL refuses root, and %s cannot be run as user %s (uid %d): run this as an ordinary user: %w", path, a.name, a.uid, err)
}

// environment is all that a program gets: nothing that is secret, no PG*
// variable that would change what it does.
func environment(home string) []string {
	env := []string{"LC_ALL=C", "TZ=UTC", "HOME=" + home}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// tail passes on what a program says and keeps the last of it, for errors.
type tail struct {
	next io.Writer
	mu   sync.Mutex
	kept []byte
}

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil {
		t.next.Write(p) //nolint:errcheck // a log that fails must not stop the server
	}
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}
