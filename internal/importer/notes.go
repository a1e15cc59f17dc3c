package importer

import (
	"fmt"
	"unicode/utf8"
)

// notes are what is told of a file that comes in all the same.
type notes []string

func (n *notes) note(format string, args ...any) { *n = append(*n, fmt.Sprintf(format, args...)) }

// fitting takes a name, which has to fit its column: of a longer one the first
// characters are the name, and the whole stays as JSON. field is what the note
// calls it.
func (n *notes) fitting(o object, key, field string) (string, error) {
	raw := o[key]
	name, err := o.text(key)
	if err != nil || utf8.RuneCountInString(name) <= maxText {
		return name, err
	}
	o.keep(key, raw)
	n.note("%s has more than %d characters: the first are the name, the whole is kept as JSON", field, maxText)
	return cut(name, maxText), nil
}

// cut is the first n characters of s.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
