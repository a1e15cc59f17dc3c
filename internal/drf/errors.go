package drf

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Error is an answer that says why not. Its body is what the client sees.
type Error struct{ Response }

func (e *Error) Error() string { return fmt.Sprintf("drf: %d %s", e.Status, encode(e.Body)) }

type detail struct {
	Detail string `json:"detail"`
}

// Refuse answers with status and a sentence.
func Refuse(status int, sentence string) *Error {
	return &Error{Response{Status: status, Body: detail{sentence}}}
}

// NotFound is 404: there is no such object of the model.
func NotFound(model string) *Error {
	return Refuse(http.StatusNotFound, "No "+model+" matches the given query.")
}

// NotFoundKey is 404 for a key that cannot be one, letters where a number
// belongs, and for paths that lead nowhere.
func NotFoundKey() *Error { return Refuse(http.StatusNotFound, "Not found.") }

// Forbidden is 403.
func Forbidden() *Error {
	return Refuse(http.StatusForbidden, "You do not have permission to perform this action.")
}

// Unauthorized is 401. challenge goes on after the realm: what is wrong with
// the token, or nothing.
func Unauthorized(sentence, challenge string) *Error {
	e := Refuse(http.StatusUnauthorized, sentence)
	e.Header = http.Header{"Www-Authenticate": {`Bearer realm="api"` + challenge}}
	return e
}

// Throttled is 429: the caller is to come back after wait.
func Throttled(wait time.Duration) *Error {
	seconds := strconv.FormatFloat(math.Ceil(max(wait, 0).Seconds()), 'f', 0, 64)
	unit := "seconds"
	if seconds == "1" {
		unit = "second"
	}
	e := Refuse(http.StatusTooManyRequests, "Request was throttled. Expected available in "+seconds+" "+unit+".")
	e.Header = http.Header{"Retry-After": {seconds}}
	return e
}

// MethodNotAllowed is 405. allow lists the methods that there are.
func MethodNotAllowed(method string, allow []string) *Error {
	e := Refuse(http.StatusMethodNotAllowed, `Method "`+method+`" not allowed.`)
	e.Header = http.Header{"Allow": {strings.Join(allow, ", ")}}
	return e
}

// Invalid is 400 for one field of the body.
func Invalid(field, message string) *Error {
	return &Error{Response{Status: http.StatusBadRequest, Body: Fields{field: {message}}}}
}

// WholeObject is the name under which errors of no single field are told.
const WholeObject = "non_field_errors"

// Fields are the messages of the fields that are wrong.
type Fields map[string][]string

// Add adds messages to those of field. f must not be nil.
func (f Fields) Add(field string, messages ...string) {
	f[field] = append(f[field], messages...)
}

// Err returns all that is wrong as one 400, or nil.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	told := make(Fields, len(f))
	for field, messages := range f {
		told[field] = slices.Clone(messages)
	}
	return &Error{Response{Status: http.StatusBadRequest, Body: told}}
}
