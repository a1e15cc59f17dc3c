package drf

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Opt is a field of a body: Set when the body names it, Null when it says null.
type Opt[T any] struct {
	Set, Null bool
	Value     T
}

// Pointer returns the value, nil for none and for null.
func (o Opt[T]) Pointer() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.Value
}

// Or returns the value, or otherwise when there is none.
func (o Opt[T]) Or(otherwise T) T {
	if !o.Set || o.Null {
		return otherwise
	}
	return o.Value
}

// Decoder takes fields out of a body and gathers what is wrong with them.
type Decoder struct {
	body    *Body
	partial bool
	errors  Fields
}

// Decoder returns a decoder of b. In a partial body no field is required.
func (b *Body) Decoder(partial bool) *Decoder {
	d := &Decoder{body: b, partial: partial, errors: Fields{}}
	if !b.isForm && b.object == nil && kind(b.json) != "dict" {
		d.Add("non_field_errors", "Invalid data. Expected a dictionary, but got "+kind(b.json)+".")
	}
	return d
}

// Add adds an error of a field.
func (d *Decoder) Add(field, message string) {
	d.errors[field] = append(d.errors[field], message)
}

// NoSuchPK adds the error of a reference to an object that is not there.
func (d *Decoder) NoSuchPK(field string) {
	said := ""
	if d.body.isForm {
		said = d.body.form.Get(field)
	} else if raw := d.body.object[field]; len(raw) > 0 {
		said = strings.Trim(string(raw), `"`)
	}
	d.Add(field, `Invalid pk "`+said+`" - object does not exist.`)
}

// Err returns 400 with every error, or nil when there is none.
func (d *Decoder) Err() error {
	if len(d.errors) == 0 {
		return nil
	}
	if wrong := d.errors["non_field_errors"]; wrong != nil {
		return Invalid("non_field_errors", wrong[0])
	}
	return &Error{Response{Status: http.StatusBadRequest, Body: d.errors}}
}

// Rule is what a field allows beyond the ordinary.
type Rule func(*rules)

type rules struct {
	longest               int
	blank, null, optional bool
}

// Max allows at most so many characters.
func Max(characters int) Rule { return func(r *rules) { r.longest = characters } }

// Blank allows the empty string.
func Blank() Rule { return func(r *rules) { r.blank = true } }

// Null allows null.
func Null() Rule { return func(r *rules) { r.null = true } }

// Optional allows the field to be missing.
func Optional() Rule { return func(r *rules) { r.optional = true } }

// what a body says of a field.
type said struct {
	raw  json.RawMessage // JSON, or a form's text as a JSON string
	form bool
}

// text returns what was said when it was a string.
func (s said) text() (text string, ok bool) {
	if s.raw[0] != '"' {
		return "", false
	}
	err := json.Unmarshal(s.raw, &text)
	return text, err == nil
}

// field returns what the body says of a field; ok is false when there is no
// value to look at, because it is missing or null, which o and the errors say.
func field[T any](d *Decoder, name string, o *Opt[T], apply []Rule) (s said, r rules, ok bool) {
	for _, rule := range apply {
		rule(&r)
	}
	s, there := d.said(name)
	if s.form && there && string(s.raw) == `""` && !r.blank {
		// An empty box of a form is no value, if the field can do without.
		if r.null {
			s.raw = json.RawMessage("null")
		} else if r.optional {
			there = false
		}
	}
	switch {
	case !there && !d.partial && !r.optional && d.errors["non_field_errors"] == nil:
		d.Add(name, "This field is required.")
	case there && kind(s.raw) == "NoneType" && r.null:
		o.Set, o.Null = true, true
	case there && kind(s.raw) == "NoneType":
		d.Add(name, "This field may not be null.")
	case there:
		return s, r, true
	}
	return s, r, false
}

func (d *Decoder) said(name string) (said, bool) {
	if !d.body.isForm {
		raw, ok := d.body.object[name]
		return said{raw: raw}, ok
	}
	values := d.body.form[name]
	if len(values) == 0 {
		return said{form: true}, false
	}
	raw, err := marshal(strings.ToValidUTF8(values[len(values)-1], "\uFFFD"))
	return said{raw: raw, form: true}, err == nil
}

// Choice is a field with one of the values of choices.
func (d *Decoder) Choice(name string, o *Opt[string], choices []string, apply ...Rule) {
	s, _, ok := field(d, name, o, apply)
	if !ok {
		return
	}
	text := s.shown()
	if !slices.Contains(choices, text) {
		d.Add(name, `"`+text+`" is not a valid choice.`)
		return
	}
	o.Set, o.Value = true, text
}

// shown is a value the way Python prints it.
func (s said) shown() string {
	if text, ok := s.text(); ok {
		return text
	}
	switch string(s.raw) {
	case "true":
		return "True"
	case "false":
		return "False"
	}
	return string(s.raw)
}
