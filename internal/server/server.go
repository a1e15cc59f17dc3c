// Package server is the HTTP server around the handlers it is given: health,
// metrics, request ids, the access log, limits, and an end that cuts nobody
// off. It knows nothing of what it serves.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options say how to serve. Listen and Log are needed, all else has a default.
type Options struct {
	// Listen is the address, as 127.0.0.1:8080. Port 0 takes a free one.
	Listen string
	Log    *slog.Logger
	// Secret are beginnings of paths whose rest no log may show, as /start/.
	Secret []string
	// Trusted are the proxies whose X-Forwarded headers are believed. From
	// everybody else these headers are taken away.
	Trusted []netip.Prefix
	// MaxRequests is how many requests are served at once; more are answered
	// 503. Health and metrics do not count. Defaults to 512.
	MaxRequests int
	// Pace is how slow a client may be. Defaults to DefaultPace.
	Pace Pace
	// DrainDelay is how long to go on as usual, no longer ready, before the
	// port is closed. Defaults to none.
	DrainDelay time.Duration
	// DrainTimeout is how long to wait for requests under way. Defaults to 20 s.
	DrainTimeout time.Duration
	// Check says what keeps the handlers from serving, as a database that is
	// gone; /readyz asks it once a second at most. Defaults to nothing.
	Check func(context.Context) error
}

// Server listens from Listen on; until Serve it says that it is starting.
type Server struct {
	opts    Options
	http    *http.Server
	address net.Addr
	metrics *metrics
	state   atomic.Pointer[state]
	checked check
	failed  chan error // what ended the listening, if nobody meant it
	cancel  context.CancelFunc
}

// state is what is served. It is replaced, never changed.
type state struct {
	handler http.Handler
	refusal string // why the server is not ready; "" when it is
}

// Listen takes the address and begins to answer: /healthz with 200, all else
// with 503. An address that cannot be had is an error that says why.
func Listen(opts Options) (*Server, error) {
	opts = opts.withDefaults()
	listener, err := net.Listen("tcp", opts.Listen)
	if err != nil {
		return nil, explain(opts.Listen, err)
	}
	s := &Server{opts: opts, address: listener.Addr(), metrics: newMetrics(), failed: make(chan error, 1)}
	s.state.Store(&state{http.HandlerFunc(starting), "starting"})
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.http = &http.Server{
		Handler:           s.handler(),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: opts.Pace.Header,
		IdleTimeout:       opts.Pace.Idle,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(opts.Log.Handler(), slog.LevelDebug), // a client that went away
	}
	go func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	return s, nil
}

// Serve begins to serve the handlers, each at the pattern of http.ServeMux that
// it is given for. Where there is none the answer is 404.
func (s *Server) Serve(handlers map[string]http.Handler) {
	mux := http.NewServeMux()
	if handlers["/"] == nil {
		mux.HandleFunc("/", notFound)
	}
	for pattern, h := range handlers {
		mux.Handle(pattern, h)
	}
	s.state.Store(&state{mux, ""})
}

// Measure adds what /metrics shows beside the server's own.
func (s *Server) Measure(c prometheus.Collector) { s.metrics.registry.MustRegister(c) }

// Addr is the address that the server listens on.
func (s *Server) Addr() net.Addr { return s.address }

// Close ends the server at once, requests under way included.
func (s *Server) Close() error {
	s.cancel()
	return s.http.Close()
}

func (o Options) withDefaults() Options {
	if o.MaxRequests == 0 {
		o.MaxRequests = 512
	}
	if o.Pace == (Pace{}) {
		o.Pace = DefaultPace
	}
	if o.DrainTimeout == 0 {
		o.DrainTimeout = 20 * time.Second
	}
	if o.Check == nil {
		o.Check = func(context.Context) error { return nil }
	}
	return o
}

func explain(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program listens on %s already; stop it, or choose another address with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s; ports below 1024 are for root, choose a higher one with --listen", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("this machine has no address %s; :PORT listens on all that it has", address)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}
