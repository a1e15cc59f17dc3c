package importer

import (
	"encoding/json"
	"slices"
)

// answered takes the answers, one for each item. Those that are no option stay
// with the session, all of them, as they are.
func (s *session) answered(o object, items []item) error {
	raw := o["answers"]
	list, err := o.list("answers")
	if err != nil {
		return err
	}
	s.Answers = make([]json.RawMessage, len(items))
	whole := true
	for i, given := range list {
		if i >= len(items) {
			s.note("answers has %d, the plio %d questions: the rest is kept as JSON", len(list), len(items))
			whole = false
			break
		}
		answer, ok := items[i].answer(given)
		if !ok {
			s.note("answers[%d] %s is no option of %q: no answer, what was there is kept as JSON", i, brief(given), cut(items[i].Text, 60))
			whole = false
		}
		s.Answers[i] = answer
	}
	if !whole {
		o.keep("answers", raw)
	}
	return nil
}

// answer is what was given as the database has it: the number of the option
// from 0, the numbers of several, or the text of an essay; nil when none was
// given. 2020 wrote the option's text, 2021 its number.
func (it *item) answer(given json.RawMessage) (json.RawMessage, bool) {
	if none(given) {
		return nil, true
	}
	switch {
	case it.Type == "subjective":
		return given, true
	case it.Type == "mcq":
		i, ok := it.option(given)
		if !ok {
			return nil, false
		}
		return mustJSON(i), true
	}
	list, err := asList("", given)
	if err != nil {
		list = []json.RawMessage{given}
	}
	several := it.all(list, it.option)
	return several, several != nil
}

// none reports whether no answer was given: 2020 wrote [], 2021 -1.
func none(given json.RawMessage) bool {
	if list, err := asList("", given); err == nil {
		return len(list) == 0
	}
	return isNull(given) || string(given) == "-1" || string(given) == `""`
}

// option is the number of the option that was given, by its text or number.
func (it *item) option(given json.RawMessage) (int64, bool) {
	if text, err := asText("", given); err == nil {
		i := slices.IndexFunc(it.choices, func(raw json.RawMessage) bool {
			option, err := asText("", raw)
			return err == nil && option == text || string(raw) == text
		})
		return int64(i), i >= 0
	}
	return it.index(given, 0)
}
