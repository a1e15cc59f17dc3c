package drf

import "time"

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
