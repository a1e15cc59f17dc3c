package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// observed writes one line a request, measures it, and survives its panics.
// The line has no query, no body, and of the headers only the workspace:
// tokens travel in all the others.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, rec, aborted := time.Now(), &recorder{ResponseWriter: w}, true
		path, workspace := s.shown(r.URL.Path), r.Header.Get("Organization") // a handler may change r
		s.metrics.inFlight.Add(1)
		defer func() {
			took := time.Since(start)
			s.metrics.inFlight.Add(-1)
			s.metrics.observe(r, rec.code(), took)
			attrs := []slog.Attr{
				slog.String("method", bounded(r.Method, 16)), slog.String("path", path),
				slog.Int("status", rec.code()), slog.Duration("took", took.Round(10*time.Microsecond)),
				slog.Int64("bytes", rec.bytes), slog.String("remote", r.RemoteAddr),
			}
			if workspace != "" {
				attrs = append(attrs, slog.String("workspace", bounded(workspace, 64)))
			}
			if aborted {
				attrs = append(attrs, slog.Bool("aborted", true))
			}
			s.opts.Log.LogAttrs(r.Context(), level(path), "request", attrs...)
		}()
		s.recovered(rec, r, next)
		aborted = false
	})
}

// recovered serves, and answers a panic with 500. Where an answer has begun the
// connection is cut instead, so that nobody takes the half for the whole.
func (s *Server) recovered(rec *recorder, r *http.Request, next http.Handler) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
			s.metrics.panics.Inc()
			s.opts.Log.ErrorContext(r.Context(), "panic", "method", bounded(r.Method, 16), "path", s.shown(r.URL.Path),
				"err", cause, "stack", string(debug.Stack()))
		}
		if rec.status != 0 || cause == http.ErrAbortHandler {
			panic(http.ErrAbortHandler)
		}
		clear(rec.Header())
		secure(rec.Header())
		rec.Header().Set(requestIDHeader, RequestID(r.Context()))
		refuse(rec, r, http.StatusInternalServerError, "A server error occurred.")
	}()
	next.ServeHTTP(rec, r)
}

// level keeps out of the log what asks every few seconds whether all is well.
func level(path string) slog.Level {
	switch path {
	case "/healthz", "/readyz", "/metrics":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// code is what the client was told; a handler that wrote nothing said 200.
func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}
