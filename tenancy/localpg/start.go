package localpg

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"
)

// Start makes the cluster where there is none, starts it, and returns when it
// takes connections. It does not end with ctx: call Stop. A cluster that
// another process has started is an *InUseError, one whose major version has
// no binaries here a *VersionError.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s, err := start(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("localpg: %w", err)
	}
	return s, nil
}

func start(ctx context.Context, cfg Config) (_ *Server, err error) {
	if cfg, err = cfg.withDefaults(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, temporary: cfg.Dir == ""}
	if s.dir, err = makeDir(cfg.Dir); err != nil {
		return nil, err
	}
	if s.owner, err = takeOwnership(s.dir, cfg.Purpose); err != nil {
		return nil, err
	}
	if err = s.start(ctx); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

// start finds out who runs what, and does.
func (s *Server) start(ctx context.Context) (err error) {
	if s.account, err = accountFor(s.DataDir(), s.cfg.Users); err != nil {
		return err
	}
	if err = s.account.reach(s.dir); err != nil {
		return err
	}
	if s.bin, err = binariesFor(s.DataDir(), s.cfg.Binaries); err != nil {
		return err
	}
	if s.lock, err = s.clear(ctx); err != nil {
		return err
	}
	defer s.lock.Close() //nolint:errcheck // the server has it from then on
	copied, err := s.create(ctx, !s.cfg.Durable)
	if err != nil {
		return err
	}
	if err = s.launch(ctx); err == nil || !copied || ctx.Err() != nil {
		return err
	}
	s.discardTemplate()
	if _, err = s.create(ctx, false); err != nil {
		return err
	}
	return s.launch(ctx)
}

// launch starts postgres itself (pg_ctl would poll each 100 ms), and waits
// until it is ready.
func (s *Server) launch(ctx context.Context) error {
	if err := s.makeSocketDir(); err != nil {
		return err
	}
	conf := filepath.Join(s.DataDir(), "localpg.conf")
	if err := s.account.write(conf, s.cfg.settings(s.bin.Major)); err != nil {
		return err
	}
	var err error
	s.process, err = s.account.start(command{
		path: s.bin.Path("postgres"), dir: s.DataDir(), log: s.cfg.Log, lock: s.lock, death: syscall.SIGINT,
		args: []string{"-D", s.DataDir(), "-p", port,
			"-c", `unix_socket_directories="` + s.socket + `"`, "-c", "unix_socket_permissions=0700"},
	})
	if err != nil {
		return err
	}
	s.pid, s.done = s.process.cmd.Process.Pid, s.process.done
	if err := s.ready(ctx); err != nil {
		s.end(context.WithoutCancel(ctx))
		return err
	}
	return nil
}

// ready waits until the server's own file says that it is. After a crash that
// takes as long as replaying the log does.
func (s *Server) ready(ctx context.Context) error {
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for {
		if p, ok := readPIDFile(s.DataDir()); ok && p.ready && p.pid == s.PID() {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.done:
			return fmt.Errorf("PostgreSQL %s did not start on %s: %s", s.bin.Version, s.DataDir(), s.process.said)
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL was not ready: %w: %s", context.Cause(ctx), s.process.said)
		}
	}
}

// binariesFor returns want, or what Find finds, of the data's own version.
func binariesFor(data string, want Binaries) (Binaries, error) {
	major, err := dataMajor(data)
	if err != nil {
		return Binaries{}, err
	}
	found := []Binaries{want}
	if want.Dir == "" {
		found, err = Find()
	} else if want.Major == 0 {
		found[0], err = inspect(want.Dir)
	}
	if err != nil && (major == 0 || !errors.Is(err, ErrNoBinaries)) {
		return Binaries{}, err
	}
	return Choose(data, found)
}

// Choose returns the first of found that can open the data folder: of the same
// major version, or any where there is no data yet. None is a *VersionError,
// or ErrNoBinaries.
func Choose(data string, found []Binaries) (Binaries, error) {
	major, err := dataMajor(data)
	if err != nil {
		return Binaries{}, err
	}
	for _, b := range found {
		if major == 0 || b.Major == major {
			return b, nil
		}
	}
	if major == 0 {
		return Binaries{}, ErrNoBinaries
	}
	return Binaries{}, &VersionError{Data: data, Major: major, Found: found}
}
