package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// tag is a file of tags/, read.
type tag struct {
	file, name string
	plios      []string // uuids of those that are known
	extra      json.RawMessage
	notes      []string
}

func (t tag) key() string { return importKey(t.file) }

// parseTag reads tags/<id>.json. Plios that are not known stay in extra.
func parseTag(file string, known func(uuid string) bool, b []byte) (tag, error) {
	t := tag{file: file}
	o, err := parseObject(b)
	if err != nil {
		return t, err
	}
	name := o["name"]
	if t.name, err = o.text("name"); err != nil {
		return t, err
	}
	if t.name == "" {
		return t, errors.New("name is missing")
	}
	if utf8.RuneCountInString(t.name) > maxText {
		o.keep("name", name)
		t.name = cut(t.name, maxText)
		t.note("name has more than %d characters: the first are the name, the whole is kept as JSON", maxText)
	}
	list, err := o.list("plios")
	if err != nil {
		return t, err
	}
	var unknown []json.RawMessage
	for i, raw := range list {
		uuid, err := asText(at("plios", i), raw)
		if err != nil {
			return t, err
		}
		if known(uuid) {
			t.plios = append(t.plios, uuid)
			continue
		}
		unknown = append(unknown, raw)
		t.note("plios[%d] %s is no plio that came in: kept as JSON", i, brief(raw))
	}
	o.put("plios", unknown, len(unknown) > 0)
	t.extra = o.json()
	return t, nil
}

func (t *tag) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}
