package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.org/plio/internal/store"
)

// session is a file of answers/, read.
type session struct {
	store.ImportedSession
	visit
	experiment string // its id; "" when there is none
	seconds    int    // that retention counts
	size       int    // of the file, in bytes
	notes
}

// visit is what the name of a file of answers/ says.
type visit struct {
	entry
	plio, phone string
	mobile      string // E.164
	number      int64
}

var visitName = regexp.MustCompile(`^([A-Za-z0-9]{1,64})_(\+?[0-9]+)-([0-9]{1,18})$`)

// parseVisit reads the name <plio id>_<phone>-<n>.
func parseVisit(e entry) visit {
	v := visit{entry: e}
	if v.reason != "" {
		return v
	}
	m := visitName.FindStringSubmatch(e.name)
	if m == nil {
		v.reason = "the name of the file is not <plio id>_<phone>-<n>.json"
		return v
	}
	v.plio, v.phone = m[1], m[2]
	v.number, _ = strconv.ParseInt(m[3], 10, 64) // known to be one
	var err error
	if v.mobile, err = mobile(v.phone); err != nil {
		v.reason = err.Error()
	}
	return v
}

// parseSession reads answers/<plio id>_<phone>-<n>.json. items are those of
// its plio.
func parseSession(v visit, items []item, b []byte) (session, error) {
	s := session{visit: v, size: len(b)}
	o, err := parseObject(b)
	if err != nil {
		return s, err
	}
	for _, part := range []func(object) error{
		s.named, s.watched, s.seen, s.times,
		func(o object) error { return s.answered(o, items) },
	} {
		if err := part(o); err != nil {
			return s, err
		}
	}
	s.Extra, s.ImportKey = o.json(), importKey(v.file)
	return s, nil
}

// named compares what the file says of itself with its name.
func (s *session) named(o object) error {
	number := strconv.FormatInt(s.number, 10)
	for _, field := range []struct {
		key  string
		fits func(string) bool
		name string
	}{
		{"plio-id", func(t string) bool { return t == s.plio }, s.plio},
		{"user-id", s.isPhone, s.phone},
		{"session-id", func(t string) bool { return t == number }, number},
	} {
		raw, ok := o.take(field.key)
		if !ok {
			continue
		}
		text := string(raw)
		if kind(raw) == "a string" {
			text, _ = asText("", raw)
		}
		if !field.fits(text) {
			return badValue{field.key, fmt.Sprintf("is %s, but the name of the file says %s", brief(raw), field.name)}
		}
		if text != field.name {
			o.keep(field.key, raw)
		}
	}
	return nil
}

// isPhone reports whether text is the learner's number.
func (s *session) isPhone(text string) bool {
	if text == s.phone {
		return true
	}
	m, err := mobile(text)
	return err == nil && m == s.mobile
}

// watched takes how much of the video was seen.
func (s *session) watched(o object) error {
	if raw, ok := o.take("watch-time"); ok {
		ms, err := asNumber("watch-time", raw)
		if err != nil {
			return err
		}
		if ms < 0 || ms > 1e15 {
			return badValue{"watch-time", fmt.Sprintf("is %s, which is out of range", raw)}
		}
		if s.WatchTime = exact(raw, big.NewRat(1, 1000)); !faithful(string(raw), s.WatchTime, 1000) {
			o.keep("watch-time", raw)
		}
	}
	return s.retained(o)
}

// retained takes the counts, one for each second of the video.
func (s *session) retained(o object) error {
	raw, ok := o.take("retention")
	if !ok {
		return nil
	}
	if s.plainCounts(raw) {
		return nil
	}
	list, err := asList("retention", raw)
	if err != nil {
		return err
	}
	var b strings.Builder
	for i, raw := range list {
		n, err := asInt("retention", raw)
		if err != nil || n < 0 {
			return badValue{at("retention", i), fmt.Sprintf("is %s, not a count", brief(raw))}
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(n, 10))
	}
	s.Retention, s.seconds = b.String(), len(list)
	return nil
}

// plainCounts takes a list of small whole numbers, which is all that a store
// holds as a rule, and by far the greatest part of it.
func (s *session) plainCounts(list json.RawMessage) bool {
	if list[0] != '[' {
		return false
	}
	counts, digits, commas := make([]byte, 0, len(list)), 0, 0
	for _, c := range list[1 : len(list)-1] {
		switch {
		case '0' <= c && c <= '9' && digits < 15:
			digits++
			counts = append(counts, c)
		case c == ',':
			digits = 0
			commas++
			counts = append(counts, c)
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
		default:
			return false
		}
	}
	s.Retention = string(counts)
	if len(counts) > 0 {
		s.seconds = commas + 1
	}
	return true
}

// seen takes whether the video was played, and in which experiment.
func (s *session) seen(o object) (err error) {
	if raw, ok := o.take("has-video-played"); ok {
		switch string(raw) {
		case "0", "false":
		case "1", "true":
			s.HasVideoPlayed = true
		default:
			return badValue{"has-video-played", fmt.Sprintf("is %s, not 0 or 1", brief(raw))}
		}
	}
	s.experiment, err = o.text("experiment")
	return err
}

// times takes the events, and says when the session began and last changed.
func (s *session) times(o object) error {
	if err := s.happened(o); err != nil {
		return err
	}
	first, last := span(s.Events)
	raw := o["creation_date"]
	text, err := o.text("creation_date")
	switch {
	case err != nil:
		return err
	case text == "":
		s.CreatedAt = first
		s.note("has no creation_date: the first event's time is taken, or the time of the import where there is none")
	default:
		if s.CreatedAt, err = indiaTime(text); err != nil {
			return badValue{"creation_date", fmt.Sprintf("is %s, not a time such as 2021-03-13 19:07:00", brief(raw))}
		}
		if s.CreatedAt.Format(time.DateTime) != text {
			o.keep("creation_date", raw)
		}
	}
	s.UpdatedAt = s.CreatedAt
	if last.After(s.UpdatedAt) {
		s.UpdatedAt = last
	}
	return nil
}

// indiaTime reads a time of India, which has one zone and no summer time.
func indiaTime(text string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateTime, text, time.FixedZone("IST", int((5*time.Hour+30*time.Minute).Seconds())))
	if err == nil && t.Year() < 1970 {
		err = errors.New("before 1970")
	}
	return t, err
}
