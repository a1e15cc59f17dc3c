package tenancy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// backend is one connection that serves tenants, and what its server process
// knows. One caller has it at a time.
//
// It speaks the protocol itself where pgx has no call for it: what binds a
// transaction to its tenant goes ahead of a statement, in the same trip.
type backend struct {
	conn   *pgx.Conn
	pg     *pgconn.PgConn
	front  *pgproto3.Frontend
	types  *pgtype.Map
	pooled bool // behind a pooler: nothing is prepared, nothing set for the session
	bugs   defects

	cache preparedCache
	met   map[string]struct{} // schemas, whose catalog the server process keeps
	args  pgx.ExtendedQueryBuilder
	out   messages

	slot      int
	expires   time.Time
	idleSince time.Time
	busy      bool // an answer has not been read to its end
	broken    bool // to be closed instead of used again
	running   bool // the server may still be at work on a trip that was given up

	stop func() bool // ends the watch over the caller's context
	mu   sync.Mutex
	turn uint64 // of watches; what an old one does is of no consequence
	late bool   // a watch has set the deadline
}

// messages are those sent all the time, so that none is made anew.
type messages struct {
	parse    pgproto3.Parse
	bind     pgproto3.Bind
	describe pgproto3.Describe
	execute  pgproto3.Execute
	query    pgproto3.Query
	sync     pgproto3.Sync
	value    [1][]byte
}

// defects are planted by a test that has to find them.
type defects struct {
	noCheck bool // commit without a look at the path
	session bool // set the path for the session, not for the transaction
}

var (
	errBusy = errors.New("tenancy: the connection is busy: rows were not closed")
	errLost = errors.New("tenancy: the connection is lost")
)

func newBackend(conn *pgx.Conn, statements int) *backend {
	pg := conn.PgConn()
	return &backend{conn: conn, pg: pg, front: pg.Frontend(), types: conn.TypeMap(),
		cache: newPreparedCache(statements), met: map[string]struct{}{}, out: messages{describe: pgproto3.Describe{ObjectType: 'P'}}}
}

// usable says why nothing can be sent, if so.
func (b *backend) usable(ctx context.Context) error {
	switch {
	case b.broken || b.pg.IsClosed():
		return errLost
	case b.busy || b.pg.IsBusy():
		return errBusy
	}
	return ctx.Err()
}

// begin starts a trip, which ends with the server's ReadyForQuery.
func (b *backend) begin(ctx context.Context) error {
	if err := b.usable(ctx); err != nil {
		return err
	}
	b.busy = true
	if ctx.Done() != nil {
		turn := b.turn
		b.stop = context.AfterFunc(ctx, func() { b.interrupt(turn) })
	}
	return nil
}

// interrupt makes reading and writing fail, as ctx is done.
func (b *backend) interrupt(turn uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.turn == turn {
		b.late = true
		b.pg.Conn().SetDeadline(time.Unix(1, 0)) //nolint:errcheck // a closed connection fails too
	}
}

// end is called when the answer is read, or never will be.
func (b *backend) end() {
	b.busy = false
	if b.stop == nil {
		return
	}
	if !b.stop() {
		b.mu.Lock()
		b.turn++
		if b.late {
			b.late = false
			b.pg.Conn().SetDeadline(time.Time{}) //nolint:errcheck // see interrupt
		}
		b.mu.Unlock()
	}
	b.stop = nil
}

// lost ends a trip whose answer will not come.
func (b *backend) lost(ctx context.Context, err error) error {
	b.broken, b.running = true, true
	b.end()
	if wrapped := errors.Unwrap(err); wrapped != nil {
		err = wrapped // pgx takes what has not been read for safe to send again
	}
	if ctx.Err() != nil {
		return fmt.Errorf("tenancy: %w (%w)", ctx.Err(), err)
	}
	return fmt.Errorf("tenancy: %w", err)
}

// flush sends the trip.
func (b *backend) flush(ctx context.Context) error {
	b.front.SendSync(&b.out.sync)
	return b.write(ctx)
}

func (b *backend) write(ctx context.Context) error {
	if err := b.front.Flush(); err != nil {
		return b.lost(ctx, err)
	}
	return nil
}

// receive reads one message. Contexts are watched by begin.
func (b *backend) receive() (pgproto3.BackendMessage, error) {
	return b.pg.ReceiveMessage(context.Background())
}

// execute runs a statement of the server's by name. Its columns are known.
func (b *backend) execute(name string, params [][]byte) {
	b.out.bind = pgproto3.Bind{PreparedStatement: name, Parameters: params}
	b.front.SendBind(&b.out.bind)
	b.front.SendExecute(&b.out.execute)
}

// executeText runs a statement without a name.
func (b *backend) executeText(sql string, params [][]byte, formats []int16) {
	b.out.parse = pgproto3.Parse{Query: sql}
	b.front.SendParse(&b.out.parse)
	b.out.bind = pgproto3.Bind{ParameterFormatCodes: formats, Parameters: params}
	b.front.SendBind(&b.out.bind)
	b.front.SendDescribe(&b.out.describe)
	b.front.SendExecute(&b.out.execute)
}

// learn draws the conclusions from an error of the server's.
func (b *backend) learn(schema string, err error) {
	switch {
	case planChanged(err):
		b.cache.forget(schema)
	case nameGone(err):
		b.broken = true // DEALLOCATE ALL, or DISCARD ALL: nothing is there any more
	}
}

// healthy reports whether somebody else may have b.
func (b *backend) healthy(now time.Time) bool {
	return !b.broken && !b.busy && !b.pg.IsClosed() && !b.pg.IsBusy() && b.pg.TxStatus() == 'I' && now.Before(b.expires)
}

// hangUp closes the connection, and ends what its server process still does.
func (b *backend) hangUp() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if b.busy || b.running {
		b.pg.Conn().SetDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // it is closed next
		b.pg.CancelRequest(ctx)                                   //nolint:errcheck // closing will do
	}
	b.conn.Close(ctx) //nolint:errcheck // nothing is left to be lost
	select {
	case <-b.pg.CleanupDone():
	case <-ctx.Done():
	}
}
