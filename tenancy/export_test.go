package tenancy

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// CheckServing is Open's check, for a test of its own.
var CheckServing = checkServing

// NameSchemas makes Create take schemas' names from next.
func NameSchemas(db *DB, next func() string) {
	f, err := db.registry()
	if err != nil {
		panic(err)
	}
	f.newSchema = next
}

// TryListening makes the middleware try its connection after idle, and wait for
// answer.
func TryListening(db *DB, idle, answer time.Duration) {
	f, err := db.registry()
	if err != nil {
		panic(err)
	}
	f.listener.idle, f.listener.answer = idle, answer
}

// OpenWithFault is Open of a package that has a fault: it commits without a look
// at the path, or sets the path for the session.
func OpenWithFault(ctx context.Context, cfg Config, noCheck, session bool) (*DB, error) {
	return open(ctx, cfg, defects{noCheck: noCheck, session: session})
}

// PathMet returns the search path that t's next transaction meets on the
// connection that it is given, before anything is bound.
func PathMet(ctx context.Context, db *DB, t Tenant) (string, error) {
	b, err := db.pool.acquire(ctx, t.schema)
	if err != nil {
		return "", err
	}
	defer db.pool.release(b)
	results, err := b.pg.Exec(ctx, "select current_setting('search_path')").ReadAll()
	if err != nil || len(results) != 1 || len(results[0].Rows) != 1 {
		return "", errors.Join(errLost, err)
	}
	return string(results[0].Rows[0][0]), nil
}

// Trips returns how many network trips fn makes on the connection that t is
// given, which is the only one.
func Trips(ctx context.Context, db *DB, t Tenant, fn func()) (int, error) {
	b, err := db.pool.acquire(ctx, t.schema)
	if err != nil {
		return 0, err
	}
	var trace bytes.Buffer
	b.front.Trace(&trace, pgproto3.TracerOptions{SuppressTimestamps: true})
	db.pool.release(b)
	fn()
	b.front.Untrace()
	return strings.Count(trace.String(), "B\tReadyForQuery"), nil
}
