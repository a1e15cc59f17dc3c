package tenancy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// statement is one command of a migration, sent in a message of its own.
type statement struct {
	sql  string // without the comments around it, and without its semicolon
	line int    // where it begins in its file
	// words are its keywords in small letters, its names without quotes, its
	// marks. Texts and comments are left out.
	words []string
}

// newStatement makes a statement of its tokens. ok is false when there are
// none but spaces and comments.
func newStatement(file string, tokens []token) (s statement, ok bool) {
	first, last := -1, -1
	for i, t := range tokens {
		switch t.kind {
		case space, lineComment, comment:
			continue
		case word:
			s.words = append(s.words, strings.ToLower(t.text))
		case name:
			s.words = append(s.words, strings.ReplaceAll(t.text[1:len(t.text)-1], `""`, `"`))
		case mark:
			s.words = append(s.words, t.text)
		}
		if last = i; first < 0 {
			first = i
		}
	}
	if first < 0 {
		return statement{}, false
	}
	end := tokens[last]
	s.sql = file[tokens[first].pos : end.pos+len(end.text)]
	s.line = lineAt(file, tokens[first].pos)
	return s, true
}

// begins reports whether s begins with these words.
func (s statement) begins(words ...string) bool {
	return len(s.words) >= len(words) && slices.Equal(s.words[:len(words)], words)
}

func (s statement) has(word string) bool { return slices.Contains(s.words, word) }

// refused says why s cannot be part of a migration: each runs, whole, in one
// transaction with its row in the ledger, on a connection that others use next.
func (s statement) refused() error {
	if len(s.words) == 0 {
		return errors.New("a text alone is no statement")
	}
	switch s.words[0] {
	case "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release":
		return fmt.Errorf("%s: a migration is one transaction already", strings.ToUpper(s.words[0]))
	case "vacuum", "cluster", "prepare", "listen", "discard", "reset":
		return fmt.Errorf("%s cannot be part of a migration: it does not belong to a transaction", strings.ToUpper(s.words[0]))
	case "set":
		if !s.begins("set", "local") && !s.begins("set", "constraints") {
			return errors.New("SET would outlive the migration: write SET LOCAL")
		}
		if s.has("search_path") || s.has("schema") {
			return errors.New("the search path of a migration is set already, and stays")
		}
	case "copy":
		if s.has("stdin") {
			return errors.New("COPY FROM STDIN: a migration brings no data of its own, write INSERT")
		}
	case "create", "drop", "reindex":
		if s.has("concurrently") {
			return errors.New("CONCURRENTLY does not work in a transaction, and a migration is one: leave it out")
		}
		if s.begins(s.words[0], "database") || s.begins(s.words[0], "tablespace") {
			return fmt.Errorf("%s %s does not work in a transaction, and a migration is one", strings.ToUpper(s.words[0]), strings.ToUpper(s.words[1]))
		}
	}
	return nil
}

// outward returns the table and the constraint when s does nothing but add a
// foreign key that leaves the schema, and empty strings otherwise.
func (s statement) outward() (table, constraint string) {
	w := s.words
	if len(w) < 3 || w[0] != "alter" || w[1] != "table" {
		return "", ""
	}
	w = w[2:]
	if w[0] == "only" {
		w = w[1:]
	}
	if len(w) < 6 || !slices.Equal(w[1:3], []string{"add", "constraint"}) || !slices.Equal(w[4:6], []string{"foreign", "key"}) {
		return "", ""
	}
	to := slices.Index(w, "references")
	if to < 0 || to+2 >= len(w) || w[to+2] != "." || slices.Contains(w[to:], "add") {
		return "", ""
	}
	return w[0], w[3]
}

// changes reports whether s may need that a constraint of the table exists, or
// that the table still has its name and types.
func (s statement) changes(table, constraint string) bool {
	if s.has(constraint) {
		return true
	}
	return s.has(table) && (s.has("drop") || s.has("rename") || s.has("type"))
}
