package importer

import (
	"encoding/json"
	"errors"
)

// tag is a file of tags/, read.
type tag struct {
	file, name string
	plios      []string // uuids of those that are known
	extra      json.RawMessage
	notes
}

func (t tag) key() string { return importKey(t.file) }

// parseTag reads tags/<id>.json. Plios that are not known stay in extra.
func parseTag(file string, known func(uuid string) bool, b []byte) (tag, error) {
	t := tag{file: file}
	o, err := parseObject(b)
	if err != nil {
		return t, err
	}
	if t.name, err = t.fitting(o, "name", "name"); err != nil {
		return t, err
	}
	if t.name == "" {
		return t, errors.New("name is missing")
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
