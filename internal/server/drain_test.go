package server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/plio/internal/server"
)

// slow is a handler that tells when it is entered and waits to be let go.
type slow struct {
	entered, leave chan struct{}
	gaveUp         chan error
}

func newSlow() slow {
	return slow{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
}

func (s slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.entered <- struct{}{}
	select {
	case <-s.leave:
		io.WriteString(w, "served") //nolint:errcheck // seen by the client
	case <-r.Context().Done():
		s.gaveUp <- r.Context().Err()
	}
}

func TestAStoppingServerEndsWhatItHasBegun(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t, server.Options{DrainDelay: 300 * time.Millisecond}), newSlow()
	w.Serve(map[string]http.Handler{"/slow": h, "/quick": http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- w.Server.Run(ctx) }()

	var body string
	var wg sync.WaitGroup
	wg.Go(func() { _, body = w.get("/slow") })
	<-h.entered
	stop()
	w.logged("msg=stopping", "requests=1")
	if resp, text := w.get("/readyz"); resp.StatusCode != 503 || !strings.Contains(text, "draining") {
		t.Errorf("readyz: %d %s", resp.StatusCode, text)
	}
	if resp, _ := w.get("/quick"); resp.StatusCode != 200 {
		t.Errorf("no longer served before the balancer can know: %d", resp.StatusCode)
	}
	for refused := false; !refused; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("tcp", w.Addr().String())
		if refused = err != nil; !refused {
			conn.Close() //nolint:errcheck // it was only a knock
		}
	}
	select {
	case err := <-ran:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(h.leave)
	wg.Wait()
	if err := <-ran; err != nil || body != "served" {
		t.Errorf("%v, %q", err, body)
	}
}

func TestARequestThatDoesNotEndIsCutAndTold(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t, server.Options{DrainTimeout: 50 * time.Millisecond}), newSlow()
	w.Serve(map[string]http.Handler{"/": h})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- w.Server.Run(ctx) }()
	var wg sync.WaitGroup
	wg.Go(func() {
		if resp, err := w.client.Get(w.url("/")); err == nil {
			resp.Body.Close() //nolint:errcheck // its handler gave up
		}
	})
	<-h.entered
	stop()
	if err := <-ran; err == nil || !strings.Contains(err.Error(), "1 requests had not ended after 50ms") {
		t.Errorf("%v", err)
	}
	if err := <-h.gaveUp; err == nil {
		t.Error("the handler went on")
	}
	wg.Wait()
}
