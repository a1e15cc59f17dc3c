package tenancy

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// work is one transaction. It begins with its first statement, in the same trip.
type work struct {
	b        *backend
	ctx      context.Context // what InTx was called with
	tenants  []Tenant        // one, or two
	readOnly bool
	begun    bool   // the server was told
	bound    string // the schema whose path it was told; empty where that is not known
	ended    bool   // by a statement of the function's own
	doubtful bool   // a statement may have changed the path
	sent     bool   // the commit
	closed   bool
	points   int               // savepoints so far
	names    map[string]string // of Tx.Prepare, to their text
	inner    pgx.Tx            // of pgx's, for large objects
}

// view is a work as one tenant sees it, or a savepoint in it. It is a pgx.Tx.
type view struct {
	w     *work
	t     Tenant
	outer *view  // the one that a savepoint was made in
	point string // the savepoint's name
	done  bool   // the savepoint has been ended
}

// tx is what a function is given.
func (w *work) tx(i int) Tx { return Tx{raw: &view{w: w, t: w.tenants[i]}, tenant: w.tenants[i]} }

// ahead sends what has to go before a statement of t's, and returns how many
// statements that is. With two tenants each statement is bound anew.
func (w *work) ahead(t Tenant) (n int) {
	if !w.begun {
		w.b.sendBegin(w.readOnly)
		w.begun = true
		n++
	}
	switch {
	case w.bound == "":
		w.bind(t)
		n++
	case len(w.tenants) > 1:
		w.b.rebind(t, w.bound)
		n++
	}
	w.bound = t.schema
	return n
}

// bind sends what is known of t, if it is: SET costs less than a query.
func (w *work) bind(t Tenant) {
	if set := w.b.cache.get(t.schema, keySet); set != nil && !w.b.bugs.session {
		w.b.execute(set.name, nil)
	} else {
		w.b.bind(t)
	}
}

// keys are the statements of its own that the work has use for.
func (w *work) keys() []string {
	switch {
	case len(w.tenants) > 1:
		return nil
	case w.readOnly:
		return []string{keySet}
	}
	return []string{keySet, keyCheck}
}

// aheadText is ahead for a statement that is sent as text.
func (w *work) aheadText(t Tenant) (text string, n int) {
	if !w.begun {
		text, n = sqlBegin+"; ", 1
		if w.readOnly {
			text = sqlRead + "; "
		}
		w.begun = true
	}
	switch {
	case w.bound == "":
		text, n = text+"select set_config('search_path', '"+t.schema+"', "+w.b.local()+"); ", n+1
	case len(w.tenants) > 1:
		text, n = text+"select case when current_setting('search_path') = '"+w.bound+
			"' then set_config('search_path', '"+t.schema+"', true)"+sqlChanged+"; ", n+1
	}
	w.bound = t.schema
	return text, n
}

func (w *work) schemas() (schemas []string) {
	for _, t := range w.tenants {
		schemas = append(schemas, t.schema)
	}
	return schemas
}

// saw hears how each statement of the function's has ended.
func (w *work) saw(tag pgconn.CommandTag) {
	switch {
	case endsTransaction(tag):
		w.ended = true
	case len(w.tenants) > 1 && tag.String() == "ROLLBACK": // to a savepoint, with its path
		w.bound = ""
	}
}

// endsTransaction reports whether a statement has ended the transaction that it
// was in, or has begun one, where one had ended.
func endsTransaction(tag pgconn.CommandTag) bool {
	switch tag.String() {
	case "COMMIT", "BEGIN", "START TRANSACTION", "PREPARE TRANSACTION":
		return true
	}
	return false
}

// commit ends the transaction in one trip, in which PostgreSQL does not reach
// the commit when the check of the path fails.
func (w *work) commit(ctx context.Context) error {
	if !w.begun {
		return nil
	}
	if err := w.b.usable(ctx); err != nil {
		return err
	}
	switch status := w.b.pg.TxStatus(); {
	case w.ended || status == 'I':
		return fmt.Errorf("%w: the function has ended its transaction itself", ErrPathChanged)
	case status == 'E':
		return pgx.ErrTxCommitRollback
	}
	a, err := w.sendCommit(ctx)
	if err != nil {
		return err
	}
	w.sent = true
	for a.advance() {
	}
	if a.err == nil && a.tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return a.err
}

func (w *work) sendCommit(ctx context.Context) (*answer, error) {
	b := w.b
	if b.pooled || w.doubtful || len(w.tenants) > 1 || b.bugs.noCheck {
		return w.sendCommitText(ctx)
	}
	t := w.tenants[0]
	check := b.cache.get(t.schema, keyCheck)
	if check == nil {
		known, err := b.prepare(ctx, t.schema, nil, keyCheck)
		if err != nil {
			return nil, err
		}
		check = known[0]
	}
	if err := b.begin(ctx); err != nil {
		return nil, err
	}
	b.execute(check.name, nil)
	b.execute(nameCommit, nil)
	return &answer{b: b, ctx: ctx, schema: t.schema, ahead: 1}, b.flush(ctx)
}

func (w *work) sendCommitText(ctx context.Context) (*answer, error) {
	b := w.b
	text, ahead := sqlCommit, 0
	switch {
	case b.bugs.noCheck:
	case b.pooled:
		text, ahead = check("''", w.schemas()...)+"; "+sqlCommit+"; "+sqlReset, 1
	default:
		text, ahead = check(sqlEmpty, w.schemas()...)+"; "+sqlCommit, 1
	}
	if err := b.begin(ctx); err != nil {
		return nil, err
	}
	b.out.query = pgproto3.Query{String: text}
	b.front.SendQuery(&b.out.query)
	return &answer{b: b, ctx: ctx, ahead: ahead}, b.write(ctx)
}

// end rolls back what was not committed, also for a request that is gone, and
// sees to it that a connection on which the function has done this by itself is
// not used again: what it set may have outlived the transaction.
func (w *work) end() {
	w.closed = true
	switch {
	case !w.begun || w.b.broken:
	case w.b.busy || w.b.pg.IsBusy() || w.ended:
		w.b.broken = true
	case w.b.pg.TxStatus() == 'I':
		w.b.broken = w.b.broken || !w.sent
	default:
		w.b.rollback(w.ctx)
	}
	if w.inner != nil {
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		w.inner.Commit(gone) //nolint:errcheck // sends nothing, but whoever kept it finds it closed
	}
}

// rollback leaves b idle, or broken.
func (b *backend) rollback(ctx context.Context) {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
	}
	if b.begin(ctx) != nil {
		b.broken = true
		return
	}
	b.out.query = pgproto3.Query{String: "rollback"}
	b.front.SendQuery(&b.out.query)
	if b.write(ctx) != nil {
		return
	}
	a := answer{b: b, ctx: ctx}
	for a.advance() {
	}
}
