package drf

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const (
	longestBody    = 10 << 20
	deepestNesting = 200
)

// Body is what a request has sent, read and checked whole.
type Body struct {
	json   json.RawMessage            // a JSON body, of any kind
	object map[string]json.RawMessage // its fields, when it is an object
	form   url.Values                 // a form's fields
	isForm bool
}

// ReadBody reads the body of r: JSON, a form, or nothing, which counts as {}.
func ReadBody(w http.ResponseWriter, r *http.Request) (*Body, error) {
	r.Body = http.MaxBytesReader(w, r.Body, longestBody)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		kind = r.Header.Get("Content-Type")
	}
	if kind == "multipart/form-data" {
		return readMultipart(r, params["boundary"])
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	switch {
	case len(raw) == 0:
		return &Body{json: json.RawMessage("{}")}, nil
	case kind == "application/json":
		return readJSON(raw)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, Refuse(http.StatusBadRequest, "Form parse error - "+err.Error())
		}
		return &Body{form: form, isForm: true}, nil
	}
	return nil, Refuse(http.StatusUnsupportedMediaType, `Unsupported media type "`+r.Header.Get("Content-Type")+`" in request.`)
}

func readMultipart(r *http.Request, boundary string) (*Body, error) {
	if boundary == "" {
		return nil, Refuse(http.StatusBadRequest, "Multipart form parse error - Invalid boundary in multipart: None")
	}
	if err := r.ParseMultipartForm(longestBody); err != nil {
		if refused := unreadable(err); refused.Status == http.StatusRequestEntityTooLarge {
			return nil, refused
		}
		return nil, Refuse(http.StatusBadRequest, "Multipart form parse error - "+err.Error())
	}
	return &Body{form: r.MultipartForm.Value, isForm: true}, nil
}

// unreadable tells a body that is too long from one that broke off.
func unreadable(err error) *Error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return Refuse(http.StatusRequestEntityTooLarge, "The body is larger than 10 MiB.")
	}
	return Refuse(http.StatusBadRequest, "The body could not be read: it broke off.")
}

func readJSON(raw []byte) (*Body, error) {
	if err := checkJSON(raw); err != nil {
		return nil, Refuse(http.StatusBadRequest, "JSON parse error - "+err.Error())
	}
	b := &Body{json: bytes.TrimSpace(raw)}
	if b.json[0] == '{' {
		if err := json.Unmarshal(raw, &b.object); err != nil {
			return nil, Refuse(http.StatusBadRequest, "JSON parse error - "+err.Error())
		}
	}
	return b, nil
}

// Any returns a body that may be any JSON. A form counts as an object of
// strings.
func (b *Body) Any() (json.RawMessage, error) {
	if !b.isForm {
		return b.json, storable(b.json, "non_field_errors")
	}
	fields := map[string]string{}
	for name, values := range b.form {
		fields[name] = strings.ToValidUTF8(values[len(values)-1], "\uFFFD")
	}
	raw, err := marshal(fields)
	if err != nil {
		return nil, err
	}
	return raw, storable(raw, "non_field_errors")
}

func storable(raw json.RawMessage, field string) error {
	if message := unstorable(raw); message != "" {
		return Invalid(field, message)
	}
	return nil
}
