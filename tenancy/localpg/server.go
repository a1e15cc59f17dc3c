package localpg

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// port is a part of the socket's name only.
const port = "5432"

// Server is a running PostgreSQL, of this process or attached to.
type Server struct {
	cfg       Config
	dir       string // the cluster's folder
	socket    string // the socket's folder
	temporary bool
	bin       Binaries
	account   account
	owner     *os.File // locked as long as the server is ours
	users     *os.File // locked by those who are attached, or to keep them out
	lock      *os.File // handed to the server
	process   *process // nil where attached
	unwatch   func()   // nil where not attached
	pid       int
	done      chan struct{}
}

// URL leads to database postgres, as the superuser.
func (s *Server) URL() string { return s.URLFor("postgres") }

// URLFor leads to another database of the server, as the superuser.
func (s *Server) URLFor(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: url.Values{
		"host": {s.socket}, "port": {port}, "user": {Superuser}, "sslmode": {"disable"}}.Encode()}
	return "postgres://" + u.EscapedPath() + "?" + u.RawQuery
}

// SocketDir is the folder of the unix socket, whose port is 5432.
func (s *Server) SocketDir() string { return s.socket }

// DataDir is the data folder.
func (s *Server) DataDir() string { return filepath.Join(s.dir, "data") }

// Binaries are those that the server was started with.
func (s *Server) Binaries() Binaries { return s.bin }

// PID is the process id of the postmaster.
func (s *Server) PID() int { return s.pid }

// Done is closed when the server has ended, for whatever reason; of an
// attached one within half a second.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says why the server has ended: nil while it runs, after a clean end, and
// where it was attached to.
func (s *Server) Err() error {
	select {
	case <-s.done:
	default:
		return nil
	}
	if s.process == nil || s.process.err == nil {
		return nil
	}
	return fmt.Errorf("localpg: PostgreSQL ended: %w: %s", s.process.err, s.process.said)
}

// Stop ends the server: open transactions are rolled back, connections closed,
// and what is not clean after Config.StopTimeout, or when ctx ends, is ended
// the hard way, from which the next Start recovers. A temporary cluster is
// removed. An attached server goes on. Stop may be called again.
func (s *Server) Stop(ctx context.Context) error {
	if s.process != nil {
		s.end(ctx)
	}
	return s.release()
}

// end stops the process; data that nobody will read again needs no care.
func (s *Server) end(ctx context.Context) {
	if !s.temporary {
		ctx, cancel := context.WithTimeout(ctx, s.cfg.StopTimeout)
		defer cancel()
		if s.signal(ctx, syscall.SIGINT) {
			return
		}
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if !s.signal(hard, syscall.SIGQUIT) {
		s.signal(context.WithoutCancel(ctx), syscall.SIGKILL)
	}
}

// signal sends sig and tells whether the server ended before ctx did.
func (s *Server) signal(ctx context.Context, sig syscall.Signal) bool {
	s.process.cmd.Process.Signal(sig) //nolint:errcheck // it has ended then
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// release gives up what a server that does not run, or is not ours, has of the
// file system.
func (s *Server) release() (err error) {
	if s.unwatch != nil {
		s.unwatch()
	}
	if s.owner != nil && isShort(s.socket) {
		err = os.RemoveAll(s.socket)
	}
	if s.temporary {
		err = os.RemoveAll(s.dir)
	}
	s.owner.Close() //nolint:errcheck // nothing was written since; nil is closed
	s.users.Close() //nolint:errcheck // only locked; nil is closed
	return err
}
