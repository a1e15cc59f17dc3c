package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// healthz says that the process lives.
func healthz(w http.ResponseWriter, r *http.Request) {
	answer(w, r, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether requests are served.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if refusal := s.state.Load().refusal; refusal != "" {
		answer(w, r, http.StatusServiceUnavailable, map[string]string{"status": refusal})
		return
	}
	if err := s.checked.ask(r.Context(), s.opts.Check); err != nil {
		s.opts.Log.WarnContext(r.Context(), "not ready", "err", err)
		answer(w, r, http.StatusServiceUnavailable, map[string]string{"status": "failing"})
		return
	}
	answer(w, r, http.StatusOK, map[string]string{"status": "ready"})
}

// check remembers an answer for a second: a stranger who asks all the time
// costs the database one question a second.
type check struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

func (c *check) ask(ctx context.Context, what func(context.Context) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) < time.Second {
		return c.err
	}
	// Others get this answer, so it must not depend on this client's patience.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	c.err = what(ctx)
	c.at = time.Now()
	return c.err
}
