package drf

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is an answer that says why not. Its body is what the client sees.
type Error struct{ Response }

func (e *Error) Error() string { return fmt.Sprintf("drf: %d %v", e.Status, e.Body) }

// Refuse answers with status and a sentence.
func Refuse(status int, detail string) *Error {
	return &Error{Response{Status: status, Body: map[string]string{"detail": detail}}}
}

// with adds a header to e.
func (e *Error) with(name, value string) *Error {
	if e.Header == nil {
		e.Header = http.Header{}
	}
	e.Header.Set(name, value)
	return e
}

// NotFound is 404 for an object that is not there, or not for this caller.
func NotFound(model string) *Error {
	return Refuse(http.StatusNotFound, "No "+model+" matches the given query.")
}

// NotFoundKey is 404 for a key that can be no object's.
func NotFoundKey() *Error { return Refuse(http.StatusNotFound, "Not found.") }

// Forbidden is 403.
func Forbidden() *Error {
	return Refuse(http.StatusForbidden, "You do not have permission to perform this action.")
}

// Unauthorized is 401. What is wrong with the token goes into the challenge.
func Unauthorized(detail, wrong string) *Error {
	return Refuse(http.StatusUnauthorized, detail).with("WWW-Authenticate", `Bearer realm="api"`+wrong)
}

// Throttled is 429: try again after wait.
func Throttled(wait time.Duration) *Error {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return Refuse(http.StatusTooManyRequests, fmt.Sprintf("Request was throttled. Expected available in %d %s.", seconds, unit)).
		with("Retry-After", strconv.Itoa(seconds))
}

// MethodNotAllowed is 405, with the methods that there are.
func MethodNotAllowed(method string, allow []string) *Error {
	return Refuse(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", method)).with("Allow", strings.Join(allow, ", "))
}

// Fields are messages by field: 400 with all of them at once.
type Fields map[string][]string

// Invalid is 400 for one field of the body.
func Invalid(field, message string) *Error {
	return &Error{Response{Status: http.StatusBadRequest, Body: Fields{field: {message}}}}
}
