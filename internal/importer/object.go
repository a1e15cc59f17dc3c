package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// object is a JSON object whose fields are taken one by one. What nobody took
// has no column, and is kept as JSON: so no field can be forgotten.
type object map[string]json.RawMessage

// badValue is a value of a type, or a size, that its place cannot have.
type badValue struct{ where, what string }

func (e badValue) Error() string { return e.where + " " + e.what }

// in says of an error where the value is that has it.
func in(where string, err error) error {
	if bad, ok := errors.AsType[badValue](err); ok {
		return badValue{where + "." + bad.where, bad.what}
	}
	return err
}

// kind names the JSON type of a value.
func kind(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "missing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || raw[0] == 'n' }

func want(where string, raw json.RawMessage, kinds string) error {
	return badValue{where, fmt.Sprintf("is %s, not %s", kind(raw), kinds)}
}

func asObject(where string, raw json.RawMessage) (object, error) {
	if raw[0] != '{' {
		return nil, want(where, raw, "an object")
	}
	var o object
	err := json.Unmarshal(raw, &o)
	return o, err
}

func asList(where string, raw json.RawMessage) ([]json.RawMessage, error) {
	if raw[0] != '[' {
		return nil, want(where, raw, "a list")
	}
	var list []json.RawMessage
	err := json.Unmarshal(raw, &list)
	return list, err
}

func asObjects(where string, raw json.RawMessage) ([]object, error) {
	list, err := asList(where, raw)
	objects := make([]object, len(list))
	for i, raw := range list {
		if err == nil {
			objects[i], err = asObject(at(where, i), raw)
		}
	}
	return objects, err
}

func asText(where string, raw json.RawMessage) (string, error) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", want(where, raw, "a string")
	}
	if !strings.Contains(string(raw), `\`) {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

func asNumber(where string, raw json.RawMessage) (float64, error) {
	if kind(raw) != "a number" {
		return 0, want(where, raw, "a number")
	}
	return strconv.ParseFloat(string(raw), 64)
}

// asInt reads a whole number, written as 3, 3.0 or 3e0.
func asInt(where string, raw json.RawMessage) (int64, error) {
	f, err := asNumber(where, raw)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 || !faithful(string(raw), f, 1) {
		return 0, badValue{where, fmt.Sprintf("is %s, not a whole number", brief(raw))}
	}
	return int64(f), nil
}

// faithful reports whether f × factor is the number that literal says, to the
// last digit. Up to 15 digits it always is.
func faithful(literal string, f float64, factor int64) bool {
	if len(literal) <= 15 {
		return true
	}
	shortest := strconv.FormatFloat(f, 'f', -1, 64)
	if factor == 1 && literal == shortest {
		return true
	}
	said, ok := new(big.Rat).SetString(literal)
	kept, _ := new(big.Rat).SetString(shortest)
	return ok && said.Cmp(kept.Mul(kept, big.NewRat(factor, 1))) == 0
}

// take removes a field, and reports whether it was there and not null.
func (o object) take(key string) (json.RawMessage, bool) {
	raw := o[key]
	delete(o, key)
	return raw, !isNull(raw)
}

// keep puts back what is not whole in its column.
func (o object) keep(key string, raw json.RawMessage) { o[key] = raw }

// text takes a string; "" where there is none.
func (o object) text(key string) (string, error) {
	raw, ok := o.take(key)
	if !ok {
		return "", nil
	}
	return asText(key, raw)
}

// list takes a list; empty where there is none.
func (o object) list(key string) ([]json.RawMessage, error) {
	raw, ok := o.take(key)
	if !ok {
		return nil, nil
	}
	return asList(key, raw)
}

// object takes an object; nil where there is none.
func (o object) object(key string) (object, error) {
	raw, ok := o.take(key)
	if !ok {
		return nil, nil
	}
	return asObject(key, raw)
}

// put keeps v, a part of the file of which something is left, under key.
func (o object) put(key string, v any, left bool) {
	if left {
		o[key] = mustJSON(v)
	}
}

// json is what is left, or nil when nothing is.
func (o object) json() json.RawMessage {
	if len(o) == 0 {
		return nil
	}
	return mustJSON(o)
}

// mustJSON writes values that were read from JSON, which always works.
func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func at(where string, i int) string { return fmt.Sprintf("%s[%d]", where, i) }

// exact is the nearest number to literal × factor: 0.57 × 100 is 57.
func exact(literal json.RawMessage, factor *big.Rat) float64 {
	r, _ := new(big.Rat).SetString(string(literal)) // known to be a number
	f, _ := r.Mul(r, factor).Float64()
	return f
}

// moment takes a number of seconds, which has to be there.
func (o object) moment(key string) (float64, error) {
	raw, ok := o.take(key)
	if !ok {
		return 0, badValue{key, "is missing"}
	}
	f, err := asNumber(key, raw)
	if err == nil && (f < 0 || f > 1e9) {
		return 0, badValue{key, fmt.Sprintf("is %s, which is out of range", raw)}
	}
	if err == nil && !faithful(string(raw), f, 1) {
		o.keep(key, raw)
	}
	return f, err
}
