// Package config is every setting of plio. Each is a flag and an environment
// variable (the tags are kong's); the flag goes before the variable.
package config

import (
	"log/slog"
	"time"
)

// Config is what an operator can set. Commands that serve nobody look at the
// first three groups only. Secrets are better given as variables than as flags,
// which every user of the machine can see in the list of processes.
type Config struct {
	// DataDir holds the database that plio runs itself, and the encryption key
	// that no setting gives: one folder to back up. Defaults to /var/lib/plio
	// for root, since PostgreSQL runs as another user, who cannot enter /root;
	// else to plio in $XDG_DATA_HOME, and ~/.local/share/plio.
	DataDir string `name:"data" env:"PLIO_DATA_DIR" placeholder:"DIR" group:"data" help:"Folder of the database and the encryption key. Default: /var/lib/plio as root, else ~/.local/share/plio."`
	// PostgresBin names the folder of the PostgreSQL to run, where the newest
	// that is installed is the wrong one. Defaults to that, else to the bundled.
	PostgresBin string `env:"PLIO_POSTGRES_BIN" placeholder:"DIR" group:"data" help:"Folder of the PostgreSQL binaries to run. Default: the newest installed, else the bundled one."`
	// DatabaseURL leads to a PostgreSQL that somebody else runs, directly or
	// through PgBouncer. Defaults to none: plio runs its own, so that the first
	// start needs nothing.
	DatabaseURL string `env:"PLIO_DATABASE_URL" placeholder:"URL" group:"data" help:"A PostgreSQL of yours, as postgres://user:password@host/database. Default: none, plio runs its own."`
	// DatabaseDirectURL leads to the same database past a pooler, for what a
	// pooler in transaction mode cannot carry: migrations and LISTEN. Defaults
	// to DatabaseURL.
	DatabaseDirectURL string `env:"PLIO_DATABASE_DIRECT_URL" placeholder:"URL" group:"data" help:"The same database past PgBouncer, for migrations. Default: the URL above."`
	// MaxConns is how many connections to the database are open at most.
	// Defaults to 24: enough for the cores of one server, and four such
	// processes fit below PostgreSQL's own default of 100.
	MaxConns int `env:"PLIO_MAX_CONNS" default:"24" placeholder:"N" group:"data" help:"Connections to the database at most (default: ${default})."`
	// EncryptionKey encrypts what must be shown again, as API keys. Defaults to
	// a key that is made at the first start and kept in the data folder.
	EncryptionKey string `env:"PLIO_ENCRYPTION_KEY" placeholder:"KEY" group:"data" help:"Key that API keys are encrypted with. Default: a file in the data folder, made at the first start."`

	// PublicURL is what people type to come here: links that are handed out
	// begin with it. Defaults to the listening address, which is right only on
	// the machine itself.
	PublicURL string `env:"PLIO_PUBLIC_URL" placeholder:"URL" group:"address" help:"Where people reach this server, as https://plio.example.org. Default: the listening address."`
	// Listen is the address to serve on. Defaults to this machine alone: what
	// the world may reach is for the operator to say.
	Listen string `env:"PLIO_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT" group:"address" help:"Address to serve on (default: ${default})."`

	// Log is the form of the log. Defaults to text: for eyes on a terminal,
	// key=value elsewhere.
	Log string `env:"PLIO_LOG" default:"text" enum:"text,json" placeholder:"FORM" group:"log" help:"Form of the log: text or json (default: ${default})."`
	// LogLevel is the least that is logged. Defaults to info: one line a request.
	LogLevel slog.Level `env:"PLIO_LOG_LEVEL" default:"info" placeholder:"LEVEL" group:"log" help:"Least level that is logged: debug, info, warn or error (default: ${default})."`

	// ClientID and ClientSecret are the OAuth client that existing web apps
	// have built in. Default to a pair that is made at the first start.
	ClientID     string `env:"PLIO_CLIENT_ID" placeholder:"ID" group:"serve" help:"OAuth client id that existing web apps have built in. Default: made at the first start."`
	ClientSecret string `env:"PLIO_CLIENT_SECRET" placeholder:"SECRET" group:"serve" help:"OAuth client secret of those apps. Default: made at the first start."`
	// SMS says how one-time passwords reach a phone. Defaults to log, which
	// sends nothing: a line of the log has the code.
	SMS string `env:"PLIO_SMS" default:"log" enum:"log" placeholder:"WAY" group:"serve" help:"How one-time passwords are sent: log writes them to the log (default: ${default})."`
	// TrustedProxies may say whom a request comes from (X-Forwarded-For,
	// -Proto, -Host). Defaults to none: a stranger must not choose the address
	// that limits are counted for.
	TrustedProxies []Network `env:"PLIO_TRUSTED_PROXIES" placeholder:"NET" group:"serve" help:"Addresses or networks whose X-Forwarded headers are believed, as 10.0.0.0/8,127.0.0.1. Default: none."`
	// MaxRequests is how many requests are served at once; more are told to
	// come again (503). Defaults to 512: some twenty for each connection to the
	// database, so that a crowd waits rather than fills the memory.
	MaxRequests int `env:"PLIO_MAX_REQUESTS" default:"512" placeholder:"N" group:"serve" help:"Requests at once at most; more are answered 503 (default: ${default})."`
	// DrainDelay is how long a stopping server goes on as usual, but for
	// /readyz. Defaults to none; a load balancer needs the time it takes to ask.
	DrainDelay time.Duration `env:"PLIO_DRAIN_DELAY" default:"0s" placeholder:"TIME" group:"serve" help:"How long to go on serving, no longer ready, when told to stop; for load balancers (default: ${default})."`
	// DrainTimeout is how long a stopping server waits for requests that it has
	// begun. Defaults to 20 s, below the 30 s after which most supervisors kill.
	DrainTimeout time.Duration `env:"PLIO_DRAIN_TIMEOUT" default:"20s" placeholder:"TIME" group:"serve" help:"How long to wait for requests under way when told to stop (default: ${default})."`
}
