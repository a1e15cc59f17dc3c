package drf

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// String is a field of text. It is trimmed; a number counts as text.
func (d *Decoder) String(name string, o *Opt[string], apply ...Rule) {
	d.text(name, o, apply, nil)
}

var slug = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)

// Slug is a field of ASCII letters, digits, underscores and hyphens.
func (d *Decoder) Slug(name string, o *Opt[string], apply ...Rule) {
	d.text(name, o, apply, func(text string) string {
		if slug.MatchString(text) {
			return ""
		}
		return `Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.`
	})
}

// text reads a field of text; check returns the message of what is wrong with
// it beyond what every text must not have.
func (d *Decoder) text(name string, o *Opt[string], apply []Rule, check func(string) string) {
	s, r, ok := field(d, name, o, apply)
	if !ok {
		return
	}
	text, isText := s.text()
	if k := kind(s.raw); !isText && k != "int" && k != "float" {
		d.Add(name, "Not a valid string.")
		return
	} else if !isText {
		text = string(s.raw)
	}
	text = strings.TrimSpace(text)
	before := len(d.errors[name])
	if text == "" && !r.blank {
		d.Add(name, "This field may not be blank.")
	}
	if r.longest > 0 && utf8.RuneCountInString(text) > r.longest {
		d.Add(name, fmt.Sprintf("Ensure this field has no more than %d characters.", r.longest))
	}
	if message := unstorable(s.raw); message != "" {
		d.Add(name, message)
	}
	if check != nil && text != "" {
		if message := check(text); message != "" {
			d.Add(name, message)
		}
	}
	if len(d.errors[name]) == before {
		o.Set, o.Value = true, text
	}
}

var (
	yes = []string{"t", "y", "yes", "true", "on", "1"}
	no  = []string{"f", "n", "no", "false", "off", "0"}
)

// Bool is a field of yes or no. In a form one that is missing says no: an empty
// checkbox sends nothing.
func (d *Decoder) Bool(name string, o *Opt[bool], apply ...Rule) {
	if _, there := d.said(name); !there && d.body.isForm && !d.partial {
		o.Set = true
		return
	}
	s, _, ok := field(d, name, o, apply)
	if !ok {
		return
	}
	switch text := strings.ToLower(strings.TrimSpace(s.shown())); {
	case slices.Contains(yes, text), text == "1.0":
		o.Set, o.Value = true, true
	case slices.Contains(no, text), text == "0.0":
		o.Set, o.Value = true, false
	default:
		d.Add(name, "Must be a valid boolean.")
	}
}

// Float is a field of a finite number, which may be said as text.
func (d *Decoder) Float(name string, o *Opt[float64], apply ...Rule) {
	s, _, ok := field(d, name, o, apply)
	if !ok {
		return
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s.shown()), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(s.shown(), "xXpP_") {
		d.Add(name, "A valid number is required.")
		return
	}
	o.Set, o.Value = true, f
}

// PK is a field that refers to an object by its number. Whether it exists is
// for the caller to see.
func (d *Decoder) PK(name string, o *Opt[int64], apply ...Rule) {
	s, r, ok := field(d, name, o, apply)
	if !ok {
		return
	}
	text, isText := s.text()
	if isText && text == "" {
		d.empty(name, r, o)
		return
	}
	if k := kind(s.raw); !isText && k != "int" {
		d.Add(name, "Incorrect type. Expected pk value, received "+k+".")
		return
	} else if !isText {
		text = string(s.raw)
	}
	id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if e, isNumber := err.(*strconv.NumError); isNumber && e.Err == strconv.ErrRange {
		d.NoSuchPK(name)
		return
	} else if err != nil {
		d.Add(name, "Incorrect type. Expected pk value, received str.")
		return
	}
	o.Set, o.Value = true, id
}

// empty is a reference that says "": null, by another name.
func (d *Decoder) empty(name string, r rules, o *Opt[int64]) {
	if !r.null {
		d.Add(name, "This field may not be null.")
		return
	}
	o.Set, o.Null = true, true
}

// JSON is a field of any JSON, null too. In a form it is JSON as text.
func (d *Decoder) JSON(name string, o *Opt[json.RawMessage], apply ...Rule) {
	s, _, ok := field(d, name, o, append(apply, Null()))
	if !ok {
		return
	}
	raw := s.raw
	if text, isText := s.text(); s.form && isText {
		raw = json.RawMessage(text)
		if err := checkJSON(raw); err != nil {
			d.Add(name, "Value must be valid JSON.")
			return
		}
	}
	if message := unstorable(raw); message != "" {
		d.Add(name, message)
		return
	}
	o.Set, o.Value = true, raw
}
