package tenancy

import (
	"fmt"
	"strings"
)

// tokenKind is what a piece of SQL is, as far as finding the end of a
// statement needs to know.
type tokenKind int

const (
	space       tokenKind = iota
	lineComment           // up to the end of its line, without it
	comment               // between slash-star and star-slash, nested
	word                  // a name, a keyword or a number
	name                  // between double quotes
	text                  // between single quotes or dollar tags
	mark                  // any other character
)

type token struct {
	kind tokenKind
	text string // as it stands
	pos  int    // of its first byte
}

// lex cuts sql into tokens that together are sql, as PostgreSQL with
// standard_conforming_strings does.
func lex(sql string) ([]token, error) {
	var tokens []token
	for pos := 0; pos < len(sql); {
		kind, n := next(sql[pos:])
		if n == 0 {
			return nil, fmt.Errorf("line %d: %s is never closed", lineAt(sql, pos), opened(sql[pos:]))
		}
		tokens = append(tokens, token{kind, sql[pos : pos+n], pos})
		pos += n
	}
	return tokens, nil
}

// next returns the kind and the length of the token that s begins with; 0 is
// one that is never closed. s is not empty.
func next(s string) (tokenKind, int) {
	switch c := s[0]; {
	case isSpace(c):
		return space, span(s, isSpace)
	case strings.HasPrefix(s, "--"):
		return lineComment, span(s, func(c byte) bool { return c != '\n' })
	case strings.HasPrefix(s, "/*"):
		return comment, nested(s)
	case c == '"':
		return name, quoted(s, '"', false)
	case c == '\'':
		return text, quoted(s, '\'', false)
	case (c == 'e' || c == 'E') && strings.HasPrefix(s[1:], "'"):
		if n := quoted(s[1:], '\'', true); n > 0 {
			return text, n + 1
		}
		return text, 0
	case c == '$':
		return dollar(s)
	case isWord(c):
		return word, span(s, func(c byte) bool { return isWord(c) || c == '$' })
	}
	return mark, 1
}

func isSpace(c byte) bool { return strings.IndexByte(" \t\n\r\f\v", c) >= 0 }

// isWord counts every byte of a letter beyond ASCII, as PostgreSQL does.
func isWord(c byte) bool {
	return c == '_' || c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// span counts the bytes at the beginning of s for which in holds.
func span(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

// quoted measures from one quote to the next; a doubled quote is none.
func quoted(s string, quote byte, backslash bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case backslash && s[i] == '\\':
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return 0
}

// nested measures a comment, in which comments may stand.
func nested(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1
		}
	}
	return 0
}

// dollar measures $tag$…$tag$. A dollar that opens nothing is a mark.
func dollar(s string) (tokenKind, int) {
	n := 1 + span(s[1:], isWord)
	if n == len(s) || s[n] != '$' || n > 1 && s[1] >= '0' && s[1] <= '9' {
		return mark, 1
	}
	tag := s[:n+1]
	end := strings.Index(s[len(tag):], tag)
	if end < 0 {
		return text, 0
	}
	return text, end + 2*len(tag)
}

// opened names what s opens, for an error.
func opened(s string) string {
	switch s[0] {
	case '/':
		return "a comment"
	case '"':
		return "a quoted name"
	case '$':
		return "a text between dollar signs"
	}
	return "a quoted text"
}

// lineAt returns the number of the line that holds the byte at pos.
func lineAt(s string, pos int) int { return 1 + strings.Count(s[:pos], "\n") }
