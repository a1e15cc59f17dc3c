package drf

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// maxFormFields is how many fields a form may have, files included.
const maxFormFields = 1000

// form is the fields of a form. Of a field that is there several times the
// last one counts.
type form struct {
	values map[string]string
	files  map[string]*multipart.FileHeader
}

func readForm(raw []byte) (*Body, error) {
	if bytes.Count(raw, []byte("&")) >= maxFormFields {
		return nil, Refuse(http.StatusBadRequest, "The form has more than 1000 fields.")
	}
	f := form{values: map[string]string{}}
	for _, p := range splitQuery(string(raw)) {
		f.values[p.name] = p.value
	}
	return &Body{form: &f}, nil
}

// readMultipart reads a form that may have files. They stay in memory: the
// whole body is no larger than MaxBody.
func readMultipart(raw []byte, boundary string) (*Body, error) {
	f := form{values: map[string]string{}, files: map[string]*multipart.FileHeader{}}
	if len(raw) == 0 {
		return &Body{form: &f}, nil
	}
	if boundary == "" {
		return nil, Refuse(http.StatusBadRequest, "Multipart form parse error - Invalid boundary in multipart: None")
	}
	read, err := multipart.NewReader(bytes.NewReader(raw), boundary).ReadForm(2 * MaxBody)
	switch {
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, Refuse(http.StatusBadRequest, "Multipart form parse error - more than 1000 parts, or too many headers")
	case errors.Is(err, io.EOF):
		return nil, Refuse(http.StatusBadRequest, "Multipart form parse error - no part and no end was found")
	case err != nil:
		return nil, Refuse(http.StatusBadRequest, "Multipart form parse error - "+strings.TrimPrefix(err.Error(), "multipart: "))
	}
	for name, values := range read.Value {
		f.values[name] = strings.ToValidUTF8(values[len(values)-1], "\uFFFD")
	}
	for name, files := range read.File {
		f.files[name] = files[len(files)-1]
	}
	return &Body{form: &f}, nil
}

func (f *form) field(name string) (value, bool) {
	if file, ok := f.files[name]; ok {
		return value{form: true, file: file}, true
	}
	text, ok := f.values[name]
	return value{form: true, text: text, fault: fault{null: strings.Contains(text, "\x00")}}, ok
}

func (f *form) names() (names []string) {
	for name := range f.values {
		names = append(names, name)
	}
	for name := range f.files {
		if _, twice := f.values[name]; !twice {
			names = append(names, name)
		}
	}
	return names
}

func (f *form) object() (json.RawMessage, error) {
	for name, text := range f.values {
		if strings.Contains(name+text, "\x00") {
			return nil, Invalid(WholeObject, nullRefused)
		}
	}
	return encode(f.values), nil
}

type pair struct{ name, value string }

// splitQuery reads a query or an URL-encoded form. Nothing is refused: what is
// no escape stays as it is, what is no UTF-8 is replaced.
func splitQuery(query string) (pairs []pair) {
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{unescape(name), unescape(value)})
	}
	return pairs
}

func unescape(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		plain = unescapeLoosely(strings.ReplaceAll(s, "+", " "))
	}
	return strings.ToValidUTF8(plain, "\uFFFD")
}

func unescapeLoosely(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+3 <= len(s) {
			if c, err := url.PathUnescape(s[i : i+3]); err == nil {
				b.WriteString(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Query returns a parameter of the request's address, of several of a name the
// last, and whether it is there. It reads what is badly escaped as it stands,
// where url.Values would drop it.
func Query(r *http.Request, name string) (value string, ok bool) {
	for _, p := range splitQuery(r.URL.RawQuery) {
		if p.name == name {
			value, ok = p.value, true
		}
	}
	return value, ok
}
