package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"example.org/plio/internal/api"
	"example.org/plio/internal/auth"
	"example.org/plio/internal/config"
	"example.org/plio/internal/notify"
	"example.org/plio/internal/server"
	"example.org/plio/internal/store"
	"example.org/plio/internal/welcome"
	"example.org/plio/tenancy"
)

type serveCmd struct{}

// Help is shown below the command's one line.
func (serveCmd) Help() string {
	return `As long as there is no super-admin, each start prints a link that makes one. All workspaces are brought up to date first; one that fails is named and not served.

SIGTERM or Ctrl-C ends it once the requests under way are through; a second one ends it at once.

Exit codes: 0 it was told to stop; 1 it could not start, or could not go on.`
}

// Run serves until it is told to stop, which may be before it has begun.
func (c *serveCmd) Run(ctx context.Context, e *env) error {
	err := e.listen(ctx)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		e.log.Info("stopped before it served")
		return nil
	}
	return err
}

// listen takes the address first, so that nothing is touched when it is taken.
func (e *env) listen(ctx context.Context) error {
	var db *tenancy.DB // of a server that is ready
	srv, err := server.Listen(server.Options{
		Listen: e.cfg.Listen, Log: e.log, Secret: []string{"/start/"}, Trusted: config.Prefixes(e.cfg.TrustedProxies),
		MaxRequests: e.cfg.MaxRequests, DrainDelay: e.cfg.DrainDelay, DrainTimeout: e.cfg.DrainTimeout,
		Check: func(ctx context.Context) error { return db.Shared().Ping(ctx) },
	})
	if err != nil {
		return err
	}
	defer srv.Close() //nolint:errcheck // it has drained, or has served nobody
	for _, name := range config.Strays(os.Environ()) {
		e.log.Warn("this variable is no setting of plio, see plio serve --help", "name", name)
	}
	if e.exists() != nil {
		e.log.Info("making a database in " + e.cfg.DataDir)
	}
	place, err := e.own(ctx)
	if err != nil {
		return err
	}
	defer place.close()
	if err := e.migrate(ctx, place.cfg, e.log.Info); err != nil {
		return err
	}
	if db, err = tenancy.Open(ctx, place.cfg); err != nil {
		return err
	}
	defer db.Close()
	return e.serve(ctx, srv, db, place)
}

// serve serves until ctx ends, or the database does.
func (e *env) serve(ctx context.Context, srv *server.Server, db *tenancy.DB, place *place) error {
	a, handlers, err := e.handlers(ctx, db)
	if err != nil {
		return err
	}
	code, first, err := a.FirstLink(ctx)
	if err != nil {
		return err
	}
	srv.Measure(newConnections(db))
	srv.Serve(handlers) // from here on nothing may end it without a drain
	base := e.base(srv.Addr().String())
	if place.server != nil {
		defer e.note(base)()
	}
	e.log.Info("serving on " + base)
	if first {
		e.invite(base + "/start/" + code)
	}
	ctx, stop := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop(nil)
	wg.Go(func() {
		select {
		case <-place.ended():
			stop(errDatabaseEnded)
		case <-ctx.Done():
		}
	})
	wg.Go(func() { e.purge(ctx, a) })
	err = srv.Run(ctx)
	if context.Cause(ctx) == errDatabaseEnded {
		return fmt.Errorf("%w: %w", errDatabaseEnded, place.server.Err())
	}
	return err
}

var errDatabaseEnded = errors.New("PostgreSQL ended while it was needed; start plio again, it recovers what was committed")

// handlers builds what is served.
func (e *env) handlers(ctx context.Context, db *tenancy.DB) (*auth.Auth, map[string]http.Handler, error) {
	shared := store.BindShared(db.Shared())
	key, err := e.key(ctx, shared)
	if err != nil {
		return nil, nil, err
	}
	if _, _, err := auth.EnsureClient(ctx, shared, e.cfg.ClientID, e.cfg.ClientSecret); err != nil {
		return nil, nil, err
	}
	sms, err := notify.New(e.cfg.SMS, e.log)
	if err != nil {
		return nil, nil, err
	}
	a := auth.New(db.Shared(), auth.Options{SMS: sms, Log: e.log})
	rest := api.New(api.Options{DB: db, Auth: a, Key: key, Log: e.log})
	return a, map[string]http.Handler{
		"/api/":   rest,
		"/auth/":  rest,
		"/start/": welcome.New(a, welcome.Options{PublicURL: e.cfg.PublicURL, Log: e.log}),
	}, nil
}

// invite prints the link that makes the first super-admin, while there is none.
func (e *env) invite(link string) {
	e.say("\nThere is no super-admin yet. To become it, open this link (it works once, within 24 hours):\n\n  %s\n", link) //nolint:errcheck // the next start prints another
}

// purge deletes now and then what has expired of logins.
func (e *env) purge(ctx context.Context, a *auth.Auth) {
	for tick := time.NewTicker(time.Hour); ; {
		if _, err := a.Purge(ctx); err != nil && ctx.Err() == nil {
			e.log.Warn("old logins were not deleted, the next try is in an hour", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return
		}
	}
}
