// Package postgres runs the PostgreSQL that a plio without a database URL has
// of its own: in its data home, as long as it runs, closed to everybody else.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.org/plio/tenancy/localpg"
)

// Database is the name of plio's database.
const Database = "plio"

// Config says where the data is.
type Config struct {
	// Dir is plio's data home; the cluster is in postgres/ below it. Defaults
	// to DefaultDir.
	Dir string
	// BinDir is a folder of PostgreSQL's binaries, which then alone will do.
	// Defaults to the newest that this machine has, else those that a release
	// build brings; data that exists is opened by its own major version.
	BinDir string
	// Log is told what happens. Defaults to slog.Default.
	Log *slog.Logger
}

// Server is the running PostgreSQL, of this process or another plio's.
type Server struct {
	local   *localpg.Server
	command bool // it is ours for a command's duration; others may have joined
	log     *slog.Logger
}

// DefaultDir is plio's data home: /var/lib/plio for root, else what XDG says.
func DefaultDir() string {
	if os.Getuid() == 0 {
		return "/var/lib/plio"
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "plio")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "plio-data" // a user without a home
	}
	return filepath.Join(home, ".local", "share", "plio")
}

// MakeHome makes the data home where it is missing. Root's can be passed
// through, since PostgreSQL runs as another user: files in it that are secret
// have a mode of their own.
func MakeHome(dir string) error {
	mode := os.FileMode(0o700)
	if os.Getuid() == 0 {
		mode = 0o711
	}
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := MakeHome(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, mode); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil // somebody else has just made it
		}
		return err
	}
	return os.Chmod(dir, mode) // whatever the umask
}

// URL leads to database plio, as the superuser, by the unix socket.
func (s *Server) URL() string { return s.local.URLFor(Database) }

// Version is PostgreSQL's, as "17.5".
func (s *Server) Version() string { return s.local.Binaries().Version }

// PID is the process id of the postmaster.
func (s *Server) PID() int { return s.local.PID() }

// Done is closed when PostgreSQL has ended. Before Close that is a failure,
// and Err says which.
func (s *Server) Done() <-chan struct{} { return s.local.Done() }

// Err says why PostgreSQL has ended; nil while it runs.
func (s *Server) Err() error {
	if err := s.local.Err(); err != nil {
		return fmt.Errorf("%w%s", err, lastWords(s.local.DataDir()))
	}
	return nil
}

// Psql is a psql on database plio, with this process's terminal. The caller
// runs it, and leaves Ctrl-C to it.
func (s *Server) Psql(args ...string) (*exec.Cmd, error) {
	path, err := psqlOf(s.local.Binaries())
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, append([]string{"--dbname=" + s.URL()}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, variable := range os.Environ() { // PGHOST and the like lead elsewhere
		if !strings.HasPrefix(variable, "PG") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	return cmd, nil
}

// Close stops a PostgreSQL of ours: transactions that are open are rolled
// back. What a command has started it leaves running until the commands that
// have joined it are through. Another process's goes on.
func (s *Server) Close() error {
	ctx := context.Background()
	if s.command {
		if err := s.waitUnused(ctx); err != nil {
			return err
		}
	}
	return s.local.Stop(ctx)
}

func (s *Server) waitUnused(ctx context.Context) error {
	patient := time.AfterFunc(time.Second, func() {
		s.log.Info("another plio command uses the PostgreSQL of this one; waiting until it is through")
	})
	defer patient.Stop()
	return s.local.WaitUnused(ctx)
}

func (c Config) withDefaults() (Config, error) {
	c.Log = cmp.Or(c.Log, slog.Default())
	dir, err := filepath.Abs(cmp.Or(c.Dir, DefaultDir()))
	c.Dir = dir
	return c, err
}

// cluster is the folder of the cluster.
func (c Config) cluster() string { return filepath.Join(c.Dir, "postgres") }
