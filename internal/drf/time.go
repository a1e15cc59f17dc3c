package drf

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Time is a time on the wire: UTC, with six digits of fraction, or none when
// they are zero. What is finer than a microsecond is cut off.
type Time time.Time

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	u := time.Time(t).UTC().Truncate(time.Microsecond)
	if u.Nanosecond() == 0 {
		return []byte(u.Format(`"2006-01-02T15:04:05Z"`)), nil
	}
	return []byte(u.Format(`"2006-01-02T15:04:05.000000Z"`)), nil
}

// TimeOrNull is t on the wire, null when there is none.
func TimeOrNull(t *time.Time) *Time { return (*Time)(t) }

// Time reads a point in time. Without a zone it is UTC; a day alone is its
// first moment.
func (d *Decoder) Time(name string, into *Opt[time.Time], options ...Option) {
	convert := func(v value, _ rules) (time.Time, []string) {
		t, ok := time.Time{}, v.kind() == "str"
		if ok {
			t, ok = parseTime(v.str())
		}
		switch {
		case !ok:
			return t, []string{"Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."}
		case t.Year() < 1 || t.Year() > 9999:
			return t, []string{"Datetime value out of range."}
		}
		return t, nil
	}
	kind[time.Time]{convert: convert, absent: required}.read(d, name, into, options)
}

// isoTime has the parts of a time as subexpressions, each number in its own:
// date with hyphens or without, time with colons or without, fraction, zone.
var isoTime = regexp.MustCompile(`^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})(\d\d)(\d\d))` +
	`(?:[T ](?:(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?|(\d\d)(?:(\d\d)(\d\d)?)?)` +
	`(?:[.,](\d+))?\s*(?:(Z)|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)?)?$`)

// parseTime reads ISO 8601, also as loosely as Django does.
func parseTime(text string) (time.Time, bool) {
	m := isoTime.FindStringSubmatch(text[:min(len(text), 100)])
	if m == nil || len(text) > 100 {
		return time.Time{}, false
	}
	n := func(groups ...int) (sum int) { // of those alternatives at most one is there
		for _, g := range groups {
			i, _ := strconv.Atoi(m[g]) // digits, or nothing
			sum += i
		}
		return sum
	}
	if m[13] != "" && m[9] == "" && m[12] == "" {
		return time.Time{}, false // a fraction of no second
	}
	year, month, day, hour, minute, second := n(1, 4), n(2, 5), n(3, 6), n(7, 10), n(8, 11), n(9, 12)
	micros, _ := strconv.Atoi((m[13] + "000000")[:6])
	offset := n(16)*3600 + n(17)*60 + n(18)
	t := time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, time.UTC)
	if year < 1 || t.Day() != day || t.Month() != time.Month(month) || t.Hour() != hour || t.Minute() != minute || t.Second() != second || offset >= 24*3600 {
		return time.Time{}, false // the 30th of February
	}
	if strings.HasPrefix(m[15], "-") {
		offset = -offset
	}
	return t.Add(-time.Duration(offset) * time.Second), true
}
