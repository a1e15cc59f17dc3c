package tenancy

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// answer reads what comes back of a trip: the results of the statements ahead,
// the rows of the one that counts, the results of those after it. It is a
// pgx.Rows.
type answer struct {
	b      *backend
	ctx    context.Context
	schema string
	work   *work     // nil for a statement that is its own transaction
	db     *DB       // nil for a statement of a work
	st     *prepared // nil without a name
	ahead  int       // statements whose results come first
	offset int       // characters of text ahead, by which errors are misplaced
	text   bool      // may hold several statements, of which the last counts
	fields []pgconn.FieldDescription

	values [][]byte
	have   bool // values is a row that Next has not given out
	told   bool // the result that counts is complete
	over   bool // nothing more will come
	closed bool
	tag    pgconn.CommandTag
	err    error
}

// advance reads to the next row, or to the end.
func (a *answer) advance() bool {
	for !a.over {
		msg, err := a.b.receive()
		if err != nil {
			a.fail(a.b.lost(a.ctx, err))
			a.finish()
			return false
		}
		switch msg := msg.(type) {
		case *pgproto3.DataRow:
			if a.ahead == 0 && !a.told {
				a.values = msg.Values
				return true
			}
		case *pgproto3.RowDescription:
			if a.ahead == 0 && !a.told {
				a.fields = describe(msg)
			}
		case *pgproto3.CommandComplete:
			a.complete(msg.CommandTag)
		case *pgproto3.EmptyQueryResponse:
			a.told = true
		case *pgproto3.ErrorResponse:
			a.refused(pgconn.ErrorResponseToPgError(msg))
		case *pgproto3.ReadyForQuery:
			a.b.end()
			a.finish()
		}
	}
	return false
}

// complete takes the tag of a result.
func (a *answer) complete(tag []byte) {
	switch {
	case a.ahead > 0:
		a.ahead--
	case !a.told || a.text:
		a.told, a.tag = true, commandTag(tag)
		switch {
		case a.work != nil:
			a.work.saw(a.tag)
		case a.db != nil && endsTransaction(a.tag):
			a.b.broken = true
		}
	}
}

func (a *answer) refused(err *pgconn.PgError) {
	if int(err.Position) > a.offset {
		err.Position -= int32(a.offset)
	}
	a.b.learn(a.schema, err)
	if isCheck(err) && (a.told || a.ahead > 0) { // and not the caller's own statement
		a.fail(fmt.Errorf("%w: %w", ErrPathChanged, err))
	} else {
		a.fail(err)
	}
}

func (a *answer) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

// finish lets go of the connection, once.
func (a *answer) finish() {
	if a.over {
		return
	}
	a.over, a.values = true, nil
	if a.db != nil {
		a.db.done(a.ctx, a.b)
	}
}

// Next implements pgx.Rows.
func (a *answer) Next() bool {
	switch {
	case a.closed:
		return false
	case a.have:
		a.have = false
		return true
	case a.advance():
		return true
	}
	a.closed = true
	return false
}

// Close implements pgx.Rows.
func (a *answer) Close() {
	a.closed, a.have = true, false
	for a.advance() {
	}
}

// Err implements pgx.Rows.
func (a *answer) Err() error { return a.err }

// CommandTag implements pgx.Rows.
func (a *answer) CommandTag() pgconn.CommandTag { return a.tag }

// FieldDescriptions implements pgx.Rows.
func (a *answer) FieldDescriptions() []pgconn.FieldDescription { return a.fields }

// RawValues implements pgx.Rows.
func (a *answer) RawValues() [][]byte { return a.values }

// TypeMap implements pgx.Rows.
func (a *answer) TypeMap() *pgtype.Map {
	if a.b == nil {
		return nil
	}
	return a.b.types
}

// Conn implements pgx.Rows. It is nil: on the connection itself nothing stays
// bound.
func (a *answer) Conn() *pgx.Conn { return nil }

// abort ends the reading with an error of the caller's making.
func (a *answer) abort(err error) error {
	a.fail(err)
	a.Close()
	return err
}

// Scan implements pgx.Rows.
func (a *answer) Scan(dest ...any) error {
	if len(dest) == 1 {
		if rs, ok := dest[0].(pgx.RowScanner); ok {
			if err := rs.ScanRow(a); err != nil {
				return a.abort(err)
			}
			return nil
		}
	}
	if len(a.values) != len(dest) || len(a.fields) != len(dest) {
		return a.abort(fmt.Errorf("number of field descriptions must equal number of destinations, got %d and %d", len(a.fields), len(dest)))
	}
	plans, into := a.plans(len(dest))
	for i, d := range dest {
		if d == nil {
			continue
		}
		if t := reflect.TypeOf(d); plans[i] == nil || into[i] != t {
			plans[i], into[i] = a.b.types.PlanScan(a.fields[i].DataTypeOID, a.fields[i].Format, d), t
		}
		if err := plans[i].Scan(a.values[i], d); err != nil {
			return a.abort(pgx.ScanArgError{ColumnIndex: i, FieldName: a.fields[i].Name, Err: err})
		}
	}
	return nil
}

// plans are kept with a prepared statement, as most are scanned into the same
// types each time.
func (a *answer) plans(n int) ([]pgtype.ScanPlan, []reflect.Type) {
	if a.st == nil {
		a.st = &prepared{}
	}
	if len(a.st.plans) != n {
		a.st.plans, a.st.into = make([]pgtype.ScanPlan, n), make([]reflect.Type, n)
	}
	return a.st.plans, a.st.into
}

// Values implements pgx.Rows.
func (a *answer) Values() ([]any, error) {
	if a.closed {
		return nil, errors.New("rows is closed")
	}
	values := make([]any, len(a.values))
	for i, raw := range a.values {
		value, err := a.value(&a.fields[i], raw)
		if err != nil {
			return nil, a.abort(err)
		}
		values[i] = value
	}
	return values, nil
}

func (a *answer) value(f *pgconn.FieldDescription, raw []byte) (any, error) {
	t, known := a.b.types.TypeForOID(f.DataTypeOID)
	switch {
	case raw == nil:
		return nil, nil
	case known:
		return t.Codec.DecodeValue(a.b.types, f.DataTypeOID, f.Format, raw)
	case f.Format == pgx.TextFormatCode:
		return string(raw), nil
	}
	return append([]byte(nil), raw...), nil
}

// firstRow is the pgx.Row of an answer.
type firstRow answer

// Scan implements pgx.Row.
func (r *firstRow) Scan(dest ...any) error {
	a := (*answer)(r)
	if a.err != nil {
		a.Close()
		return a.err
	}
	for _, d := range dest {
		if _, ok := d.(*pgtype.DriverBytes); ok {
			return a.abort(errors.New("cannot scan into *pgtype.DriverBytes from QueryRow"))
		}
	}
	if !a.Next() {
		if a.err == nil {
			return pgx.ErrNoRows
		}
		return a.err
	}
	a.Scan(dest...) //nolint:errcheck // Err has it
	a.Close()
	return a.err
}

// failed is the answer to what was never sent.
func failed(err error) *answer { return &answer{err: err, over: true, closed: true} }
