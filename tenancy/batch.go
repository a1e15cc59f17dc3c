package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// SendBatch implements pgx.Tx. Statements that are not known yet are prepared
// first, all in one trip: so, as with pgx, none can use what an earlier one of
// the same batch makes.
func (v *view) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	if err := v.usable(); err != nil {
		return pgx.FailedBatchResults(batch, err)
	}
	b := v.w.b
	if pgx.FailedBatchResults(batch, pgx.ErrTxClosed).Tx() != nil {
		return pgx.FailedBatchResults(batch, errors.New("Batch.BeginTx cannot be used within a transaction"))
	}
	if len(batch.QueuedQueries) == 0 {
		return b.conn.SendBatch(ctx, batch)
	}
	known, err := v.known(ctx, batch)
	if err == nil {
		err = b.usable(ctx)
	}
	if err != nil {
		return pgx.FailedBatchResults(batch, err)
	}
	for i, q := range batch.QueuedQueries {
		v.w.doubtful = v.w.doubtful || (known[i] == nil && doubtful(q.SQL)) || (known[i] != nil && known[i].doubtful)
	}
	r := &batchAnswer{v: v, batch: batch, out: &pgconn.Batch{}}
	begun, bound := v.w.begun, v.w.bound
	r.ahead()
	for i, q := range batch.QueuedQueries {
		if err := b.encode(known[i], q.Arguments); err != nil {
			v.w.begun, v.w.bound = begun, bound
			return pgx.FailedBatchResults(batch, err)
		}
		if st := known[i]; st == nil {
			r.out.ExecParams(q.SQL, b.args.ParamValues, nil, b.args.ParamFormats, nil)
		} else {
			description := &pgconn.StatementDescription{Name: st.name, Fields: st.fields}
			// ExecStatement keeps the formats until the answer is read.
			r.out.ExecStatement(description, b.args.ParamValues, b.args.ParamFormats, st.formats)
		}
	}
	r.results = b.pg.ExecBatch(ctx, r.out)
	for range r.skip {
		if r.results.NextResult() {
			r.results.ResultReader().Close() //nolint:errcheck // NextResult stops at it
		}
	}
	return r
}

// known returns the prepared form of each statement; nil where none has one.
func (v *view) known(ctx context.Context, batch *pgx.Batch) ([]*prepared, error) {
	var missing []string
	places := map[string][]int{}
	known := make([]*prepared, len(batch.QueuedQueries))
	for i, q := range batch.QueuedQueries {
		r, err := newRequest(ctx, v.w.b, q.SQL, q.Arguments)
		if err != nil {
			return nil, err
		}
		if text, ok := v.w.names[r.sql]; ok {
			r.sql = text
		}
		q.SQL, q.Arguments = r.sql, r.args
		if r.text {
			continue
		}
		if known[i] = v.w.b.cache.get(v.t.schema, q.SQL); known[i] == nil {
			if places[q.SQL] == nil {
				missing = append(missing, q.SQL)
			}
			places[q.SQL] = append(places[q.SQL], i)
		}
	}
	if len(missing) == 0 {
		return known, nil
	}
	made, err := v.w.b.prepare(ctx, v.t.schema, func() int { return v.w.ahead(v.t) }, missing...)
	for _, st := range made {
		for _, i := range places[st.sql] {
			known[i] = st
		}
	}
	return known, err
}

// batchAnswer is the pgx.BatchResults of a batch that was sent.
type batchAnswer struct {
	v       *view
	batch   *pgx.Batch
	out     *pgconn.Batch
	skip    int
	results *pgconn.MultiResultReader
	rows    pgx.Rows // given out last
	next    int
	err     error
	closed  bool
}

// ahead is like work.ahead, for pgconn's batch.
func (r *batchAnswer) ahead() {
	w, b, schema := r.v.w, r.v.w.b, r.v.t.schema
	if !w.begun {
		w.begun = true
		if w.readOnly {
			r.put(nameRead, sqlRead)
		} else {
			r.put(nameBegin, sqlBegin)
		}
	}
	switch {
	case w.bound == "" && b.bugs.session:
		r.put("", strings.Replace(sqlBind, "true", "false", 1), schema)
	case w.bound == "":
		r.put(nameBind, sqlBind, schema)
	case len(w.tenants) > 1:
		r.put("", sqlRebind, schema, w.bound)
	}
	w.bound = schema
}

// put sends a statement whose result is passed over.
func (r *batchAnswer) put(name, sql string, params ...string) {
	values := make([][]byte, len(params))
	for i, p := range params {
		values[i] = []byte(p)
	}
	if name == "" || r.v.w.b.pooled {
		r.out.ExecParams(sql, values, nil, nil, nil)
	} else {
		r.out.ExecPrepared(name, values, nil, nil)
	}
	r.skip++
}

// advance moves to the next result.
func (r *batchAnswer) advance() (*pgconn.ResultReader, error) {
	switch {
	case r.rows != nil && r.rows.Err() != nil:
		r.fail(r.rows.Err())
	case r.err == nil && r.closed:
		return nil, errors.New("batch already closed")
	}
	if r.err != nil {
		return nil, r.err
	}
	r.next++
	if !r.results.NextResult() {
		err := r.results.Close()
		if err == nil {
			return nil, errors.New("no more results in batch")
		}
		r.fail(err)
		return nil, r.err
	}
	return r.results.ResultReader(), nil
}

func (r *batchAnswer) fail(err error) {
	if r.err != nil {
		return
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		r.v.w.b.learn(r.v.t.schema, pg)
		if r.next <= 1 && isCheck(pg) {
			err = fmt.Errorf("%w: %w", ErrPathChanged, err)
		}
	}
	r.err = err
}

// Exec implements pgx.BatchResults.
func (r *batchAnswer) Exec() (pgconn.CommandTag, error) {
	result, err := r.advance()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := result.Close()
	if err != nil {
		r.fail(err)
		return tag, r.err
	}
	r.v.w.saw(tag)
	return tag, nil
}

// Query implements pgx.BatchResults.
func (r *batchAnswer) Query() (pgx.Rows, error) {
	result, err := r.advance()
	if err != nil {
		return failed(err), err
	}
	r.rows = pgx.RowsFromResultReader(r.v.w.b.types, result)
	return r.rows, nil
}

// QueryRow implements pgx.BatchResults.
func (r *batchAnswer) QueryRow() pgx.Row {
	rows, _ := r.Query()
	return batchRow{rows}
}

type batchRow struct{ rows pgx.Rows }

// Scan implements pgx.Row.
func (r batchRow) Scan(dest ...any) error {
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// Close implements pgx.BatchResults.
func (r *batchAnswer) Close() error {
	if r.closed {
		return r.err
	}
	for r.err == nil && r.next < len(r.batch.QueuedQueries) {
		if fn := r.batch.QueuedQueries[r.next].Fn; fn == nil {
			r.Exec() //nolint:errcheck // kept
		} else if err := fn(r); err != nil {
			r.fail(err)
		}
	}
	r.closed = true
	if r.rows != nil {
		r.rows.Close()
		if err := r.rows.Err(); err != nil {
			r.fail(err)
		}
	}
	if err := r.results.Close(); err != nil {
		r.fail(err)
	}
	return r.err
}

// Tx implements pgx.BatchResults: the batch has begun none.
func (r *batchAnswer) Tx() pgx.Tx { return nil }
