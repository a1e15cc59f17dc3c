package postgres

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"example.org/plio/tenancy/localpg"
)

// ErrInUse is returned by Serve when another plio has the data.
var ErrInUse = errors.New("the data is in use")

// What the lock says of who holds it.
const (
	purposeServe   = "plio serve"
	purposeCommand = "a plio command"
)

// patience is how long a command's use of the data is waited for by Serve, and
// a server that is just starting or stopping by Join.
const patience = 10 * time.Second

// Serve starts the PostgreSQL of the data home, alone: while another plio
// serves the same data it is ErrInUse, with that one's process id. Where there
// is no data yet it makes it. It ends with this process, however that ends.
func Serve(ctx context.Context, cfg Config) (*Server, error) {
	return serve(ctx, cfg, patience)
}

func serve(ctx context.Context, cfg Config, patience time.Duration) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; {
		s, err := start(ctx, cfg, purposeServe)
		inUse, ok := errors.AsType[*localpg.InUseError](err)
		if !ok {
			return s, err
		}
		if inUse.Purpose == purposeServe || time.Now().After(end) {
			return nil, fmt.Errorf("%w: %s is served by %s (process %d): stop that, or give this one a folder of its own (--data)",
				ErrInUse, cfg.Dir, inUse.Purpose, inUse.PID)
		}
		if err := sleep(ctx); err != nil {
			return nil, err
		}
	}
}

// Join is for a command: it uses the PostgreSQL of the plio that runs on the
// same data, or starts it until Close.
func Join(ctx context.Context, cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; {
		local, err := localpg.Attach(cfg.cluster())
		if err == nil {
			return &Server{local: local, log: cfg.Log}, nil
		}
		if !errors.Is(err, localpg.ErrNotRunning) {
			return nil, err
		}
		s, err := start(ctx, cfg, purposeCommand)
		inUse, ok := errors.AsType[*localpg.InUseError](err)
		if !ok {
			return s, err
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("%w: %s (process %d) is still starting or stopping the PostgreSQL of %s: try again when it is through",
				ErrInUse, inUse.Purpose, inUse.PID, cfg.Dir)
		}
		if err := sleep(ctx); err != nil {
			return nil, err
		}
	}
}

func sleep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// start starts the PostgreSQL of the data home, and makes what is missing.
func start(ctx context.Context, cfg Config, purpose string) (*Server, error) {
	if err := MakeHome(cfg.Dir); err != nil {
		return nil, err
	}
	data := filepath.Join(cfg.cluster(), "data")
	bin, err := binaries(cfg, data)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	local, err := localpg.Start(ctx, localpg.Config{
		Dir:       cfg.cluster(),
		Binaries:  bin,
		Durable:   true,
		Databases: []string{Database},
		Settings:  settings(memory(), relations(data)),
		Log:       lines{cfg.Log},
		Users:     []string{"postgres", "plio", "nobody"},
		Purpose:   purpose,
	})
	if err != nil {
		if _, ok := errors.AsType[*localpg.InUseError](err); ok {
			return nil, err
		}
		return nil, fmt.Errorf("%w%s", err, lastWords(data))
	}
	cfg.Log.Info("PostgreSQL is running", "version", bin.Version, "data", data, "took", time.Since(began).Round(time.Millisecond))
	return &Server{local: local, command: purpose == purposeCommand, log: cfg.Log}, nil
}
