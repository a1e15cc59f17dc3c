package drf

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"
)

// MaxBody is how many bytes a request's body may have.
const MaxBody = 10 << 20

// Body is what a request brought, whichever way it was sent: a JSON value, or
// the fields and files of a form.
type Body struct {
	json document
	form *form // nil: it was JSON
}

// ReadBody reads and parses the body of a request whose method has one. No
// body counts as {}. The error is the answer: 400, 413 or 415.
func ReadBody(w http.ResponseWriter, r *http.Request) (*Body, error) {
	raw, err := readAll(w, r)
	if err != nil {
		return nil, err
	}
	header := r.Header.Get("Content-Type")
	kind, _, _ := strings.Cut(header, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case kind == "application/x-www-form-urlencoded":
		return readForm(raw)
	case kind == "multipart/form-data":
		_, params, _ := mime.ParseMediaType(header) // without params there is no boundary
		return readMultipart(raw, params["boundary"])
	case len(raw) == 0:
		raw = []byte("{}")
	case kind != "application/json":
		return nil, Refuse(http.StatusUnsupportedMediaType, `Unsupported media type "`+header+`" in request.`)
	}
	d, err := parseJSON(raw)
	if err != nil {
		return nil, Refuse(http.StatusBadRequest, "JSON parse error - "+err.Error())
	}
	return &Body{json: d}, nil
}

func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil || slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method) {
		return nil, nil
	}
	tooLarge := Refuse(http.StatusRequestEntityTooLarge, "The request's body is larger than 10 MiB.")
	if r.ContentLength > MaxBody {
		return nil, tooLarge
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, Refuse(http.StatusRequestTimeout, "The request's body came too slowly.")
	} else if err != nil {
		return nil, Refuse(http.StatusBadRequest, "The request's body could not be read to its end.")
	}
	return raw, nil
}

// Any returns the whole body as JSON that jsonb can hold, whatever it is. The
// fields of a form are strings in an object.
func (b *Body) Any() (json.RawMessage, error) {
	if b.form != nil {
		return b.form.object()
	}
	if wrong := b.json.fault.message(); wrong != "" {
		return nil, Invalid(WholeObject, wrong)
	}
	return b.json.text, nil
}

// Names returns the names of the fields that the body has, sorted.
func (b *Body) Names() []string {
	var names []string
	if b.form != nil {
		names = b.form.names()
	} else {
		for name := range b.json.members {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// field returns what the body says of a field.
func (b *Body) field(name string) (value, bool) {
	if b.form != nil {
		return b.form.field(name)
	}
	m, ok := b.json.members[name]
	if !ok {
		return value{}, false
	}
	return value{raw: b.json.text[m.start:m.end], fault: m.fault}, true
}

// notObject says why the body has no fields; "" if it has.
func (b *Body) notObject() string {
	if b.form != nil || b.json.text[0] == '{' {
		return ""
	}
	whole := value{raw: b.json.text}
	if whole.isNull() {
		return "No data provided"
	}
	return "Invalid data. Expected a dictionary, but got " + whole.kind() + "."
}
