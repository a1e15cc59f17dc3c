package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/plio/internal/server"
)

// hasty is a pace at which a test can lose patience.
var hasty = server.Pace{
	Header: 200 * time.Millisecond, Idle: 300 * time.Millisecond, Grace: 300 * time.Millisecond,
	Rate: 100, Longest: 2 * time.Second, Body: 1 << 20,
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestTimeout)
		return
	}
	w.Write(body) //nolint:errcheck // seen by the client
}

// drip sends text, a byte each pause.
func drip(conn net.Conn, text string, pause time.Duration) {
	for i := range len(text) {
		if _, err := conn.Write([]byte(text[i : i+1])); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// answered reads what comes until the connection ends, and how long that took.
func answered(conn net.Conn) (string, time.Duration) {
	start := time.Now()
	b, _ := io.ReadAll(conn) //nolint:errcheck // a connection cut is what is measured
	return string(b), time.Since(start)
}

func TestASlowPhoneGetsThrough(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{Pace: hasty}, echo)
	conn := w.dial()
	text := strings.Repeat("answer ", 20)                                                                         // 140 bytes at 200 a second: longer than the grace
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", len(text)) //nolint:errcheck // seen below
	start := time.Now()
	drip(conn, text, 5*time.Millisecond)
	if time.Since(start) < hasty.Grace {
		t.Fatal("it was not slow")
	}
	if body, _ := answered(conn); !strings.Contains(body, "200 OK") || !strings.HasSuffix(body, text) {
		t.Errorf("got %q", body)
	}
}

func TestWhatHardlyMovesIsCut(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"no request at all":     "",
		"a head without end":    "GET / HTTP/1.1\r\nHost: h\r\nX-A: " + strings.Repeat("b", 40),
		"a body that stalls":    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
		"a body without end":    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"a body that crawls":    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n\x00" + strings.Repeat("c", 4000),
		"a connection kept":     "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
		"a body nobody reads":   "POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
		"a body asked for late": "POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, server.Options{Pace: hasty})
			w.Serve(map[string]http.Handler{
				"/":       http.HandlerFunc(echo),
				"/unread": http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
				"/late": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(2 * hasty.Grace)
					echo(w, r)
				}),
			})
			conn := w.dial()
			head, crawl, _ := strings.Cut(request, "\x00")
			io.WriteString(conn, head)                //nolint:errcheck // seen below
			go drip(conn, crawl, 20*time.Millisecond) // 50 bytes a second
			if body, took := answered(conn); took > 30*time.Second {
				t.Errorf("held the connection %v, and got %q", took, body)
			}
		})
	}
}

func TestALongHandlerKeepsItsRequest(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{Pace: hasty}, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // seen below
		select {
		case <-r.Context().Done():
			http.Error(w, "given up", http.StatusInternalServerError)
		case <-time.After(3 * hasty.Grace):
			io.WriteString(w, "done") //nolint:errcheck // seen by the client
		}
	})
	for range 2 { // the second on the same connection
		if resp, body := w.send("POST", "/", strings.NewReader("a report, please")); body != "done" {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
}

func TestAClientThatDoesNotReadIsCut(t *testing.T) {
	t.Parallel()
	pace := hasty
	pace.Rate = 1 << 20
	ended := make(chan error, 1)
	w := serving(t, server.Options{Pace: pace}, func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, 64<<20)) // more than the kernel takes for a client
		ended <- err
	})
	io.WriteString(w.dial(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n") //nolint:errcheck // seen below
	select {
	case err := <-ended:
		if err == nil {
			t.Error("64 MiB went to nobody")
		}
	case <-time.After(5 * time.Second):
		t.Error("the handler still waits for the client")
		w.Close() //nolint:errcheck // frees the handler
		<-ended
	}
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{Pace: hasty}, echo)
	resp, _ := w.get("/", "X-Large", strings.Repeat("x", 64<<10))
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a head of 64 KiB: %d", resp.StatusCode)
	}
	if resp, body := w.send("POST", "/", strings.NewReader(strings.Repeat("x", int(hasty.Body)+1))); !strings.Contains(body, "too large") {
		t.Errorf("a body one byte too large: %d %.80s", resp.StatusCode, body)
	}
	if resp, body := w.send("POST", "/", strings.NewReader(strings.Repeat("x", int(hasty.Body)))); len(body) != int(hasty.Body) {
		t.Errorf("the largest body: %d, %d bytes", resp.StatusCode, len(body))
	}
}

func TestOneRequestTooManyIsToldToComeAgain(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	w := serving(t, server.Options{MaxRequests: 2}, func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-leave
	})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { w.get("/") })
		<-entered
	}
	if resp, body := w.get("/"); resp.StatusCode != 503 || !strings.Contains(body, "busy") {
		t.Errorf("the third: %d %s", resp.StatusCode, body)
	}
	if resp, _ := w.get("/healthz"); resp.StatusCode != 200 {
		t.Error("a busy server looks dead")
	}
	close(leave)
	wg.Wait()
	go func() { <-entered }()
	if resp, _ := w.get("/"); resp.StatusCode != 200 {
		t.Error("the place was not given back")
	}
	if _, body := w.get("/metrics"); !strings.Contains(body, "http_requests_refused_total 1") {
		t.Error("the refusal was not counted")
	}
}

func TestAnIdleConnectionServesTheNextRequest(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{Pace: hasty}, echo)
	conn := w.dial()
	r := bufio.NewReader(conn)
	for range 3 {
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi") //nolint:errcheck // seen below
		for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 200 OK\r\n"} {
			if line, err := r.ReadString('\n'); line != want {
				t.Fatalf("%q, %v; want %q", line, err, want)
			}
		}
		resp := r
		for line := ""; line != "\r\n"; line, _ = resp.ReadString('\n') {
		}
		io.CopyN(io.Discard, r, 2) //nolint:errcheck // seen at the next request
		time.Sleep(hasty.Idle / 2)
	}
}
