package drf

import (
	"strconv"
	"strings"
	"time"
)

// Float is a number on the wire as Python prints it: 61.0, 10.5, 1e+16.
type Float float64

// MarshalJSON implements json.Marshaler.
func (f Float) MarshalJSON() ([]byte, error) {
	s := strconv.FormatFloat(float64(f), 'e', -1, 64)
	exponent, err := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	if err != nil || exponent < -4 || exponent >= 16 {
		return []byte(s), err
	}
	s = strconv.FormatFloat(float64(f), 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return []byte(s), nil
}

// Time is a time on the wire: UTC, with six digits of fraction, or none when
// they are zero.
type Time time.Time

// TimeOrNull is t on the wire, null for nil.
func TimeOrNull(t *time.Time) *Time { return (*Time)(t) }

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	u := time.Time(t).UTC().Truncate(time.Microsecond)
	if u.Nanosecond() == 0 {
		return []byte(u.Format(`"2006-01-02T15:04:05Z"`)), nil
	}
	return []byte(u.Format(`"2006-01-02T15:04:05.000000Z"`)), nil
}

// Text is s in a form that a database of UTF-8 takes: what is no text in it
// matches nothing.
func Text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
