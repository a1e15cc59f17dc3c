package drf

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// string passes a string on: as UTF-8, with only those escapes that JSON needs.
func (s *scanner) string() error {
	s.copy()
	for {
		plain := bytes.IndexFunc(s.in[s.pos:], func(r rune) bool { return r == '"' || r == '\\' || r < ' ' })
		if plain < 0 {
			s.pos = len(s.in)
			return s.fail("a string without end")
		}
		s.out = append(s.out, s.in[s.pos:s.pos+plain]...)
		s.pos += plain
		switch c := s.in[s.pos]; {
		case c == '"':
			s.copy()
			return nil
		case c < ' ':
			return s.fail("a control character in a string")
		}
		if err := s.escape(); err != nil {
			return err
		}
	}
}

// escape reads one backslash with what follows it.
func (s *scanner) escape() error {
	if s.pos+1 == len(s.in) {
		return s.fail("a string without end")
	}
	switch c := s.in[s.pos+1]; c {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		s.out = append(s.out, '\\', c)
	case '/':
		s.out = append(s.out, '/')
	case 'u':
		return s.unicode()
	default:
		return s.fail("an unknown escape in a string")
	}
	s.pos += 2
	return nil
}

// unicode reads an escaped code point, one half of a pair or both.
func (s *scanner) unicode() error {
	r, ok := s.hex(s.pos)
	if !ok {
		return s.fail("expecting four hexadecimal digits after \\u")
	}
	s.pos += 6
	if utf16.IsSurrogate(r) {
		if low, ok := s.hex(s.pos); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			r = utf16.DecodeRune(r, low)
			s.pos += 6
		} else {
			s.fault.merge(fault{surrogate: r})
			r = utf8.RuneError
		}
	}
	s.fault.merge(fault{null: r == 0})
	switch {
	case r == '"' || r == '\\':
		s.out = append(s.out, '\\', byte(r))
	case r < ' ':
		s.out = append(s.out, controls[r]...)
	default:
		s.out = utf8.AppendRune(s.out, r)
	}
	return nil
}

// hex reads \uXXXX at i.
func (s *scanner) hex(i int) (rune, bool) {
	if i+6 > len(s.in) || s.in[i] != '\\' || s.in[i+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.in[i+2:i+6]), 16, 16)
	return rune(n), err == nil
}

// controls are the characters below the blank, as strings write them.
var controls = [' ']string{
	`\u0000`, `\u0001`, `\u0002`, `\u0003`, `\u0004`, `\u0005`, `\u0006`, `\u0007`,
	`\b`, `\t`, `\n`, `\u000b`, `\f`, `\r`, `\u000e`, `\u000f`,
	`\u0010`, `\u0011`, `\u0012`, `\u0013`, `\u0014`, `\u0015`, `\u0016`, `\u0017`,
	`\u0018`, `\u0019`, `\u001a`, `\u001b`, `\u001c`, `\u001d`, `\u001e`, `\u001f`,
}
