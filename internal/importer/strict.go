package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Limits on one file of the store. What the old Plio wrote is a few kilobytes,
// a few levels deep.
const (
	maxFile   = 16 << 20
	maxDepth  = 100
	maxNumber = 400 // bytes; also the largest exponent
)

// parseObject reads a whole file, which has to be an object. Beside what is no
// JSON it refuses what a JSON column cannot hold or a decoder changes without a
// word: NUL, half a surrogate pair, a key that is there twice, a number too
// large, a depth that exhausts a stack. The error is the reason.
func parseObject(b []byte) (object, error) {
	b = bytes.Trim(b, " \t\r\n")
	if len(b) == 0 {
		return nil, errors.New("empty file")
	}
	if !utf8.Valid(b) {
		return nil, errors.New("not UTF-8")
	}
	var o object
	err := json.Unmarshal(b, &o)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if syntax.Error() == "unexpected end of JSON input" {
			return nil, errors.New("truncated JSON")
		}
		return nil, fmt.Errorf("not JSON: %w (byte %d)", syntax, syntax.Offset)
	}
	if b[0] != '{' {
		return nil, want("the file", b, "an object")
	}
	if err == nil {
		err = (&scanner{b: b}).scan()
	}
	return o, err
}

// scanner walks over JSON that is known to be well formed.
type scanner struct {
	b    []byte
	i    int
	keys []map[string]bool // of the objects and lists that are open; nil for a list
}

func (s *scanner) scan() error {
	for s.i < len(s.b) {
		var err error
		switch c := s.b[s.i]; {
		case c == '"':
			err = s.text()
		case c == '-' || '0' <= c && c <= '9':
			err = s.number()
		case c == '{':
			s.keys = append(s.keys, map[string]bool{})
		case c == '[':
			s.keys = append(s.keys, nil)
		case c == '}' || c == ']':
			s.keys = s.keys[:len(s.keys)-1]
		}
		if err != nil {
			return err
		}
		if len(s.keys) > maxDepth {
			return fmt.Errorf("nested deeper than %d levels", maxDepth)
		}
		s.i++
	}
	return nil
}

// text checks the string that begins at i, and leaves i at its closing quote.
func (s *scanner) text() error {
	start, escaped := s.i, false
	for s.i++; s.b[s.i] != '"'; s.i++ {
		if s.b[s.i] == '\\' {
			escaped = true
			if err := s.escape(); err != nil {
				return err
			}
		}
	}
	if !s.isKey() {
		return nil
	}
	key := string(s.b[start+1 : s.i])
	if escaped {
		json.Unmarshal(s.b[start:s.i+1], &key) //nolint:errcheck // known to be well formed
	}
	open := s.keys[len(s.keys)-1]
	if open[key] {
		return fmt.Errorf("the key %q is there twice", key)
	}
	open[key] = true
	return nil
}

// isKey reports whether the string that ends at i is the key of an object.
func (s *scanner) isKey() bool {
	for _, c := range s.b[s.i+1:] {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			return c == ':'
		}
	}
	return false
}

// escape checks the escape that begins at i, and leaves i at its last byte.
func (s *scanner) escape() error {
	s.i++
	if s.b[s.i] != 'u' {
		return nil
	}
	unit := s.unit()
	switch {
	case unit == 0:
		return errors.New("a string holds the NUL character, which no database column can hold")
	case unit < 0xD800 || unit > 0xDFFF:
		return nil
	case unit < 0xDC00 && s.b[s.i+1] == '\\' && s.b[s.i+2] == 'u':
		s.i += 2
		if low := s.unit(); 0xDC00 <= low && low <= 0xDFFF {
			return nil
		}
	}
	return errors.New("a string holds half a surrogate pair, which is no character")
}

// unit reads the four digits after the u at i, and leaves i at the last.
func (s *scanner) unit() uint64 {
	n, _ := strconv.ParseUint(string(s.b[s.i+1:s.i+5]), 16, 32) // known to be well formed
	s.i += 4
	return n
}

// number checks the number that begins at i, and leaves i at its last byte.
func (s *scanner) number() error {
	start, exponent := s.i, -1
	for ; s.i < len(s.b); s.i++ {
		c := s.b[s.i]
		if c == 'e' || c == 'E' {
			exponent = s.i + 1
		} else if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' {
			break
		}
	}
	literal := string(s.b[start:s.i])
	s.i--
	if len(literal) < 20 && exponent < 0 {
		return nil
	}
	if len(literal) > maxNumber {
		return fmt.Errorf("a number of more than %d digits", maxNumber)
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil || math.IsInf(f, 0) {
		return fmt.Errorf("the number %s is out of range", literal)
	}
	if exponent >= 0 {
		if e, err := strconv.Atoi(literal[exponent-start:]); err != nil || e < -maxNumber || e > maxNumber {
			return fmt.Errorf("the number %s is out of range", literal)
		}
	}
	return nil
}
