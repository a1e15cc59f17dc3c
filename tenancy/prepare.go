package tenancy

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// prepare makes b know statements under the path of schema, in one trip, which
// first closes what has left the cache. ahead, which may be nil, sends what goes
// before and returns how many statements that is. What it returns can be run
// until the next prepare, however small the cache is.
func (b *backend) prepare(ctx context.Context, schema string, ahead func() int, sqls ...string) ([]*prepared, error) {
	if err := b.begin(ctx); err != nil {
		return nil, err
	}
	p := preparing{b: b, schema: schema}
	for _, name := range b.cache.gone {
		b.front.SendClose(&pgproto3.Close{ObjectType: 'S', Name: name})
	}
	if ahead != nil {
		p.skip = ahead()
	}
	for _, sql := range sqls {
		s := &prepared{name: b.cache.newName(), sql: sql, doubtful: doubtful(sql)}
		b.front.SendParse(&pgproto3.Parse{Name: s.name, Query: b.text(sql, schema)})
		b.front.SendDescribe(&pgproto3.Describe{ObjectType: 'S', Name: s.name})
		p.todo = append(p.todo, s)
	}
	if err := b.flush(ctx); err != nil {
		return nil, err
	}
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	return p.done, nil
}

// preparing reads the answer to a trip of prepare's.
type preparing struct {
	b       *backend
	schema  string
	skip    int // results of the statements ahead
	todo    []*prepared
	done    []*prepared
	parsed  bool // the first of todo is known to the server
	closed  int
	failure error
}

func (p *preparing) read(ctx context.Context) error {
	for {
		msg, err := p.b.receive()
		if err != nil {
			return p.b.lost(ctx, err)
		}
		switch msg := msg.(type) {
		case *pgproto3.CloseComplete:
			p.closed++
		case *pgproto3.CommandComplete:
			p.skip--
		case *pgproto3.ParseComplete:
			p.parsed = p.skip == 0
		case *pgproto3.ParameterDescription:
			p.todo[0].params.ParamOIDs = slices.Clone(msg.ParameterOIDs)
		case *pgproto3.RowDescription:
			if p.skip == 0 {
				p.keep(describe(msg))
			}
		case *pgproto3.NoData:
			if p.skip == 0 {
				p.keep(nil)
			}
		case *pgproto3.ErrorResponse:
			p.failure = pgconn.ErrorResponseToPgError(msg)
		case *pgproto3.ReadyForQuery:
			return p.finish()
		}
	}
}

// keep puts a statement into the cache, now that its columns are known.
func (p *preparing) keep(fields []pgconn.FieldDescription) {
	s := p.todo[0]
	p.todo, p.parsed = p.todo[1:], false
	s.fields, s.formats = fields, make([]int16, len(fields))
	for i := range fields {
		s.formats[i] = p.b.types.FormatCodeForOID(fields[i].DataTypeOID)
		fields[i].Format = s.formats[i]
	}
	p.b.cache.put(p.schema, s)
	p.done = append(p.done, s)
}

func (p *preparing) finish() error {
	gone := &p.b.cache.gone
	*gone = slices.Delete(*gone, 0, p.closed)
	if p.parsed { // but not described
		*gone = append(*gone, p.todo[0].name)
	}
	p.b.end()
	if p.failure != nil {
		p.b.learn(p.schema, p.failure)
	}
	return p.failure
}
