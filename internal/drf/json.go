package drf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// checkJSON returns why raw is not JSON that we take: one value, UTF-8, no
// number beyond float64, not nested too deeply.
func checkJSON(raw []byte) error {
	if !utf8.Valid(raw) {
		return errors.New("'utf-8' codec can't decode the body")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	for depth, values := 0, 0; ; {
		token, err := d.Token()
		if err == io.EOF && values == 1 {
			return nil
		}
		if err == io.EOF {
			return errors.New("Expecting value")
		}
		if err != nil {
			return err
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth++
			} else {
				depth--
			}
			if depth > deepestNesting {
				return fmt.Errorf("nested deeper than %d", deepestNesting)
			}
		case json.Number:
			if f, err := v.Float64(); err != nil || math.IsInf(f, 0) {
				return fmt.Errorf("out of range number: %.40s", v)
			}
		}
		if depth == 0 {
			if values++; values > 1 {
				return errors.New("Extra data")
			}
		}
	}
}

// unstorable returns the message for what JSON can say in a string and the
// database cannot hold, or "".
func unstorable(raw []byte) string {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 >= len(raw) {
			continue
		}
		i++
		if raw[i] != 'u' || i+5 > len(raw) {
			continue
		}
		r := escaped(raw[i+1:])
		i += 4
		if r == 0 {
			return "Null characters are not allowed."
		}
		if !utf16.IsSurrogate(r) {
			continue
		}
		if i+7 > len(raw) || raw[i+1] != '\\' || raw[i+2] != 'u' || utf16.DecodeRune(r, escaped(raw[i+3:])) == utf8.RuneError {
			return fmt.Sprintf("Surrogate characters are not allowed: U+%04X.", r)
		}
		i += 6
	}
	return ""
}

// escaped returns the code unit of the four hexadecimal digits at the start of
// raw, which is checked JSON or too short.
func escaped(raw []byte) rune {
	if len(raw) < 4 {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(raw[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// kind returns what Python calls the kind of a JSON value.
func kind(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return "dict"
	case '[':
		return "list"
	case '"':
		return "str"
	case 't', 'f':
		return "bool"
	case 'n':
		return "NoneType"
	}
	if bytes.ContainsAny(raw, ".eE") {
		return "float"
	}
	return "int"
}
