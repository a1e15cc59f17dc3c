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

// process is a program that is stopped when this one dies.
type process struct {
	cmd  *exec.Cmd
	said *tail
	done chan struct{} // closed when it has ended; err is set then
	err  error
}

// start starts a program of bin as the account, in dir, with sig as the signal
// that it gets when this process dies. What it says goes to log, and the end
// of it is kept.
func (a account) start(path, dir string, sig syscall.Signal, log io.Writer, extra []*os.File, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), said: &tail{next: log}, done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env, p.cmd.ExtraFiles = dir, environment(dir), extra
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.SysProcAttr = a.attr()
	p.cmd.WaitDelay = 5 * time.Second // a grandchild may hold the pipe
	dieWithParent(p.cmd.SysProcAttr, sig)
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
		return nil, a.explain(path, err)
	}
	return p, nil
}

// run runs a program to its end. Input is its standard input.
func (a account) run(ctx context.Context, path, dir string, args ...string) error {
	p, err := a.start(path, dir, syscall.SIGKILL, nil, nil, args...)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.cmd.Process.Kill() //nolint:errcheck // it has ended then
		<-p.done
		return ctx.Err()
	}
	if p.err != nil {
		return fmt.Errorf("%s: %w: %s", path, p.err, p.said)
	}
	return nil
}

// explain adds to the error of a start what cannot be seen from it.
func (a account) explain(path string, err error) error {
	if os.IsPermission(err) && a.drop {
		if unreachable := a.reach(path); unreachable != nil {
			return unreachable
		}
		return fmt.Errorf("cannot run %s as user %s (uid %d), and PostgreSQL refuses root; run this as an ordinary user: %w", path, a.name, a.uid, err)
	}
	return err
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

const tailSize = 2048

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
