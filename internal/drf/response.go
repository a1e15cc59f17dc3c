package drf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// Response is an answer. Body becomes JSON; nil means that there is none.
// Header is what this answer has beyond what all have.
type Response struct {
	Status int
	Body   any
	Header http.Header
}

// OK answers 200 with body.
func OK(body any) Response { return Response{Status: http.StatusOK, Body: body} }

// Created answers 201 with body.
func Created(body any) Response { return Response{Status: http.StatusCreated, Body: body} }

// NoContent answers 204: done, and nothing to show.
func NoContent() Response { return Response{Status: http.StatusNoContent} }

// Write sends resp. It panics, before anything is sent, when the body cannot
// be made JSON: that is a mistake in a wire struct.
func Write(w http.ResponseWriter, r *http.Request, resp Response) {
	body := encode(resp.Body)
	h := w.Header()
	setCommon(h)
	maps.Copy(h, resp.Header)
	if resp.Status == http.StatusNoContent || resp.Body == nil {
		h.Del("Content-Type")
		w.WriteHeader(resp.Status)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(resp.Status)
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // the client has gone
	}
}

// setCommon sets what every answer has, errors and redirects included.
func setCommon(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Vary", "Accept, origin")
}

// encode makes compact JSON, with <, > and & as they are.
func encode(v any) []byte {
	if v == nil {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Errorf("drf: %T cannot be made JSON: %w", v, err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
