package drf

import (
	"bytes"
	"mime/multipart"
)

// value is what a body says of one field: JSON, or a text or file of a form.
type value struct {
	raw   []byte // of document.text
	form  bool
	text  string
	file  *multipart.FileHeader
	fault fault
}

func (v value) isNull() bool { return string(v.raw) == "null" }

// kind is the name of the value's type in messages, which is Python's.
func (v value) kind() string {
	if v.file != nil {
		return "InMemoryUploadedFile"
	}
	if v.form {
		return "str"
	}
	switch v.raw[0] {
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
	if bytes.ContainsAny(v.raw, ".eE") {
		return "float"
	}
	return "int"
}

// str returns the value as a message shows it, and a string field takes it.
func (v value) str() string {
	switch {
	case v.file != nil:
		return v.file.Filename
	case v.form:
		return v.text
	case v.raw[0] == '"':
		return unquote(v.raw)
	case v.raw[0] == '-' || '0' <= v.raw[0] && v.raw[0] <= '9':
		return string(v.raw)
	}
	return repr(v.raw)
}
