package tenancy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAMigrationIsCutIntoItsStatements(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file string
		want []string
	}{
		"one":                         {"-- +goose Up\nSELECT 1;\n", []string{"SELECT 1"}},
		"two in a line":               {"-- +goose Up\nSELECT 1; SELECT 2;", []string{"SELECT 1", "SELECT 2"}},
		"over lines":                  {"-- +goose Up\nSELECT\n  1\n;\n", []string{"SELECT\n  1"}},
		"a comment above Up":          {"-- why\n\n-- +goose Up\nSELECT 1;", []string{"SELECT 1"}},
		"comments around":             {"-- +goose Up\n-- why;\nSELECT 1; -- because;\n/* and */ SELECT 2;", []string{"SELECT 1", "SELECT 2"}},
		"a comment inside":            {"-- +goose Up\nSELECT 1 -- one\n + 2;", []string{"SELECT 1 -- one\n + 2"}},
		"a nested comment":            {"-- +goose Up\n/* a /* b; */ c; */ SELECT 1;", []string{"SELECT 1"}},
		"Down is not run":             {"-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE 'half", []string{"SELECT 1"}},
		"no empty statements":         {"-- +goose Up\n;;SELECT 1;;\n;", []string{"SELECT 1"}},
		"a quoted semicolon":          {"-- +goose Up\nSELECT 'a;''b;', \"c;\"\"d;\", E'\\';', $$e;$$, $x$f;$y$;$x$;", []string{"SELECT 'a;''b;', \"c;\"\"d;\", E'\\';', $$e;$$, $x$f;$y$;$x$"}},
		"a backslash is a letter":     {"-- +goose Up\nSELECT '\\'; SELECT 2;", []string{"SELECT '\\'", "SELECT 2"}},
		"a dollar is a letter":        {"-- +goose Up\nSELECT a$b$; SELECT $1;", []string{"SELECT a$b$", "SELECT $1"}},
		"a block":                     {"-- +goose Up\n-- +goose StatementBegin\nDO $$\nBEGIN\n  NULL;\nEND;\n$$;\n-- +goose StatementEnd\nSELECT 1;", []string{"DO $$\nBEGIN\n  NULL;\nEND;\n$$", "SELECT 1"}},
		"a block without a semicolon": {"-- +goose Up\n-- +goose StatementBegin\nSELECT 1\n-- +goose StatementEnd\n", []string{"SELECT 1"}},
		"a function in standard SQL":  {"-- +goose Up\n-- +goose StatementBegin\nCREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END;\n SELECT 2;\nEND;\n-- +goose StatementEnd\n", []string{"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END;\n SELECT 2;\nEND"}},
		"other ends of lines":         {"\ufeff-- +goose Up\r\nSELECT\r\n1;\r\n", []string{"SELECT\n1"}},
		"small letters":               {"--  +goose   up\nSELECT 'ä;' AS ü;\n", []string{"SELECT 'ä;' AS ü"}},
	} {
		got, err := parse(tt.file)
		texts := []string{}
		for _, s := range got {
			texts = append(texts, s.sql)
		}
		if err != nil || !slices.Equal(texts, tt.want) {
			t.Errorf("%s: %q, %v\nwant %q", name, texts, err, tt.want)
		}
	}
}

func TestAMigrationIsRefused(t *testing.T) {
	t.Parallel()
	const up = "-- +goose Up\n"
	for _, tt := range []struct{ file, want string }{
		{"", "no line -- +goose Up"},
		{"SELECT 1;", "line 1: nothing but comments"},
		{up, "no statement below"},
		{up + "-- SELECT 1;\n;", "no statement below"},
		{up + up + "SELECT 1;", "line 2: a second +goose Up"},
		{"-- +goose Down\n" + up + "SELECT 1;", "line 1: +goose Down comes before"},
		{up + "SELECT 1;\n-- +goose Down\n-- +goose Down", "line 4: a second +goose Down"},
		{up + "SELECT 1;\n-- +goose Down\n" + up, "line 4: a second +goose Up"},
		{up + "SELECT 1", "line 2: the last statement has no semicolon"},
		{up + "\nSELECT 'a;\n", "line 3: a quoted text is never closed"},
		{up + "SELECT \"a;\n", "line 2: a quoted name is never closed"},
		{up + "SELECT $a$ $$;\n", "line 2: a text between dollar signs is never closed"},
		{up + "/* /* */ SELECT 1;\n", "line 2: a comment is never closed"},
		{"-- +goose NO TRANSACTION\n" + up + "SELECT 1;", "line 1: NO TRANSACTION is not supported"},
		{"-- +goose ENVSUB ON\n" + up + "SELECT 1;", "line 1: ENVSUB is not supported"},
		{up + "-- +goose Sideways\nSELECT 1;", "line 2: unknown annotation \"sideways\""},
		{up + "-- +goose StatementBegin\nSELECT 1;", "StatementBegin without"},
		{up + "SELECT 1;\n-- +goose StatementEnd", "line 3: +goose StatementEnd without"},
		{up + "-- +goose StatementBegin\n-- +goose StatementBegin\nSELECT 1;", "line 3: +goose StatementBegin without"},
		{up + "SELECT 1\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd", "line 3: the statement before +goose StatementBegin has no semicolon"},
		{up + "-- +goose StatementBegin\nSELECT 1; SELECT 2;\n-- +goose StatementEnd", "line 3: a second statement between"},
		{up + "-- +goose StatementBegin\n\n-- +goose StatementEnd", "line 4: no statement between"},
		{up + "CREATE FUNCTION f() RETURNS int AS $$\nSELECT 1;\n$$ LANGUAGE sql;", "line 2: a semicolon ends a line inside"},
		{up + "INSERT INTO t VALUES ('a;\nb');", "line 2: a semicolon ends a line inside"},
		{up + "/* a;\n*/ SELECT 1;", "line 2: a semicolon ends a line inside"},
		{up + "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\n SELECT 1;\nEND;", "line 3: a semicolon ends a line inside"},
		{up + "SELECT '\n-- +goose Down\n';", "line 2: a quoted text is never closed"},
		{up + "-- +goose StatementBegin\nSELECT '\n-- +goose StatementEnd\n';", "annotation inside a text"},
		{up + "BEGIN;", "BEGIN: a migration is one transaction already"},
		{up + "start transaction;", "START: a migration is one transaction"},
		{up + "commit;", "COMMIT: a migration is one"},
		{up + "VACUUM note;", "VACUUM cannot be part"},
		{up + "SET statement_timeout = 0;", "write SET LOCAL"},
		{up + "SET SESSION AUTHORIZATION x;", "write SET LOCAL"},
		{up + "SET LOCAL search_path TO public;", "the search path of a migration is set already"},
		{up + "SET LOCAL SCHEMA 'public';", "the search path of a migration is set already"},
		{up + "CREATE INDEX CONCURRENTLY i ON t (a);", "CONCURRENTLY does not work"},
		{up + "DROP INDEX CONCURRENTLY i;", "CONCURRENTLY does not work"},
		{up + "CREATE DATABASE x;", "CREATE DATABASE does not work"},
		{up + "COPY t FROM STDIN;", "COPY FROM STDIN"},
		{up + "'x';", "a text alone"},
		{up + "-- +goose StatementBegin\nSELECT (1;\n-- +goose StatementEnd", "line 4: a parenthesis or BEGIN ATOMIC is never closed"},
		{up + "SELECT (1;", "a semicolon ends a line inside the statement"},
		{up + "SELECT 1;\n-- +GOOSE Down\nDROP TABLE t;", "line 3: unknown annotation \"+GOOSE Down\""},
		{up + "SELECT 1; -- +goose Down\nDROP TABLE t;", "line 2: a +goose annotation needs a line of its own"},
	} {
		if got, err := parse(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, %v\nwant %s", tt.file, got, err, tt.want)
		}
	}
}

func TestTheChecksumIsOfWhatRuns(t *testing.T) {
	t.Parallel()
	sum := func(file string) string {
		statements, err := parse(file)
		if err != nil {
			t.Fatal(err)
		}
		return checksum(statements)
	}
	first := sum("-- +goose Up\nSELECT 1;\nSELECT 2;\n")
	for file, same := range map[string]bool{
		"-- why\r\n-- +goose Up\r\nSELECT 1; -- one\r\n\r\nSELECT 2;\r\n-- +goose Down\r\nSELECT 3;": true,
		"-- +goose Up\nSELECT 1;SELECT 2;":                 true,
		"-- +goose Up\nSELECT 1;\n":                        false,
		"-- +goose Up\nSELECT 2;\nSELECT 1;\n":             false,
		"-- +goose Up\nSELECT  1;\nSELECT 2;\n":            false,
		"-- +goose Up\nSELECT 1 /* one */ ;\nSELECT 2;\n":  true,
		"-- +goose Up\nSELECT /* one */ 1;\nSELECT 2;\n":   false,
		"-- +goose Up\nSELECT 1;\nSELECT 2;\nSELECT 3;\n":  false,
		"-- +goose Up\nSELECT 1;\nSELECT 2;\n;\n-- done\n": true,
	} {
		if (sum(file) == first) != same {
			t.Errorf("%q: same checksum is %t, want %t", file, !same, same)
		}
	}
}

// piece gives parts of statements without a semicolon at the end of a line.
func piece() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"SELECT", " ", "\n", "a", "'x;y'", `"n;""m"`, "$$d;d$$", "$t$ $$;$ $t$", "-- c;\n", "/* k; /* l */ */", "(1, 2)", "E'\\';'", "$1", "ä", "\t", "'it''s'", "case", "end", "-", "/", "*"})
}

func TestStatementsComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var file strings.Builder
		var want []string
		file.WriteString("-- +goose Up\n")
		for range rapid.IntRange(1, 6).Draw(t, "statements") {
			block := rapid.Bool().Draw(t, "block")
			body := "SELECT " + strings.Join(rapid.SliceOfN(piece(), 0, 12).Draw(t, "pieces"), " ") + " 1"
			want = append(want, body)
			if block {
				file.WriteString("\n-- +goose StatementBegin\n" + body + ";\n-- +goose StatementEnd\n")
			} else {
				file.WriteString(body + ";" + rapid.SampledFrom([]string{"\n", " ", " -- after;\n", "\n\n-- before\n"}).Draw(t, "between"))
			}
		}
		got, err := parse(file.String() + "\n-- +goose Down\nDROP")
		if err != nil {
			if strings.Contains(err.Error(), "a semicolon ends a line inside") {
				return // a comment that goose would take for the end
			}
			t.Fatalf("%q: %v", file.String(), err)
		}
		for i, s := range got {
			if i >= len(want) || s.sql != want[i] {
				t.Fatalf("%q: statement %d is %q, want %q", file.String(), i, s.sql, want)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d statements, want %d", file.String(), len(got), len(want))
		}
	})
}

// FuzzParse: what is accepted is taken whole, cut nowhere but where goose would
// cut too, and reads the same when each statement is put into a block.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;",
		"-- +goose Up\n-- +goose StatementBegin\nDO $$ BEGIN; END; $$;\n-- +goose StatementEnd",
		"-- +goose Up\nSELECT 'a''b', E'\\'', \"c\", $x$ $$ $x$; /* /* */ */ SELECT 2; -- c",
		"-- +goose Up\nCREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; END;",
		"\ufeff-- +goose Up\r\nINSERT INTO t VALUES ('\r\n;');",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		statements, err := parse(file)
		if err != nil {
			return
		}
		var blocks strings.Builder
		blocks.WriteString("-- +goose Up\n")
		rest := strings.ReplaceAll(file, "\r\n", "\n")
		for _, s := range statements {
			_, after, found := strings.Cut(rest, s.sql)
			if !found || strings.TrimSpace(s.sql) == "" {
				t.Fatalf("%q: %q is not in what is left of the file", file, s.sql)
			}
			rest = after
			blocks.WriteString("-- +goose StatementBegin\n" + s.sql + "\n;\n-- +goose StatementEnd\n")
		}
		again, err := parse(blocks.String())
		if err != nil || checksum(again) != checksum(statements) {
			t.Fatalf("%q: in blocks %v, %v", file, again, err)
		}
		for _, chunk := range gooseChunks(file) {
			if !strings.HasSuffix(chunk, ";") {
				continue // a comment behind the semicolon
			}
			if tokens, err := lex(chunk); err != nil || len(tokens) == 0 {
				t.Fatalf("%q: goose cuts it into %q: %v", file, chunk, err)
			}
		}
	})
}

// gooseChunks cuts as goose does: by lines, outside of blocks.
func gooseChunks(file string) (chunks []string) {
	var chunk strings.Builder
	up, block := false, false
	for line := range strings.Lines(strings.ReplaceAll(strings.TrimPrefix(file, "\ufeff"), "\r\n", "\n")) {
		if a, is := annotation(line); is {
			switch a {
			case "up":
				up = true
			case "down":
				return chunks
			case "statementbegin":
				block = true
			case "statementend":
				chunks, block = append(chunks, strings.TrimSpace(chunk.String())), false
				chunk.Reset()
			}
			continue
		}
		if !up {
			continue
		}
		chunk.WriteString(line)
		if !block && endsStatement(line) {
			chunks = append(chunks, strings.TrimSpace(chunk.String()))
			chunk.Reset()
		}
	}
	return chunks
}
