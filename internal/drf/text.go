package drf

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const required = "This field is required."

// String reads a text, without the blanks around it. A number will do.
func (d *Decoder) String(name string, into *Opt[string], options ...Option) {
	kind[string]{convert: toString, absent: required}.read(d, name, into, options)
}

// Slug reads a text of ASCII letters, digits, hyphens and underscores.
func (d *Decoder) Slug(name string, into *Opt[string], options ...Option) {
	convert := checked(slugPattern.MatchString, `Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.`)
	kind[string]{convert: convert, absent: required}.read(d, name, into, options)
}

var slugPattern = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)

// Email reads an e-mail address.
func (d *Decoder) Email(name string, into *Opt[string], options ...Option) {
	kind[string]{convert: checked(isEmail, "Enter a valid email address."), absent: required}.read(d, name, into, options)
}

// Choice reads one of some words.
func (d *Decoder) Choice(name string, into *Opt[string], choices []string, options ...Option) {
	convert := func(v value, r rules) (string, []string) {
		text := v.str()
		if text == "" && r.blank && v.kind() == "str" || slices.Contains(choices, text) {
			return text, nil
		}
		return "", []string{`"` + shorten(text) + `" is not a valid choice.`}
	}
	kind[string]{convert: convert, absent: required}.read(d, name, into, options)
}

func toString(v value, r rules) (string, []string) {
	switch v.kind() {
	case "str", "int", "float":
		return toText(v, r)
	}
	return "", []string{"Not a valid string."}
}

func toText(v value, r rules) (string, []string) {
	if v.fault.number != "" {
		return "", []string{v.fault.message()}
	}
	text := trim(v.str())
	if text == "" {
		if r.blank {
			return "", nil
		}
		return "", []string{"This field may not be blank."}
	}
	var wrong []string
	if r.longest > 0 && utf8.RuneCountInString(text) > r.longest {
		wrong = append(wrong, fmt.Sprintf("Ensure this field has no more than %d characters.", r.longest))
	}
	if v.fault.null {
		wrong = append(wrong, nullRefused)
	}
	if v.fault.surrogate != 0 {
		wrong = append(wrong, surrogateRefused(v.fault.surrogate))
	}
	return text, wrong
}

// checked is toString with one more check, of texts that say something. Its
// message is also that of what is no text.
func checked(ok func(string) bool, message string) func(value, rules) (string, []string) {
	return func(v value, r rules) (string, []string) {
		switch v.kind() {
		case "str", "int", "float":
		default:
			return "", []string{message}
		}
		text, wrong := toText(v, r)
		if text != "" && !ok(text) {
			wrong = append(wrong, message)
		}
		return text, wrong
	}
}

// Text makes a text of a path, query or header one that the database takes: it
// finds nothing there that the original would not.
func Text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
