package tenancy

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Single runs single statements in one tenant, each a transaction of its own:
// binding and statement are one network trip. It is made by [DB.Single], and is
// what sqlc's generated code takes for a database. One Single may be used by
// many at once.
type Single struct {
	db *DB
	t  Tenant
}

// Single returns what runs single statements in t. A statement is one: text with
// several is an error (42601), as is one that cannot run inside a transaction.
// Rows have to be closed, and a Row scanned, or the connection is not given back.
func (db *DB) Single(t Tenant) Single { return Single{db, t} }

// Tenant returns the tenant that s is bound to.
func (s Single) Tenant() Tenant { return s.t }

// Query runs a statement and returns its rows.
func (s Single) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	a := s.run(ctx, sql, args, false)
	return a, a.err
}

// QueryRow runs a statement of whose rows the first one counts.
func (s Single) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return (*firstRow)(s.run(ctx, sql, args, false))
}

// Exec runs a statement.
func (s Single) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	a := s.run(ctx, sql, args, true)
	a.Close()
	return a.tag, a.err
}

// run sends a statement and reads up to its first row, so that what can be sent
// once more is sent once more.
func (s Single) run(ctx context.Context, sql string, args []any, exec bool) *answer {
	if s.t.schema == "" {
		return failed(ErrNoTenant)
	}
	a := s.once(ctx, sql, args, exec)
	if a.err != nil && again(a.err) {
		s.db.retries.Add(1)
		a = s.once(ctx, sql, args, exec)
	}
	return a
}

func (s Single) once(ctx context.Context, sql string, args []any, exec bool) *answer {
	b, err := s.db.pool.acquire(ctx, s.t.schema)
	if err != nil {
		return failed(err)
	}
	a, err := s.send(ctx, b, sql, args, exec)
	if err != nil {
		s.db.done(ctx, b)
		return failed(err)
	}
	a.have = a.advance()
	return a
}

// send sends binding and statement. A statement that might change the path is
// put into a transaction that is committed only if it has not; behind a pooler,
// whose connection somebody else has next, every one is checked.
func (s Single) send(ctx context.Context, b *backend, sql string, args []any, exec bool) (*answer, error) {
	r, err := newRequest(ctx, b, sql, args)
	if err != nil {
		return nil, err
	}
	r.exec = exec
	var st *prepared
	if !r.text {
		if st, err = s.statement(ctx, b, r.sql); err != nil {
			return nil, err
		}
	}
	careful := st == nil && doubtful(r.sql) || st != nil && st.doubtful
	if err = b.encode(st, r.args); err == nil {
		err = b.begin(ctx)
	}
	if err != nil {
		return nil, err
	}
	a := &answer{b: b, db: s.db, ctx: ctx, schema: s.t.schema, st: st, ahead: 1}
	if careful {
		b.sendBegin(false)
		a.ahead++
	}
	b.bind(s.t)
	a.fields = b.send(st, &r)
	if !b.bugs.noCheck {
		s.after(b, careful)
	} else if careful {
		b.sendCommit()
	}
	return a, b.flush(ctx)
}

// after sends what follows the statement.
func (s Single) after(b *backend, careful bool) {
	switch {
	case b.pooled:
		b.executeText(check("''", s.t.schema), nil, nil)
	case careful:
		b.executeText(check(sqlEmpty, s.t.schema), nil, nil)
	}
	if careful {
		b.sendCommit()
		if b.pooled {
			b.executeText(sqlReset, nil, nil)
		}
	}
}

func (s Single) statement(ctx context.Context, b *backend, sql string) (*prepared, error) {
	if st := b.cache.get(s.t.schema, sql); st != nil {
		return st, nil
	}
	known, err := b.prepare(ctx, s.t.schema, func() int { b.bind(s.t); return 1 }, sql)
	if err != nil {
		return nil, err
	}
	return known[0], nil
}

// done gives b back when its statement is over.
func (db *DB) done(ctx context.Context, b *backend) {
	if !b.broken && b.pg.TxStatus() != 'I' {
		b.rollback(ctx)
	}
	db.pool.release(b)
}

// doubtful reports whether a statement might change the search path: all but
// those that read or write rows.
func doubtful(sql string) bool {
	low := strings.ToLower(sql)
	if strings.Contains(low, "set_config") || strings.Contains(low, "search_path") {
		return true
	}
	word := strings.TrimLeft(withoutComments(low), " \t\r\n\f\v(")
	for _, harmless := range []string{"select", "insert", "update", "delete", "with", "values", "table", "merge"} {
		if rest, ok := strings.CutPrefix(word, harmless); ok && (rest == "" || !isWord(rest[0])) {
			return false
		}
	}
	return true
}

// withoutComments cuts the comments that a statement begins with; sqlc puts its
// name there.
func withoutComments(sql string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\f\v(")
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			n := nested(sql)
			if n == 0 {
				return ""
			}
			sql = sql[n:]
		default:
			return sql
		}
	}
}
