package drf_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/plio/internal/drf"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// post is a POST with a body.
func post(contentType, body string) *http.Request {
	r := httptest.NewRequest("POST", "http://plio.example/things/", strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// read reads a body that has nothing wrong with it as a whole.
func read(t *testing.T, contentType, body string) *drf.Body {
	t.Helper()
	b, err := drf.ReadBody(httptest.NewRecorder(), post(contentType, body))
	if err != nil {
		t.Fatalf("%s %s: %v", contentType, body, err)
	}
	return b
}

// told is what a client is told by err: status and body, or 200.
func told(t *testing.T, err error) (status int, body string) {
	t.Helper()
	if err == nil {
		return http.StatusOK, ""
	}
	e, ok := errors.AsType[*drf.Error](err)
	if !ok {
		t.Fatalf("%v is no answer", err)
	}
	w := httptest.NewRecorder()
	drf.Write(w, httptest.NewRequest("GET", "/", nil), e.Response)
	if !json.Valid(w.Body.Bytes()) {
		t.Fatalf("the answer %s is no JSON", w.Body)
	}
	return w.Code, w.Body.String()
}
