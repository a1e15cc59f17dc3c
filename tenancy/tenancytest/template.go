package tenancytest

import (
	"context"
	"fmt"
	"log"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/localpg"
)

// Template is a migrated database that the tests of one package get copies of.
// Its fields are set before Main.
type Template struct {
	// Env names the environment variable that may hold the URL of a PostgreSQL
	// to test on; the role in it may create databases. Where the variable is
	// empty, a server is started from this machine's binaries. Defaults to
	// TENANCY_TEST_DATABASE_URL.
	Env string
	// Config is the application's: its migrations run once, not once per test.
	// URL and DirectURL are set by the template.
	Config tenancy.Config
	// Setup, which may be nil, adds what every test needs, as tenants.
	Setup func(ctx context.Context, db *tenancy.DB) error

	server string // URL of a database of the server
	name   string // of the template, and what the names of its copies begin with
	copies atomic.Int64
	quick  bool // the server knows STRATEGY
}

// Main makes the template, runs the tests, and removes what they needed.
// TestMain calls it.
func (tpl *Template) Main(m *testing.M) {
	ctx := context.Background()
	stop, err := tpl.start(ctx)
	if err != nil {
		log.Fatal("tenancytest: ", err)
	}
	defer stop()
	m.Run()
}

// start makes the template ready; stop undoes all.
func (tpl *Template) start(ctx context.Context) (stop func(), err error) {
	if tpl.Env == "" {
		tpl.Env = "TENANCY_TEST_DATABASE_URL"
	}
	stop = func() {}
	if tpl.server = os.Getenv(tpl.Env); tpl.server == "" {
		server, err := localpg.Start(ctx, localpg.Config{})
		if err != nil {
			return nil, fmt.Errorf("%w (or set %s to the URL of a PostgreSQL)", err, tpl.Env)
		}
		tpl.server, stop = server.URL(), func() { server.Stop(ctx) } //nolint:errcheck // the tests are over
	}
	if err = tpl.make(ctx); err != nil {
		stop()
		return nil, err
	}
	stopServer := stop
	return func() { tpl.drop(ctx, tpl.name); stopServer() }, nil //nolint:errcheck // the tests are over
}

// make migrates the template and closes it to connections, as a database that
// somebody is connected to cannot be copied.
func (tpl *Template) make(ctx context.Context) (err error) {
	tpl.name = uniqueName()
	if tpl.quick, err = knowsStrategy(ctx, tpl.server); err != nil {
		return err
	}
	if err := tpl.exec(ctx, "CREATE DATABASE "+tpl.name); err != nil {
		return err
	}
	if err = tpl.fill(ctx); err == nil {
		err = tpl.exec(ctx, "ALTER DATABASE "+tpl.name+" ALLOW_CONNECTIONS false")
	}
	if err != nil {
		tpl.drop(ctx, tpl.name) //nolint:errcheck // the first error tells more
	}
	return err
}

func (tpl *Template) fill(ctx context.Context) error {
	cfg := tpl.config(tpl.url(tpl.name))
	if _, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{}); err != nil || tpl.Setup == nil {
		return err
	}
	db, err := tenancy.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	return tpl.Setup(ctx, db)
}

// config is the application's for another database.
func (tpl *Template) config(url string) tenancy.Config {
	cfg := tpl.Config
	cfg.URL, cfg.DirectURL = url, url
	return cfg
}

// url leads to another database of the same server.
func (tpl *Template) url(database string) string { return withDatabase(tpl.server, database) }

func (tpl *Template) drop(ctx context.Context, database string) error {
	return tpl.exec(ctx, "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)")
}

// exec runs one statement over a connection of its own.
func (tpl *Template) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, tpl.server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // done
	_, err = conn.Exec(ctx, sql)
	return err
}

// Server is the URL of a database of the server that the tests run on, as the
// role that makes the copies.
func (tpl *Template) Server() string { return tpl.server }
