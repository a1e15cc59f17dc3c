package importer

import (
	"encoding/json"
	"fmt"
	"slices"

	"example.org/plio/internal/store"
)

// item is a question and the second of the video at which it comes, read.
type item struct {
	store.ImportedItem
	choices []json.RawMessage // its options, one by one
	notes
}

// shape is how a year wrote its questions: where an item keeps them, under
// which name the right answer is, and the number of the first option.
type shape struct {
	details, right string
	first          int64
}

func shape2020() shape { return shape{"question", "answers", 1} }
func shape2021() shape { return shape{"details", "correct_answer", 0} }

// parseItems takes a plio's questions, whichever shape they have. Where both
// are, the newer one counts.
func parseItems(o object) ([]item, []string, error) {
	if raw, ok := o["items"]; ok && !isNull(raw) && string(raw) != "[]" {
		items, err := parseList(o, "items", "items", shape2021())
		if err == nil && !isNull(o["questions"]) {
			return items, []string{"has items and questions: the items came in, the questions are kept as JSON"}, nil
		}
		return items, nil, err
	}
	o.take("items")
	questions, err := o.object("questions")
	if err != nil {
		return nil, nil, err
	}
	items, err := parseList(questions, "questions", "questions.questions", shape2020())
	o.put("questions", questions, len(questions) > 0)
	return items, nil, err
}

// parseList takes the list that o has under key; where is its path in the file.
func parseList(o object, key, where string, s shape) ([]item, error) {
	raw, ok := o.take(key)
	if !ok {
		return nil, nil
	}
	list, err := asList(where, raw)
	if err != nil {
		return nil, err
	}
	items := make([]item, len(list))
	for i, raw := range list {
		if items[i], err = parseItem(at(where, i), raw, s); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func parseItem(where string, raw json.RawMessage, s shape) (item, error) {
	o, err := asObject(where, raw)
	if err != nil {
		return item{}, err
	}
	var it item
	if it.Time, err = o.moment("time"); err != nil {
		return item{}, in(where, err)
	}
	switch typ, err := o.text("type"); {
	case err != nil:
		return item{}, in(where, err)
	case typ != "" && typ != "question":
		return item{}, badValue{where, fmt.Sprintf("is a %q; a plio has questions only", typ)}
	}
	it.Meta, _ = o.take("meta")
	raw, ok := o.take(s.details)
	if !ok {
		return item{}, badValue{where, "has no " + s.details}
	}
	where += "." + s.details
	details, err := asObject(where, raw)
	if err != nil {
		return item{}, err
	}
	if err := it.question(where, details, s); err != nil {
		return item{}, in(where, err)
	}
	o.put(s.details, details, len(details) > 0)
	it.Extra = o.json()
	return it, nil
}

// question takes what o says of the question.
func (it *item) question(where string, o object, s shape) (err error) {
	if it.Text, err = o.text("text"); err != nil {
		return err
	}
	if raw, ok := o.take("options"); ok {
		if it.choices, err = asList("options", raw); err != nil {
			return err
		}
		it.Options = raw
	}
	if err := it.setKind(where, o); err != nil {
		return err
	}
	raw, ok := o.take(s.right)
	if !ok {
		return nil
	}
	if it.CorrectAnswer = it.indexes(raw, s.first); it.CorrectAnswer == nil {
		o.keep(s.right, raw)
		it.note("%s.%s is %s, no option: no right answer, what was there is kept as JSON", where, s.right, brief(raw))
	}
	return nil
}

// setKind takes the type. One that Plio does not know becomes the nearest.
func (it *item) setKind(where string, o object) error {
	raw := o["type"]
	typ, err := o.text("type")
	switch {
	case err != nil:
		return err
	case typ == "":
		it.Type = "mcq"
	case slices.Contains([]string{"mcq", "checkbox", "subjective"}, typ):
		it.Type = typ
	default:
		it.Type = "subjective"
		if len(it.choices) > 0 {
			it.Type = "mcq"
		}
		o.keep("type", raw)
		it.note("%s.type %s is unknown: came in as %s", where, brief(raw), it.Type)
	}
	return nil
}

// indexes is the right answer as the database has it, or nil when raw names no
// option: a number for one choice, a list for several, anything for an essay.
func (it *item) indexes(raw json.RawMessage, first int64) json.RawMessage {
	switch {
	case it.Type == "subjective":
		return raw
	case it.Type == "mcq":
		if i, ok := it.index(raw, first); ok {
			return mustJSON(i)
		}
		return nil
	}
	list, err := asList("", raw)
	if err != nil {
		list = []json.RawMessage{raw}
	}
	return it.all(list, func(raw json.RawMessage) (int64, bool) { return it.index(raw, first) })
}

// index is the option with that number, counted from 0.
func (it *item) index(raw json.RawMessage, first int64) (int64, bool) {
	n, err := asInt("", raw)
	n -= first
	return n, err == nil && n >= 0 && n < int64(len(it.choices))
}

// all is the list of what find makes of each, or nil when it does not know one.
func (it *item) all(list []json.RawMessage, find func(json.RawMessage) (int64, bool)) json.RawMessage {
	found := make([]int64, len(list))
	for i, raw := range list {
		var ok bool
		if found[i], ok = find(raw); !ok {
			return nil
		}
	}
	return mustJSON(found)
}

// brief is a value as a note shows it.
func brief(raw json.RawMessage) string {
	if r := []rune(string(raw)); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(raw)
}
