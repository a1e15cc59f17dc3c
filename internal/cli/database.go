package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.org/plio/internal/postgres"
	"example.org/plio/tenancy"
)

// database is an installation's database, open for a command.
type database struct {
	*tenancy.DB
	close func()
}

// open opens the database of a command that works with what is there.
func (e *env) open(ctx context.Context) (*database, error) {
	if err := e.exists(); err != nil {
		return nil, err
	}
	return e.openOrMake(ctx)
}

// exists refuses a data folder in which there is nothing: it is misspelt,
// rather than meant to be made.
func (e *env) exists() error {
	if e.cfg.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(e.cfg.DataDir, "postgres")); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no Plio in %s yet; plio serve makes one, --data names another folder", e.cfg.DataDir)
	}
	return nil
}

// openOrMake opens the database of a command that brings something in, and may
// be the first of all.
func (e *env) openOrMake(ctx context.Context) (*database, error) {
	place, err := e.join(ctx)
	if err != nil {
		return nil, err
	}
	db, err := e.ready(ctx, place)
	if err != nil {
		place.close()
		return nil, err
	}
	return &database{db, func() { db.Close(); place.close() }}, nil
}

// ready opens a database whose shared tables are those that this program knows.
// Where plio runs the database and nothing is in it yet it makes them, or waits
// for the server that does.
func (e *env) ready(ctx context.Context, place *place) (*tenancy.DB, error) {
	pending, err := tenancy.Plan(ctx, place.cfg)
	if err != nil {
		return nil, err
	}
	if fresh := len(pending.Own)+len(pending.BuiltIn) > 0; fresh && place.server != nil {
		err = e.migrate(ctx, place.cfg, e.log.Debug)
	} else if len(pending.Own)+len(pending.Shared) > 0 {
		err = errOutdated
	}
	if err != nil {
		return nil, err
	}
	return tenancy.Open(ctx, place.cfg)
}

var errOutdated = errors.New("the database is older than this plio, or there is none in it yet; run: plio migrate")

// place is where the database is. server is nil when somebody else runs it.
type place struct {
	cfg    tenancy.Config
	server *postgres.Server
	log    interface{ Error(string, ...any) }
}

// join finds the database for a command, beside a server that may be running.
func (e *env) join(ctx context.Context) (*place, error) { return e.find(ctx, postgres.Join) }

// own finds the database for the server.
func (e *env) own(ctx context.Context) (*place, error) { return e.find(ctx, postgres.Serve) }

func (e *env) find(ctx context.Context, start func(context.Context, postgres.Config) (*postgres.Server, error)) (*place, error) {
	if e.cfg.DatabaseURL != "" {
		return &place{cfg: e.tenancyConfig(e.cfg.DatabaseURL, e.cfg.DatabaseDirectURL)}, nil
	}
	server, err := start(ctx, e.postgresConfig())
	if err != nil {
		return nil, err
	}
	return &place{cfg: e.tenancyConfig(server.URL(), ""), server: server, log: e.log}, nil
}

// close stops a PostgreSQL of ours.
func (p *place) close() {
	if p.server == nil {
		return
	}
	if err := p.server.Close(); err != nil {
		p.log.Error("PostgreSQL did not stop cleanly", "err", err)
	}
}

// ended is closed when a PostgreSQL of ours has ended; one of somebody else's
// is theirs to watch.
func (p *place) ended() <-chan struct{} {
	if p.server == nil {
		return nil
	}
	return p.server.Done()
}

func (e *env) postgresConfig() postgres.Config {
	return postgres.Config{Dir: e.cfg.DataDir, BinDir: e.cfg.PostgresBin, Log: e.log}
}
