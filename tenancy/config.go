package tenancy

import (
	"io/fs"
	"log/slog"
)

// Config says where the database is and what it holds. URL and Tenant are
// needed, all else has a default.
type Config struct {
	// URL leads to the database, directly or through PgBouncer in transaction
	// mode, as a postgres:// URL or a keyword string.
	URL string
	// DirectURL leads to the same database past the pooler: migrations, LISTEN.
	// Defaults to URL.
	DirectURL string
	// Shared holds the migrations of schema public, Tenant those of every
	// tenant's schema: NNNN_name.sql in goose's format, in the root of the FS.
	// Nil means none.
	Shared, Tenant fs.FS
	// BuiltIn are tenants that Migrate makes when they are missing, and that
	// cannot be renamed, suspended or trashed.
	BuiltIn []BuiltIn
	// Reserved are keys that Create and Rename refuse, compared without case.
	Reserved []string
	// MaxConns is the number of connections in all. Defaults to 24.
	MaxConns int
	// SharedConns are those of MaxConns that serve the shared tables, through
	// Shared. Defaults to a third.
	SharedConns int
	// Statements is how many prepared statements a connection for tenants keeps,
	// a quarter of them for one tenant at most. Each takes about 15 KB of the
	// server process. Defaults to 2,048.
	Statements int
	// Logger defaults to slog.Default.
	Logger *slog.Logger

	fleet *lazyFleet // of the DB that was opened with it
}

// BuiltIn is a tenant of the application's own, with a schema name it chooses.
type BuiltIn struct{ Key, Schema string }

func (c Config) withDefaults() Config {
	if c.DirectURL == "" {
		c.DirectURL = c.URL
	}
	if c.MaxConns == 0 {
		c.MaxConns = 24
	}
	if c.SharedConns == 0 {
		c.SharedConns = max(1, c.MaxConns/3)
	}
	if c.Statements == 0 {
		c.Statements = 2048
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.fleet == nil {
		c.fleet = &lazyFleet{}
	}
	return c
}
