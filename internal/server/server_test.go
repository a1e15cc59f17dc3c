package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.org/plio/internal/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a server on a free port, with its log.
type world struct {
	*testing.T
	*server.Server
	log    *logBuffer
	client *http.Client
}

func newWorld(t *testing.T, opts server.Options) world {
	t.Helper()
	log := &logBuffer{}
	opts.Listen = "127.0.0.1:0"
	opts.Log = slog.New(server.Logged(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})))
	s, err := server.Listen(opts)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		s.Close() //nolint:errcheck // closed by the test, perhaps
	})
	return world{t, s, log, client}
}

// serving is a world whose server serves h.
func serving(t *testing.T, opts server.Options, h http.HandlerFunc) world {
	t.Helper()
	w := newWorld(t, opts)
	w.Serve(map[string]http.Handler{"/": h})
	return w
}

func (w world) url(path string) string { return "http://" + w.Addr().String() + path }

// get asks, with headers as name, value, name, value.
func (w world) get(path string, headers ...string) (*http.Response, string) {
	w.Helper()
	return w.send("GET", path, nil, headers...)
}

func (w world) send(method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.url(path), body)
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	return resp, string(text)
}

// dial is a connection that speaks HTTP by hand.
func (w world) dial() net.Conn {
	w.Helper()
	conn, err := net.Dial("tcp", w.Addr().String())
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { conn.Close() })                 //nolint:errcheck // nothing is left to say
	conn.SetDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // a test that hangs fails by its own timeout
	return conn
}

// logged waits for a line that contains all of words: it is written after the
// answer.
func (w world) logged(words ...string) string {
	w.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
	lines:
		for line := range strings.Lines(w.log.String()) {
			for _, word := range words {
				if !strings.Contains(line, word) {
					continue lines
				}
			}
			return line
		}
	}
	w.Fatalf("no line of the log has %q:\n%s", words, w.log)
	return ""
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestAnAddressThatCannotBeHadSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Options{})
	for address, says := range map[string]string{
		w.Addr().String():  "another program listens on",
		"192.0.2.1:0":      "this machine has no address",
		"127.0.0.1:999999": "cannot listen on",
	} {
		s, err := server.Listen(server.Options{Listen: address, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			s.Close() //nolint:errcheck // it should not be there
			t.Fatalf("%s was taken", address)
		}
		if !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAServerIsAliveBeforeItIsReadyAndServesWhenItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Options{})
	want := func(path string, status int, text string) {
		t.Helper()
		resp, body := w.get(path)
		if resp.StatusCode != status || !strings.Contains(body, text) {
			t.Errorf("%s: %d %s; want %d %s", path, resp.StatusCode, body, status, text)
		}
		if status == 503 && resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come again", path)
		}
		if got := resp.Header.Get("Content-Type"); status != 200 && got != "application/json" {
			t.Errorf("%s is %s", path, got)
		}
	}
	want("/healthz", 200, "ok")
	want("/readyz", 503, "starting")
	want("/hello", 503, "starting")
	w.Serve(map[string]http.Handler{"GET /hello": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "good day") //nolint:errcheck // the client says what it misses
	})})
	want("/healthz", 200, "ok")
	want("/readyz", 200, "ready")
	want("/hello", 200, "good day")
	want("/nowhere", 404, `{"detail":"Not found."}`)
	want("/metrics", 200, "http_requests_in_flight")
}

func TestAServerWhoseDatabaseIsGoneIsNotReadyAndAsksOnceASecond(t *testing.T) {
	t.Parallel()
	asked := 0 // under the lock of the check
	w := serving(t, server.Options{Check: func(context.Context) error { asked++; return io.ErrUnexpectedEOF }}, http.NotFound)
	for range 5 {
		if resp, body := w.get("/readyz"); resp.StatusCode != 503 || strings.Contains(body, "EOF") {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	w.logged("not ready", "unexpected EOF")
}

func TestEveryAnswerHasTheSameHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Options{})
	w.Serve(map[string]http.Handler{
		"/panic": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }),
		"/embed": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Del("X-Frame-Options") }),
	})
	for _, path := range []string{"/healthz", "/readyz", "/nowhere", "/panic"} {
		resp, _ := w.get(path, "Origin", "https://school.example")
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Access-Control-Allow-Origin": "*",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	if resp, _ := w.get("/embed"); resp.Header.Get("X-Frame-Options") != "" {
		t.Error("a handler cannot let itself be framed")
	}
}
