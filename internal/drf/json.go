package drf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxDepth   = 200    // of lists and objects in each other
	maxMembers = 10_000 // of the outermost object
)

// document is a JSON text that was read. text says the same, written one way:
// compact, strings as UTF-8, floats as Python writes them. PostgreSQL holds any
// such text as jsonb, unless there is a fault in it.
type document struct {
	text    []byte
	members map[string]member // of an outermost object; of two of a name, the last
	fault   fault             // the first anywhere
}

type member struct {
	start, end int // in text
	fault      fault
}

// fault is what JSON allows and no database column holds. Text has a stand-in
// for it.
type fault struct {
	null      bool
	surrogate rune   // one that has no partner
	number    string // one beyond what 64 bits hold
}

// message says what is at fault; "" is nothing.
func (f fault) message() string {
	switch {
	case f.null:
		return nullRefused
	case f.surrogate != 0:
		return surrogateRefused(f.surrogate)
	case f.number != "":
		return "The number " + shorten(f.number) + " is too large."
	}
	return ""
}

const nullRefused = "Null characters are not allowed."

func surrogateRefused(r rune) string {
	return fmt.Sprintf("Surrogate characters are not allowed: U+%04X.", r)
}

func (f *fault) merge(g fault) {
	f.null = f.null || g.null
	if f.surrogate == 0 {
		f.surrogate = g.surrogate
	}
	if f.number == "" {
		f.number = g.number
	}
}

// parseJSON reads a whole JSON text. The error is a sentence for the client.
func parseJSON(in []byte) (document, error) {
	s := scanner{in: in}
	if bytes.HasPrefix(in, []byte("\xef\xbb\xbf")) {
		return document{}, s.fail("unexpected byte order mark")
	}
	if !utf8.Valid(in) {
		s.pos = validPrefix(in)
		return document{}, s.fail("invalid UTF-8")
	}
	s.out = make([]byte, 0, len(in))
	if err := s.value(0); err != nil {
		return document{}, err
	}
	if s.space(); s.pos < len(in) {
		return document{}, s.fail("extra data after the value")
	}
	return document{text: s.out, members: s.members, fault: s.fault}, nil
}

// validPrefix returns how many bytes of in are UTF-8.
func validPrefix(in []byte) (n int) {
	for n < len(in) {
		r, size := utf8.DecodeRune(in[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// scanner goes through JSON once, and writes it out as document.text.
type scanner struct {
	in, out []byte
	pos     int
	fault   fault
	members map[string]member
}

// fail says where in the text the reader stands.
func (s *scanner) fail(reason string) error {
	before := s.in[:min(s.pos, len(s.in))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Errorf("%s: line %d column %d (char %d)", reason, line, column, utf8.RuneCount(before))
}

func (s *scanner) space() {
	for s.pos < len(s.in) && (s.in[s.pos] == ' ' || s.in[s.pos] == '\n' || s.in[s.pos] == '\t' || s.in[s.pos] == '\r') {
		s.pos++
	}
}

// peek returns the next byte that is no blank, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.pos == len(s.in) {
		return 0
	}
	return s.in[s.pos]
}

// copy passes the next byte on.
func (s *scanner) copy() {
	s.out = append(s.out, s.in[s.pos])
	s.pos++
}

func (s *scanner) value(depth int) error {
	c := s.peek()
	switch {
	case c == '{' || c == '[':
		if depth == maxDepth {
			return s.fail(fmt.Sprintf("nested more than %d deep", maxDepth))
		}
		if c == '[' {
			return s.list(depth)
		}
		return s.object(depth)
	case c == '"':
		return s.string()
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	}
	for _, word := range []string{"null", "true", "false"} {
		if bytes.HasPrefix(s.in[s.pos:], []byte(word)) {
			s.out = append(s.out, word...)
			s.pos += len(word)
			return nil
		}
	}
	return s.fail("expecting a value")
}

func (s *scanner) list(depth int) error {
	s.copy()
	if s.peek() == ']' {
		s.copy()
		return nil
	}
	for {
		if err := s.value(depth + 1); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.copy()
		case ']':
			s.copy()
			return nil
		default:
			return s.fail("expecting ',' or ']'")
		}
	}
}

func (s *scanner) object(depth int) error {
	s.copy()
	if depth == 0 {
		s.members = map[string]member{}
	}
	if s.peek() == '}' {
		s.copy()
		return nil
	}
	for {
		if err := s.member(depth); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.copy()
		case '}':
			s.copy()
			return nil
		default:
			return s.fail("expecting ',' or '}'")
		}
	}
}

func (s *scanner) member(depth int) error {
	if s.peek() != '"' {
		return s.fail("expecting a name in double quotes")
	}
	before := len(s.out)
	if err := s.string(); err != nil {
		return err
	}
	name := s.out[before:]
	if s.peek() != ':' {
		return s.fail("expecting ':'")
	}
	s.copy()
	if depth > 0 {
		return s.value(depth + 1)
	}
	m, outer := member{start: len(s.out)}, s.fault
	s.fault = fault{}
	if err := s.value(1); err != nil {
		return err
	}
	m.end, m.fault = len(s.out), s.fault
	outer.merge(s.fault)
	s.fault = outer
	s.members[unquote(name)] = m
	if len(s.members) > maxMembers {
		return s.fail(fmt.Sprintf("more than %d names in the outermost object", maxMembers))
	}
	return nil
}

// unquote returns what a string of document.text says.
func unquote(text []byte) (s string) {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1])
	}
	if err := json.Unmarshal(text, &s); err != nil {
		panic(fmt.Errorf("drf: %q was taken for a JSON string: %w", text, err))
	}
	return s
}

// digits skips digits, of which there has to be one.
func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.in) && '0' <= s.in[s.pos] && s.in[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) skip(any string) bool {
	if s.pos < len(s.in) && bytes.IndexByte([]byte(any), s.in[s.pos]) >= 0 {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) number() error {
	start, whole := s.pos, true
	s.skip("-")
	if !s.skip("0") && !s.digits() {
		return s.fail("expecting a digit")
	}
	if s.skip(".") {
		if whole = false; !s.digits() {
			return s.fail("expecting a digit after the point")
		}
	}
	if s.skip("eE") {
		whole = false
		s.skip("+-")
		if !s.digits() {
			return s.fail("expecting a digit in the exponent")
		}
	}
	if whole && s.pos-start < fewDigits {
		return s.whole(s.in[start:s.pos])
	}
	literal := string(s.in[start:s.pos])
	f, _ := strconv.ParseFloat(literal, 64) // its error is the infinity
	switch {
	case math.IsInf(f, 0):
		s.fault.merge(fault{number: literal})
		s.out = append(s.out, literal...)
	case !whole:
		s.out = appendFloat(s.out, f)
	default:
		s.out = append(s.out, literal...)
	}
	return nil
}

// fewDigits is a length that whole numbers have which are surely not too large.
const fewDigits = 300

func (s *scanner) whole(literal []byte) error {
	if string(literal) == "-0" {
		literal = literal[1:]
	}
	s.out = append(s.out, literal...)
	return nil
}

// shorten keeps an error readable that repeats what somebody sent.
func shorten(text string) string {
	if len(text) <= longestEcho {
		return text
	}
	return strings.ToValidUTF8(text[:longestEcho], "") + "…"
}

const longestEcho = 200 // bytes
