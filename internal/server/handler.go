package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// handler is what every request passes, outermost last.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	mux.Handle("/", atMost(s.opts.MaxRequests, s.metrics, http.HandlerFunc(s.current)))

	h := s.paced(mux)
	h = secured(h)
	h = s.observed(h) // and recovers
	h = named(h)
	return s.forwarded(h)
}

// current serves with what there is to serve with now.
func (s *Server) current(w http.ResponseWriter, r *http.Request) {
	s.state.Load().handler.ServeHTTP(w, r)
}

// secured sets the headers that every answer has; a handler may replace them.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		next.ServeHTTP(w, r)
	})
}

func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
}

// atMost refuses the request that is one too many: a queue without end would
// answer everybody too late.
func atMost(n int, m *metrics, next http.Handler) http.Handler {
	places := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		default:
			m.refused.Inc()
			refuse(w, r, http.StatusServiceUnavailable, "The server is busy. Try again in a moment.")
		}
	})
}
