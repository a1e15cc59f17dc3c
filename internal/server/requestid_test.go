package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"example.org/plio/internal/server"
)

func TestAClientsRequestIDIsKeptWhereItIsHarmless(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{}, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("X-Request-Id")+" "+server.RequestID(r.Context())) //nolint:errcheck // seen by the client
	})
	for id, kept := range map[string]bool{
		"4bf92f3577b34da6a3ce929d0e0e4736":      true,
		"req_7.a:b-c":                           true,
		strings.Repeat("x", 64):                 true,
		"":                                      false,
		strings.Repeat("x", 65):                 false,
		"a b":                                   false,
		"<script>":                              false,
		"ü":                                     false,
		`"} level=ERROR msg="the disk is full"`: false,
	} {
		resp, body := w.get("/", "X-Request-Id", id)
		got := resp.Header.Get("X-Request-Id")
		if (got == id) != kept || got == "" {
			t.Errorf("%q became %q", id, got)
		}
		if body != got+" "+got {
			t.Errorf("the handler saw %q, the client %q", body, got)
		}
		w.logged("msg=request ", "request="+got)
	}
}

func TestTwoRequestsHaveTwoIDs(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{}, func(http.ResponseWriter, *http.Request) {})
	a, _ := w.get("/")
	b, _ := w.get("/")
	if a.Header.Get("X-Request-Id") == b.Header.Get("X-Request-Id") {
		t.Error("they have one")
	}
}
