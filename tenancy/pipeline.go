package tenancy

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// command is one statement of a pipeline with its parameters, which are sent as
// text.
type command struct {
	sql     string
	args    []any  // string, int64, []int64 or []string
	version int64  // of the migration that it is from, if it is from one
	at      string // its file and line
}

func cmd(sql string, args ...any) command { return command{sql: sql, args: args} }

// commands are what a migration runs.
func (m migration) commands() (all []command) {
	for _, s := range m.statements {
		all = append(all, command{sql: s.sql, version: m.version, at: fmt.Sprintf("%s line %d", m.file, s.line)})
	}
	return all
}

// pipeline sends commands in one trip, each in a message of its own, none of
// them prepared beforehand: they may make the tables that later ones need. It
// returns how many succeeded; the command at that index is the one that failed.
func pipeline(ctx context.Context, conn *pgconn.PgConn, commands []command) (done int, err error) {
	p := conn.StartPipeline(ctx)
	for _, c := range commands {
		values := make([][]byte, len(c.args))
		for i, a := range c.args {
			values[i] = parameter(a)
		}
		p.SendQueryParams(c.sql, values, nil, nil, nil)
	}
	if err := p.Sync(); err != nil {
		return 0, fmt.Errorf("tenancy: %w", err)
	}
	for range commands {
		result, resultErr := p.GetResults()
		if rows, ok := result.(*pgconn.ResultReader); ok && resultErr == nil {
			_, resultErr = rows.Close()
		}
		if resultErr != nil {
			err = resultErr
			break
		}
		done++
	}
	if closeErr := p.Close(); err == nil {
		err = closeErr
	}
	return done, err
}

// parameter writes a value as PostgreSQL reads it from text.
func parameter(a any) []byte {
	switch a := a.(type) {
	case string:
		return []byte(a)
	case int64:
		return strconv.AppendInt(nil, a, 10)
	case []int64:
		list := []byte{'{'}
		for i, n := range a {
			if i > 0 {
				list = append(list, ',')
			}
			list = strconv.AppendInt(list, n, 10)
		}
		return append(list, '}')
	case []string: // checksums: hexadecimal, nothing to escape
		list := []byte{'{'}
		for i, s := range a {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(list, s...)
		}
		return append(list, '}')
	}
	panic(fmt.Sprintf("tenancy: a parameter of type %T", a))
}
