// Package localpg runs a PostgreSQL of one's own: it finds the binaries that
// this machine has, makes a cluster, starts it on a unix socket that only its
// owner can reach, and stops it, also when the process that started it is
// killed. For tests it is a cluster in memory that is gone afterwards:
//
//	server, err := localpg.Start(ctx, localpg.Config{})
//	defer server.Stop(ctx)
//	conn, err := pgx.Connect(ctx, server.URL())
//
// With Config.Dir and Config.Durable it is a database to keep.
//
// It works as root, which PostgreSQL refuses: the server then runs as another
// user. Linux and macOS; PostgreSQL 14 or newer.
package localpg
