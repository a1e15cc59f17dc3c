// Package drf speaks HTTP the way Django REST framework does: its bodies, its
// errors, its pages, its times. It knows nothing of plios.
package drf

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
)

// Response is an answer. Header is added to what every answer has.
type Response struct {
	Status int
	Body   any // nil is JSON's null; a 204 has no body
	Header http.Header
}

// OK answers 200 with body.
func OK(body any) Response { return Response{Status: http.StatusOK, Body: body} }

// Created answers 201 with body.
func Created(body any) Response { return Response{Status: http.StatusCreated, Body: body} }

// NoContent answers 204.
func NoContent() Response { return Response{Status: http.StatusNoContent} }

// Write sends resp as JSON, to a HEAD request without its body.
func Write(w http.ResponseWriter, r *http.Request, resp Response) {
	maps.Copy(w.Header(), resp.Header)
	if resp.Status == http.StatusNoContent {
		w.WriteHeader(resp.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	b, err := marshal(resp.Body)
	if err != nil {
		panic(err) // a wire struct that cannot be marshalled is a bug
	}
	w.WriteHeader(resp.Status)
	if r.Method != http.MethodHead {
		w.Write(b) //nolint:errcheck // the client has gone
	}
}

// marshal leaves <, > and & as they are: the answer is no page.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
