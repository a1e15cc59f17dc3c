package tenancy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// cache keeps what the registry says of keys, each for maxAge at most from when
// it was asked for, and less when a change is told. Unknown keys, which anybody
// can send, are kept too, but only so many.
type cache struct {
	load       func(ctx context.Context, key string) (Info, error)
	maxAge     time.Duration
	maxUnknown int
	ctx        context.Context // ends with the DB
	loads      sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	known   map[string]entry
	unknown map[string]time.Time // until when
	flights map[string]*flight
	changes uint64 // told so far
}

func newCache(ctx context.Context, load func(ctx context.Context, key string) (Info, error), maxAge time.Duration, maxUnknown int) *cache {
	return &cache{load: load, maxAge: maxAge, maxUnknown: maxUnknown, ctx: ctx,
		known: map[string]entry{}, unknown: map[string]time.Time{}, flights: map[string]*flight{}}
}

type entry struct {
	info  Info
	until time.Time
}

// flight is a question to the registry that is under way: whoever needs its
// answer meanwhile waits for it rather than ask again.
type flight struct {
	done chan struct{}
	info Info
	err  error
	when uint64 // how many changes had been told when it began
}

// loadTimeout bounds a question to the registry.
const loadTimeout = 5 * time.Second

// get returns what the registry says, or said up to maxAge ago. The error is
// ErrNotFound when it knows no such key.
func (c *cache) get(ctx context.Context, key string) (Info, error) {
	if wellFormed(key) != nil {
		return Info{}, fmt.Errorf("%w: %q", ErrNotFound, cut(key))
	}
	c.mu.Lock()
	now := time.Now()
	if e, ok := c.known[key]; ok && now.Before(e.until) {
		c.mu.Unlock()
		return e.info, nil
	}
	if until, ok := c.unknown[key]; ok && now.Before(until) {
		c.mu.Unlock()
		return Info{}, fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	f, ok := c.flights[key]
	if !ok {
		if c.closed || c.ctx.Err() != nil {
			c.mu.Unlock()
			return Info{}, fmt.Errorf("tenancy: the DB is closed: %w", context.Canceled)
		}
		f = &flight{done: make(chan struct{}), when: c.changes}
		c.flights[key] = f
		c.loads.Go(func() { c.fly(key, f, now) })
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.info, f.err
	case <-ctx.Done():
		return Info{}, ctx.Err()
	}
}

// fly asks the registry, on behalf of everybody who waits, and not for as long
// as the first of them does.
func (c *cache) fly(key string, f *flight, started time.Time) {
	ctx, cancel := context.WithTimeout(c.ctx, loadTimeout)
	defer cancel()
	f.info, f.err = c.load(ctx, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	if f.when != c.changes {
		return // something changed meanwhile: this may be from before
	}
	c.keep(key, f, started.Add(c.maxAge))
}

// keep stores an answer. c.mu is held.
func (c *cache) keep(key string, f *flight, until time.Time) {
	switch {
	case f.err == nil:
		c.known[key] = entry{f.info, until}
		delete(c.unknown, key)
	case errors.Is(f.err, ErrNotFound):
		delete(c.known, key)
		for other := range c.unknown { // any, until there is room
			if len(c.unknown) < c.maxUnknown {
				break
			}
			delete(c.unknown, other)
		}
		c.unknown[key] = until
	}
}

// close waits for the questions that are under way, which end with c.ctx.
func (c *cache) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.loads.Wait()
}

// forget is told of a change. Whoever asks from here on waits for no answer that
// may be from before it.
func (c *cache) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	if key == everything {
		clear(c.known)
		clear(c.unknown)
		clear(c.flights)
		return
	}
	delete(c.known, key)
	delete(c.unknown, key)
	delete(c.flights, key)
}

// cut shortens what a stranger sent, for a message.
func cut(key string) string {
	if len(key) > 60 {
		return key[:60] + "…"
	}
	return key
}
