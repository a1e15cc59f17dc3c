package server

import (
	"context"
	"fmt"
	"time"
)

// Run serves until ctx ends or the listening fails, and then stops: not ready
// first, then no new connection, then the end of what is under way. Requests
// that do not end in Options.DrainTimeout are cut, which is an error.
func (s *Server) Run(ctx context.Context) error {
	select {
	case err := <-s.failed:
		s.Close() //nolint:errcheck // the first error counts
		return fmt.Errorf("listening on %s failed: %w", s.address, err)
	case <-ctx.Done():
	}
	return s.drain()
}

func (s *Server) drain() error {
	defer s.cancel()
	s.state.Store(&state{s.state.Load().handler, "draining"})
	s.opts.Log.Info("stopping", "requests", s.metrics.inFlight.Load())
	time.Sleep(s.opts.DrainDelay)
	ctx, done := context.WithTimeout(context.Background(), s.opts.DrainTimeout)
	defer done()
	if s.http.Shutdown(ctx) == nil {
		return nil
	}
	cut := s.metrics.inFlight.Load()
	s.cancel() // ends their work on the database, so that it can be closed
	ctx, done = context.WithTimeout(context.Background(), 2*time.Second)
	defer done()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close() //nolint:errcheck // the cut is reported anyway
	}
	return fmt.Errorf("%d requests had not ended after %s and were cut", cut, s.opts.DrainTimeout)
}
