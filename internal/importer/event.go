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

// happened takes the journey. What cannot be an event stays with the session,
// under its place in the journey.
func (s *session) happened(o object) error {
	raw, ok := o.take("journey")
	if !ok {
		return nil
	}
	steps, err := asObjects("journey", raw)
	if err != nil {
		return err
	}
	left, odd := object{}, map[string]int{}
	for i, step := range steps {
		e, why := parseEvent(step)
		if why != "" {
			odd[why]++
		} else {
			s.Events = append(s.Events, e)
		}
		left.put(strconv.Itoa(i), step, len(step) > 0)
	}
	o.put("journey", left, len(left) > 0)
	for _, why := range slices.Sorted(maps.Keys(odd)) {
		s.note("%d events %s: kept as JSON", odd[why], why)
	}
	return nil
}

// parseEvent takes an event out of a step, or says why the step is none.
func parseEvent(o object) (e store.ImportedEvent, why string) {
	name, err := asText("event", o["event"])
	if e.Type = strings.ReplaceAll(name, "-", "_"); err != nil || !slices.Contains(eventTypes(), e.Type) {
		return e, fmt.Sprintf("of the unknown type %s", brief(o["event"]))
	}
	seconds, ok := number(o["player_time"])
	if !ok || seconds < 0 || seconds > 1e9 {
		return e, "without a player_time in seconds"
	}
	ms, ok := number(o["system_time"])
	if !ok || ms != math.Trunc(ms) || ms < 0 || ms > 1e14 {
		return e, "without a system_time in milliseconds"
	}
	e.PlayerTime, e.At, e.Details = seconds, time.UnixMilli(int64(ms)).UTC(), o["details"]
	for _, key := range []string{"event", "player_time", "system_time", "details"} {
		delete(o, key)
	}
	return e, ""
}

// number reads a number, also one that is written as a string.
func number(raw json.RawMessage) (float64, bool) {
	if isNull(raw) {
		return 0, false
	}
	text := string(raw)
	if kind(raw) == "a string" {
		text, _ = asText("", raw)
		if strings.Trim(text, "0123456789.") != "" {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
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
