package tenancy

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// request is one statement as the caller gave it, without the options of pgx's
// that may stand before its arguments.
type request struct {
	sql     string
	args    []any
	text    bool // the caller asked for no statement with a name
	formats pgx.QueryResultFormats
	byOID   pgx.QueryResultFormatsByOID
	exec    bool // the rows are of no interest
}

// newRequest reads the options.
func newRequest(ctx context.Context, b *backend, sql string, args []any) (r request, err error) {
	r.text = b.pooled
	for len(args) > 0 {
		switch arg := args[0].(type) {
		case pgx.QueryExecMode:
			r.text = r.text || arg == pgx.QueryExecModeExec || arg == pgx.QueryExecModeSimpleProtocol
		case pgx.QueryResultFormats:
			r.formats = arg
		case pgx.QueryResultFormatsByOID:
			r.byOID = arg
		case pgx.QueryRewriter:
			if sql, args, err = arg.RewriteQuery(ctx, b.conn, sql, args[1:]); err != nil {
				return request{}, fmt.Errorf("rewrite query failed: %w", err)
			}
			r.sql, r.args = sql, args
			return r, nil
		default:
			r.sql, r.args = sql, args
			return r, nil
		}
		args = args[1:]
	}
	r.sql, r.args = sql, args
	return r, nil
}

// encode writes the arguments, into b.args. st is nil for a statement without a
// name, whose parameters have the types of the arguments.
func (b *backend) encode(st *prepared, args []any) error {
	if st == nil {
		return b.args.Build(b.types, nil, args)
	}
	if len(st.params.ParamOIDs) != len(args) {
		return fmt.Errorf("expected %d arguments, got %d", len(st.params.ParamOIDs), len(args))
	}
	return b.args.Build(b.types, &st.params, args)
}

// send puts the statement whose arguments were encoded into the trip. It returns
// its columns, as far as they are known.
func (b *backend) send(st *prepared, r *request) []pgconn.FieldDescription {
	if st == nil {
		b.executeText(r.sql, b.args.ParamValues, b.args.ParamFormats)
		return nil
	}
	fields, formats := st.fields, st.formats
	if r.formats != nil || r.byOID != nil {
		fields, formats = r.ask(st)
	}
	b.out.bind = pgproto3.Bind{PreparedStatement: st.name, ParameterFormatCodes: b.args.ParamFormats,
		Parameters: b.args.ParamValues, ResultFormatCodes: formats}
	b.front.SendBind(&b.out.bind)
	if len(fields) == 0 && !r.exec {
		b.front.SendDescribe(&b.out.describe) // FETCH has the columns of its cursor
	}
	b.front.SendExecute(&b.out.execute)
	return fields
}

// ask returns the columns in the formats that the caller wants.
func (r *request) ask(st *prepared) ([]pgconn.FieldDescription, []int16) {
	fields, formats := slices.Clone(st.fields), []int16(r.formats)
	if r.byOID != nil {
		formats = make([]int16, len(fields))
		for i := range fields {
			formats[i] = r.byOID[fields[i].DataTypeOID]
		}
	}
	for i := range fields {
		switch len(formats) {
		case 0:
			fields[i].Format = pgx.TextFormatCode
		case 1:
			fields[i].Format = formats[0]
		case len(fields):
			fields[i].Format = formats[i]
		}
	}
	return fields, formats
}
