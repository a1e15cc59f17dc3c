package server_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"example.org/plio/internal/server"
)

func TestARequestIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "short and stout") //nolint:errcheck // seen by the client
	})
	w.send("PUT", "/pot?of=tea", strings.NewReader("leaves"), "Organization", "af", "X-Request-Id", "seven")
	line := w.logged("msg=request ")
	for _, word := range []string{"level=INFO", "method=PUT", "path=/pot ", "status=418", "bytes=15", "remote=127.0.0.1:", "workspace=af", "request=seven", "took="} {
		if !strings.Contains(line, word) {
			t.Errorf("%q is missing in %s", word, line)
		}
	}
	if n := strings.Count(w.log.String(), "\n"); n != 1 {
		t.Errorf("%d lines:\n%s", n, w.log)
	}
	w.get("/healthz")
	w.get("/readyz")
	w.get("/metrics")
	if n := strings.Count(w.log.String(), "\n"); n != 1 {
		t.Errorf("who watches the server fills its log:\n%s", w.log)
	}
}

func TestNoSecretIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Options{Secret: []string{"/start/"}})
	w.Serve(map[string]http.Handler{
		"/":             http.NotFoundHandler(),
		"/start/{code}": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no page") }),
	})
	const secret = "hunter2"
	paths := []string{
		"/start/" + secret, "/start/" + secret + "/", "/start//" + secret, "//start/" + secret, "/START/" + secret,
		"/start%2F" + secret, "/start%252F" + secret, "/start;" + secret, "/start%5C" + secret, "/x/../start/" + secret,
		"/http://h/start/" + secret, "/start/start/" + secret, "/api/v1/users/token/?token=" + secret, "/%E2%84%AA/start/" + secret,
		"/%FF%FF/start/" + secret,
	}
	for i, path := range paths {
		conn := w.dial()
		id := string(rune('a' + i))
		io.WriteString(conn, "POST "+path+" HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Request-Id: id-"+id+ //nolint:errcheck // seen below
			"\r\nAuthorization: Bearer "+secret+"\r\nCookie: s="+secret+"\r\nReferer: http://h/start/"+secret+
			"\r\nUser-Agent: "+secret+"\r\nContent-Length: 7\r\n\r\n"+secret)
		io.ReadAll(conn) //nolint:errcheck // seen below
		w.logged("msg=request ", "request=id-"+id)
	}
	w.logged("msg=panic", "path=/start/…")
	w.logged("path=/api/v1/users/token/")
	if strings.Contains(w.log.String(), secret) {
		t.Errorf("the log tells a secret:\n%s", w.log)
	}
	w.get("/started/soon")
	w.logged("path=/started/soon")
}

func TestAStrangersTextIsBoundedInTheLog(t *testing.T) {
	t.Parallel()
	w := serving(t, server.Options{}, func(http.ResponseWriter, *http.Request) {})
	w.get("/"+strings.Repeat("é", 500), "Organization", strings.Repeat("a", 500))
	if line := w.logged("msg=request "); len(line) > 800 {
		t.Errorf("%d bytes: %s", len(line), line)
	}
}

func TestAPanicIsAnsweredAndLoggedWithItsStack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Options{})
	w.Serve(map[string]http.Handler{
		"/at-once": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			panic("the roof is on fire")
		}),
		"/half-way": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "half") //nolint:errcheck // seen by the client
			panic("the floor too")
		}),
	})
	resp, body := w.get("/at-once", "X-Request-Id", "fire")
	if resp.StatusCode != 500 || strings.TrimSpace(body) != `{"detail":"A server error occurred."}` || resp.Header.Get("X-Request-Id") != "fire" {
		t.Errorf("%d %s %v", resp.StatusCode, body, resp.Header)
	}
	w.logged("level=ERROR", "the roof is on fire", "observe_test.go", "request=fire")
	w.logged("msg=request ", "status=500", "path=/at-once")

	if resp, err := w.client.Post(w.url("/half-way"), "text/plain", strings.NewReader("x")); err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close() //nolint:errcheck // read
		if err == nil {
			t.Error("half an answer was taken for a whole one")
		}
	}
	w.logged("msg=request ", "path=/half-way", "aborted=true")
	if _, body := w.get("/metrics"); !strings.Contains(body, "http_panics_total 2") {
		t.Error("the panics were not counted")
	}
}

func TestMetricsHaveRoutesAndNotPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Options{})
	inner := http.NewServeMux()
	inner.HandleFunc("GET /api/plios/{uuid}/", func(http.ResponseWriter, *http.Request) {})
	w.Serve(map[string]http.Handler{"/api/": inner})
	for _, uuid := range []string{"one", "two", "three"} {
		w.get("/api/plios/" + uuid + "/")
		w.send("X"+strings.ToUpper(uuid), "/nowhere/"+uuid, nil)
	}
	_, body := w.get("/metrics")
	for _, want := range []string{
		`http_request_duration_seconds_count{method="GET",route="/api/plios/{uuid}/",status="200"} 3`,
		`http_request_duration_seconds_count{method="other",route="/",status="404"} 3`,
		"http_requests_in_flight 1", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestOnlyATrustedProxySaysWhoAsks(t *testing.T) {
	t.Parallel()
	here, inside := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")
	for name, tt := range map[string]struct {
		trusted []netip.Prefix
		header  string
		remote  string
		proto   string // what the handler sees of X-Forwarded-Proto: https
	}{
		"nobody is trusted":                      {nil, "198.51.100.7", "127.0.0.1:", ""},
		"another is trusted":                     {[]netip.Prefix{inside}, "198.51.100.7", "127.0.0.1:", ""},
		"the proxy is":                           {[]netip.Prefix{here}, "198.51.100.7", "198.51.100.7:", "https"},
		"with a port":                            {[]netip.Prefix{here}, "198.51.100.7:4711", "198.51.100.7:", "https"},
		"IPv6":                                   {[]netip.Prefix{here}, "2001:db8::7", "[2001:db8::7]:", "https"},
		"IPv4 in IPv6":                           {[]netip.Prefix{here}, "::ffff:198.51.100.7", "198.51.100.7:", "https"},
		"what the client wrote is not":           {[]netip.Prefix{here}, "192.0.2.66, 198.51.100.7", "198.51.100.7:", "https"},
		"two proxies are":                        {[]netip.Prefix{here, inside}, "192.0.2.66, 198.51.100.7, 10.0.0.3", "198.51.100.7:", "https"},
		"all are":                                {[]netip.Prefix{here, inside}, "10.0.0.9, 10.0.0.3", "10.0.0.9:", "https"},
		"nonsense stops the search":              {[]netip.Prefix{here, inside}, "198.51.100.7, unknown, 10.0.0.3", "10.0.0.3:", "https"},
		"the proxy says nothing, so asks itself": {[]netip.Prefix{here}, "", "127.0.0.1:", "https"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := serving(t, server.Options{Trusted: tt.trusted}, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, r.RemoteAddr+" "+r.Header.Get("X-Forwarded-For")+r.Header.Get("X-Forwarded-Proto")) //nolint:errcheck // seen by the client
			})
			_, body := w.get("/", "X-Forwarded-For", tt.header, "X-Forwarded-Proto", "https")
			remote, proto, _ := strings.Cut(body, " ")
			if !strings.HasPrefix(remote, tt.remote) || proto != tt.proto {
				t.Errorf("%q; want %s… %s", body, tt.remote, tt.proto)
			}
			w.logged("remote=", tt.remote)
		})
	}
}
