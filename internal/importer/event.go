package importer

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/plio/internal/store"
)

// eventTypes are the types that the API has.
func eventTypes() []string {
	return []string{"ready", "played", "paused", "enter_fullscreen", "exit_fullscreen", "option_selected", "item_opened", "question_skipped",
		"question_answered", "question_revised", "question_proceed", "video_seeking", "video_seeked", "watching"}
}

// happened takes the journey. A step that is no event, or more than one, stays
// with the session under its place in the journey.
func (s *session) happened(o object) error {
	raw, ok := o.take("journey")
	if !ok {
		return nil
	}
	steps, err := asObjects("journey", raw)
	if err != nil {
		return err
	}
	left, odd := map[string]object{}, map[string]int{}
	for i, step := range steps {
		e, whole, why := parseEvent(step)
		if why != "" {
			odd[why]++
		} else {
			s.Events = append(s.Events, e)
		}
		if !whole {
			left[strconv.Itoa(i)] = step
		}
	}
	o.put("journey", left, len(left) > 0)
	for _, why := range slices.Sorted(maps.Keys(odd)) {
		s.note("%d events %s: kept as JSON", odd[why], why)
	}
	return nil
}

// parseEvent makes an event of a step, or says why the step is none. The event
// is whole when it has all that the step says.
func parseEvent(step object) (e store.ImportedEvent, whole bool, why string) {
	name, err := asText("event", step["event"])
	if e.Type = strings.ReplaceAll(name, "-", "_"); err != nil || !slices.Contains(eventTypes(), e.Type) {
		return e, false, fmt.Sprintf("of the unknown type %s", brief(step["event"]))
	}
	var exact bool
	if e.PlayerTime, exact, err = number(step["player_time"], 1e9); err != nil {
		return e, false, "without a player_time in seconds"
	}
	ms, exactly, err := number(step["system_time"], 1e14)
	if err != nil || ms != math.Trunc(ms) {
		return e, false, "without a system_time in milliseconds"
	}
	e.At, e.Details = time.UnixMilli(int64(ms)).UTC(), step["details"]
	known := 3
	if _, ok := step["details"]; ok {
		known++
	}
	return e, exact && exactly && len(step) == known, ""
}

// number reads a number up to a greatest one, also when it is written as a
// string, and says whether it is exactly what was written.
func number(raw json.RawMessage, most float64) (f float64, exact bool, err error) {
	if kind(raw) == "a string" {
		text, _ := asText("", raw)
		if strings.Trim(text, "0123456789.") != "" {
			return 0, false, strconv.ErrSyntax
		}
		raw = json.RawMessage(text)
	} else if kind(raw) != "a number" {
		return 0, false, strconv.ErrSyntax
	}
	f, err = strconv.ParseFloat(string(raw), 64)
	if err == nil && (f < 0 || f > most) {
		err = strconv.ErrRange
	}
	return f, faithful(string(raw), f, 1), err
}

// span is when the first and the last of the events happened; zero when there
// are none. A journey is not always in order.
func span(events []store.ImportedEvent) (first, last time.Time) {
	for _, e := range events {
		if first.IsZero() || e.At.Before(first) {
			first = e.At
		}
		if e.At.After(last) {
			last = e.At
		}
	}
	return first, last
}
