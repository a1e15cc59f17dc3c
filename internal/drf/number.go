package drf

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Float is a number on the wire that always shows that it has a fraction:
// 61.0, 10.5, 1e+16. One that is not finite is null, so that a single such row
// does not make a whole list unreadable.
type Float float64

// MarshalJSON implements json.Marshaler.
func (f Float) MarshalJSON() ([]byte, error) {
	if math.IsInf(float64(f), 0) || math.IsNaN(float64(f)) {
		return []byte("null"), nil
	}
	return appendFloat(nil, float64(f)), nil
}

// appendFloat appends f as Python writes it: the fewest digits that say it, an
// exponent from 1e+16 on and below 0.0001.
func appendFloat(b []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if !strings.Contains(string(b[start:]), ".") {
		b = append(b, ".0"...)
	}
	return b
}

// plainNumber makes what Python reads as a number one that Go reads: blanks
// around it are cut off, digits of all scripts become ASCII, underscores
// between digits go. It refuses the words inf and nan, and hexadecimals.
func plainNumber(text string) (plain string, ok bool) {
	var b strings.Builder
	var last rune
	for _, r := range trim(text) {
		digit := digitOf(r)
		switch {
		case digit >= 0:
			r = '0' + digit
		case r == '_':
			if last < '0' || last > '9' {
				return "", false
			}
		case last == '_' || !strings.ContainsRune("+-.eE", r):
			return "", false
		}
		if r != '_' {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String(), b.Len() > 0 && last != '_'
}

// digitOf returns the value of a decimal digit of any script, or -1. Unicode
// keeps the ten of each script together, from zero on.
func digitOf(r rune) rune {
	if r < utf8Self {
		if r < '0' || r > '9' {
			return -1
		}
		return r - '0'
	}
	for _, of := range unicode.Nd.R16 {
		if rune(of.Lo) <= r && r <= rune(of.Hi) {
			return (r - rune(of.Lo)) % 10
		}
	}
	for _, of := range unicode.Nd.R32 {
		if rune(of.Lo) <= r && r <= rune(of.Hi) {
			return (r - rune(of.Lo)) % 10
		}
	}
	return -1
}

const utf8Self = 0x80

// isSpace is what Python takes for a blank.
func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

func trim(s string) string { return strings.TrimFunc(s, isSpace) }
