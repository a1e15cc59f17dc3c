package drf

import (
	"encoding/json"
	"fmt"
	"math"
	"mime/multipart"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Bool reads a truth value, also as a word or as 1 and 0. A form that is not
// partial and does not have it says false, as of a box that is not ticked.
func (d *Decoder) Bool(name string, into *Opt[bool], options ...Option) {
	kind[bool]{convert: toBool, absent: required, box: true}.read(d, name, into, options)
}

func toBool(v value, _ rules) (bool, []string) {
	text := strings.ToLower(v.str())
	switch v.kind() {
	case "str", "bool":
		if slices.Contains([]string{"t", "y", "yes", "true", "on", "1"}, text) {
			return true, nil
		}
		if slices.Contains([]string{"f", "n", "no", "false", "off", "0"}, text) {
			return false, nil
		}
	case "int", "float":
		if text == "1" || text == "1.0" {
			return true, nil
		}
		if text == "0" || text == "0.0" || text == "-0.0" {
			return false, nil
		}
	}
	return false, []string{"Must be a valid boolean."}
}

const longestNumber = 1000 // bytes of a text

// Float reads a finite number, also as a text.
func (d *Decoder) Float(name string, into *Opt[float64], options ...Option) {
	kind[float64]{convert: toFloat, absent: required}.read(d, name, into, options)
}

func toFloat(v value, _ rules) (float64, []string) {
	invalid := []string{"A valid number is required."}
	text := v.str()
	switch v.kind() {
	case "bool":
		if text == "True" {
			return 1, nil
		}
		return 0, nil
	case "str":
		if len(text) > longestNumber {
			return 0, []string{"String value too large."}
		}
	case "int":
		if v.fault.number != "" {
			return 0, []string{"Integer value too large to convert to float"}
		}
	case "float":
		if v.fault.number != "" {
			return 0, invalid
		}
	default:
		return 0, invalid
	}
	plain, ok := plainNumber(text)
	f, err := strconv.ParseFloat(plain, 64)
	if !ok || err != nil || math.IsInf(f, 0) {
		return 0, invalid
	}
	return f, nil
}

// Int reads a whole number of 64 bits, also as a text.
func (d *Decoder) Int(name string, into *Opt[int64], options ...Option) {
	kind[int64]{convert: toInt, absent: required}.read(d, name, into, options)
}

var noFraction = regexp.MustCompile(`\.0*[\s\v\x1c-\x1f\x85\p{Z}]*$`)

func toInt(v value, r rules) (int64, []string) {
	kind, text := v.kind(), v.str()
	if kind == "str" && len(text) > longestNumber {
		return 0, []string{"String value too large."}
	}
	if kind != "str" && kind != "int" && kind != "float" {
		return 0, []string{"A valid integer is required."}
	}
	n, ok, tooLarge := parseInt(noFraction.ReplaceAllString(text[:min(len(text), longestNumber)], ""))
	switch {
	case !ok:
		return 0, []string{"A valid integer is required."}
	case r.least != nil && n < *r.least:
		return 0, []string{fmt.Sprintf("Ensure this value is greater than or equal to %d.", *r.least)}
	case tooLarge && n > 0:
		return 0, []string{fmt.Sprintf("Ensure this value is less than or equal to %d.", int64(math.MaxInt64))}
	case tooLarge:
		return 0, []string{fmt.Sprintf("Ensure this value is greater than or equal to %d.", int64(math.MinInt64))}
	}
	return n, nil
}

// parseInt reads a whole number. Of one that is too large n is the limit that
// it passes.
func parseInt(text string) (n int64, ok, tooLarge bool) {
	plain, ok := plainNumber(text)
	if !ok || strings.ContainsAny(plain, ".eE") {
		return 0, false, false
	}
	n, err := strconv.ParseInt(plain, 10, 64)
	if err == nil {
		return n, true, false
	}
	tooLarge = strings.Trim(plain[1:], "0123456789") == "" && plain != "+" && plain != "-"
	return n, tooLarge, tooLarge
}

// PK reads the number of another object. Whether that exists is the caller's
// to find out: see NoSuchPK.
func (d *Decoder) PK(name string, into *Opt[int64], options ...Option) {
	convert := func(v value, _ rules) (int64, []string) {
		kind, sent := v.kind(), v.str()
		d.sent[name] = shorten(sent)
		n, ok, tooLarge := parseInt(sent[:min(len(sent), longestNumber)])
		switch {
		case kind != "str" && kind != "int" || !ok || kind == "str" && len(sent) > longestNumber:
			return 0, []string{"Incorrect type. Expected pk value, received " + kind + "."}
		case tooLarge:
			return 0, []string{noSuchPK(d.sent[name])}
		}
		return n, nil
	}
	kind[int64]{convert: convert, absent: required, emptyIsNull: true}.read(d, name, into, options)
}

func noSuchPK(sent string) string {
	return `Invalid pk "` + sent + `" - object does not exist.`
}

// NoSuchPK adds that the object which a field refers to does not exist.
func (d *Decoder) NoSuchPK(field string) { d.wrong.Add(field, noSuchPK(d.sent[field])) }

// JSON reads any JSON that jsonb can hold; null is Null, and always allowed. In
// a form it is a text that is JSON.
func (d *Decoder) JSON(name string, into *Opt[json.RawMessage], options ...Option) {
	convert := func(v value, _ rules) (json.RawMessage, []string) {
		if v.form {
			doc, err := parseJSON([]byte(v.text)) // of a file that is nothing
			if err != nil {
				return nil, []string{"Value must be valid JSON."}
			}
			v = value{raw: doc.text, fault: doc.fault}
		}
		if v.fault.number != "" {
			return nil, []string{"Value must be valid JSON."}
		}
		if wrong := v.fault.message(); wrong != "" {
			return nil, []string{wrong}
		}
		return v.raw, nil
	}
	kind[json.RawMessage]{convert: convert, absent: required, keepsEmpty: true}.read(d, name, into, append(options, Null()))
	if string(into.Value) == "null" { // of a form
		*into = Opt[json.RawMessage]{Set: true, Null: true}
	}
}

// File reads a file of a multipart form. What is in it the caller checks.
func (d *Decoder) File(name string, into *Opt[*multipart.FileHeader], options ...Option) {
	convert := func(v value, _ rules) (*multipart.FileHeader, []string) {
		switch {
		case v.file == nil:
			return nil, []string{"The submitted data was not a file. Check the encoding type on the form."}
		case v.file.Size == 0:
			return nil, []string{"The submitted file is empty."}
		}
		return v.file, nil
	}
	kind[*multipart.FileHeader]{convert: convert, absent: "No file was submitted."}.read(d, name, into, options)
}
