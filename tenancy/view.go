package tenancy

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// usable says why v can run nothing any more, if so.
func (v *view) usable() error {
	if v.w.closed {
		return pgx.ErrTxClosed
	}
	for x := v; x != nil; x = x.outer {
		if x.done {
			return pgx.ErrTxClosed
		}
	}
	if v.w.begun && v.w.b.pg.TxStatus() == 'I' {
		return pgx.ErrTxClosed // and whatever runs now would not be bound
	}
	return nil
}

// Query implements pgx.Tx.
func (v *view) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	a := v.run(ctx, sql, args, false)
	return a, a.err
}

// QueryRow implements pgx.Tx.
func (v *view) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return (*firstRow)(v.run(ctx, sql, args, false))
}

// Exec implements pgx.Tx. Without arguments sql may hold several statements.
func (v *view) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	a := v.run(ctx, sql, args, true)
	a.Close()
	return a.tag, a.err
}

// run sends a statement, and reads up to its first row.
func (v *view) run(ctx context.Context, sql string, args []any, exec bool) *answer {
	if err := v.usable(); err != nil {
		return failed(err)
	}
	b := v.w.b
	r, err := newRequest(ctx, b, sql, args)
	if err != nil {
		return failed(err)
	}
	r.exec = exec
	if text, ok := v.w.names[r.sql]; ok {
		r.sql = text
	}
	if exec && len(r.args) == 0 {
		return v.runText(ctx, r.sql)
	}
	var st *prepared
	if !r.text {
		if st, err = v.statement(ctx, r.sql); err != nil {
			return failed(err)
		}
	}
	if err = b.encode(st, r.args); err == nil {
		err = b.begin(ctx)
	}
	if err != nil {
		return failed(err)
	}
	v.w.doubtful = v.w.doubtful || (st == nil && doubtful(r.sql)) || (st != nil && st.doubtful)
	a := &answer{b: b, ctx: ctx, schema: v.t.schema, work: v.w, st: st}
	a.ahead = v.w.ahead(v.t)
	a.fields = b.send(st, &r)
	return v.read(a, b.flush(ctx))
}

// runText sends what may be several statements, which pgx runs in this way too.
func (v *view) runText(ctx context.Context, sql string) *answer {
	b := v.w.b
	if err := b.begin(ctx); err != nil {
		return failed(err)
	}
	v.w.doubtful = v.w.doubtful || doubtful(sql)
	text, n := v.w.aheadText(v.t)
	b.out.query = pgproto3.Query{String: text + sql}
	b.front.SendQuery(&b.out.query)
	a := &answer{b: b, ctx: ctx, schema: v.t.schema, work: v.w, ahead: n, offset: len(text), text: true}
	return v.read(a, b.write(ctx))
}

func (v *view) read(a *answer, err error) *answer {
	if err != nil {
		return failed(err)
	}
	a.have = a.advance()
	return a
}

// statement returns the prepared form of sql. What is not known yet takes a trip
// of its own, which begins the transaction if need be.
func (v *view) statement(ctx context.Context, sql string) (*prepared, error) {
	b := v.w.b
	if st := b.cache.get(v.t.schema, sql); st != nil {
		return st, nil
	}
	var sqls []string
	for _, key := range v.w.keys() { // which the commit, and other works, will need
		if b.cache.get(v.t.schema, key) == nil {
			sqls = append(sqls, key)
		}
	}
	known, err := b.prepare(ctx, v.t.schema, func() int { return v.w.ahead(v.t) }, append(sqls, sql)...)
	if err != nil {
		return nil, err
	}
	return known[len(known)-1], nil
}

// open begins and binds the transaction for what pgx does by itself.
func (v *view) open(ctx context.Context) error {
	if err := v.usable(); err != nil {
		return err
	}
	b := v.w.b
	if v.w.bound == v.t.schema && len(v.w.tenants) == 1 {
		return b.usable(ctx)
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	a := &answer{b: b, ctx: ctx, schema: v.t.schema, ahead: v.w.ahead(v.t)}
	return v.read(a, b.flush(ctx)).err
}

// CopyFrom implements pgx.Tx.
func (v *view) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if err := v.open(ctx); err != nil {
		return 0, err
	}
	return v.w.b.conn.CopyFrom(ctx, table, columns, rows)
}

// LargeObjects implements pgx.Tx. As it returns no error, what goes wrong here
// is the error of what is done with it.
func (v *view) LargeObjects() pgx.LargeObjects {
	w := v.w
	if w.inner == nil {
		err := v.open(w.ctx)
		if err == nil {
			// Text without a statement, as the transaction has begun.
			w.inner, err = w.b.conn.BeginTx(w.ctx, pgx.TxOptions{BeginQuery: "/* large objects */"})
		}
		if err != nil {
			return closedTx().LargeObjects()
		}
	}
	return w.inner.LargeObjects()
}

// closedTx is a transaction of pgx's that refuses everything.
func closedTx() pgx.Tx {
	b := &pgx.Batch{}
	b.BeginTx(pgx.TxOptions{})
	return pgx.FailedBatchResults(b, pgx.ErrTxClosed).Tx()
}

// Prepare implements pgx.Tx. The name is good until the transaction ends, what
// was prepared is kept for later ones like every statement.
func (v *view) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	description := &pgconn.StatementDescription{Name: name, SQL: sql}
	if v.w.b.pooled {
		if err := v.open(ctx); err != nil {
			return nil, err
		}
		unnamed, err := v.w.b.conn.Prepare(ctx, "", sql)
		if err != nil {
			return nil, err
		}
		description.ParamOIDs, description.Fields = unnamed.ParamOIDs, unnamed.Fields
	} else {
		st, err := v.statement(ctx, sql)
		if err != nil {
			return nil, err
		}
		description.ParamOIDs, description.Fields = st.params.ParamOIDs, st.fields
	}
	if v.w.names == nil {
		v.w.names = map[string]string{}
	}
	v.w.names[name] = sql
	return description, nil
}

// Begin implements pgx.Tx: it makes a savepoint.
func (v *view) Begin(ctx context.Context) (pgx.Tx, error) {
	v.w.points++
	sp := &view{w: v.w, t: v.t, outer: v, point: "sp_" + strconv.Itoa(v.w.points)}
	if err := v.savepoint(ctx, "savepoint "+sp.point); err != nil {
		return nil, err
	}
	return sp, nil
}

// savepoint runs a statement that leaves the path alone.
func (v *view) savepoint(ctx context.Context, sql string) error {
	before := v.w.doubtful
	_, err := v.Exec(ctx, sql)
	v.w.doubtful = before
	return err
}

// Commit implements pgx.Tx for a savepoint.
func (v *view) Commit(ctx context.Context) error {
	err := v.savepoint(ctx, "release savepoint "+v.point)
	v.done = true
	return err
}

// Rollback implements pgx.Tx for a savepoint.
func (v *view) Rollback(ctx context.Context) error {
	err := v.savepoint(ctx, "rollback to savepoint "+v.point)
	v.done = true
	return err
}

// Conn implements pgx.Tx. Tx hides it.
func (v *view) Conn() *pgx.Conn { return v.w.b.conn }
