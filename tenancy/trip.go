package tenancy

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// What every direct connection has prepared, by name. The path's statements run
// where the path is empty, as they were prepared.
const (
	nameBegin  = "begin"
	nameRead   = "read"
	nameCommit = "commit"
	nameBind   = "bind"

	sqlBegin  = "begin"
	sqlRead   = "begin read only"
	sqlCommit = "commit"
	sqlBind   = "select set_config('search_path', $1, true)"
	// sqlRebind goes ahead of each statement where a transaction has two tenants:
	// what the path was bound to last is $2.
	sqlRebind = "select case when current_setting('search_path') = $2 then set_config('search_path', $1, true)" + sqlChanged
	// sqlEmpty, and sqlReset behind a pooler, leave a path for the next that is no
	// tenant's, where the session's may have been set to the very path that the
	// check expects.
	sqlEmpty = "set_config('search_path', '', false)"
	sqlReset = "reset search_path"

	sqlChanged = " else ('search_path is ' || current_setting('search_path'))::int::text end"
	codeCheck  = "22P02" // invalid_text_representation: what sqlChanged fails with
)

// keyCheck and keySet stand for statements whose text has the schema's name in
// it, where statements are looked up.
const (
	keyCheck = "check"
	keySet   = "set"
)

// text is what such a key stands for.
func (b *backend) text(key, schema string) string {
	switch key {
	case keyCheck:
		return check("''", schema)
	case keySet:
		return `set local search_path to "` + schema + `"`
	}
	return key
}

// check fails, with the path in its message, when the path is that of no schema
// named. Else it returns then.
func check(then string, schemas ...string) string {
	var paths strings.Builder
	for _, s := range schemas {
		// Quoted where SET has set it to a word of SQL's.
		paths.WriteString(", '" + s + "', '\"" + s + "\"'")
	}
	return "select case when current_setting('search_path') in (" + paths.String()[2:] + ") then " + then + sqlChanged
}

// bind gives the transaction t's path.
func (b *backend) bind(t Tenant) {
	b.out.value[0] = append(b.out.value[0][:0], t.schema...)
	if b.pooled || b.bugs.session {
		b.executeText(strings.Replace(sqlBind, "true", b.local(), 1), b.out.value[:], nil)
	} else {
		b.execute(nameBind, b.out.value[:])
	}
}

// local is what makes a path the transaction's alone.
func (b *backend) local() string {
	if b.bugs.session {
		return "false"
	}
	return "true"
}

// rebind is bind where the path is that of another tenant, or should be.
func (b *backend) rebind(t Tenant, last string) {
	b.executeText(sqlRebind, [][]byte{[]byte(t.schema), []byte(last)}, nil)
}

func (b *backend) sendBegin(readOnly bool) {
	name, sql := nameBegin, sqlBegin
	if readOnly {
		name, sql = nameRead, sqlRead
	}
	if b.pooled {
		b.executeText(sql, nil, nil)
	} else {
		b.execute(name, nil)
	}
}

func (b *backend) sendCommit() {
	if b.pooled {
		b.executeText(sqlCommit, nil, nil)
	} else {
		b.execute(nameCommit, nil)
	}
}

// isCheck reports whether err says that the path had been changed.
func isCheck(err *pgconn.PgError) bool {
	return err.Code == codeCheck && strings.Contains(err.Message, "search_path is ")
}

// commandTag makes no string of the tags that come all the time.
func commandTag(tag []byte) pgconn.CommandTag {
	switch string(tag) {
	case "SELECT 1":
		return pgconn.NewCommandTag("SELECT 1")
	case "SELECT 0":
		return pgconn.NewCommandTag("SELECT 0")
	case "INSERT 0 1":
		return pgconn.NewCommandTag("INSERT 0 1")
	case "UPDATE 1":
		return pgconn.NewCommandTag("UPDATE 1")
	}
	return pgconn.NewCommandTag(string(tag))
}

// describe copies a description of columns, which is overwritten by the next
// message.
func describe(d *pgproto3.RowDescription) []pgconn.FieldDescription {
	fields := make([]pgconn.FieldDescription, len(d.Fields))
	for i, f := range d.Fields {
		fields[i] = pgconn.FieldDescription{
			Name: string(f.Name), TableOID: f.TableOID, TableAttributeNumber: f.TableAttributeNumber,
			DataTypeOID: f.DataTypeOID, DataTypeSize: f.DataTypeSize, TypeModifier: f.TypeModifier, Format: f.Format,
		}
	}
	return fields
}
