package tenancy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// registry is what a cache asks in these tests.
type registry struct {
	mu      sync.Mutex
	infos   map[string]Info
	asked   atomic.Int32
	answers chan struct{} // if not nil, each answer waits for one
	err     error
}

func (r *registry) load(ctx context.Context, key string) (Info, error) {
	r.asked.Add(1)
	r.mu.Lock()
	info, ok := r.infos[key]
	err := r.err
	r.mu.Unlock()
	if r.answers != nil {
		select {
		case <-r.answers:
		case <-ctx.Done():
			return Info{}, ctx.Err()
		}
	}
	if err == nil && !ok {
		err = ErrNotFound
	}
	return info, err
}

func (r *registry) set(key string, id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.infos[key] = Info{Tenant: Tenant{id, key, "s"}, State: Active}
}

func testCache(t *testing.T, r *registry) *cache {
	ctx, cancel := context.WithCancel(context.Background())
	c := newCache(ctx, r.load, 30*time.Second, 3)
	t.Cleanup(func() { cancel(); c.close() })
	return c
}

// wantID fails t unless the cache gives the tenant with that id, 0 for none.
func wantID(t *testing.T, c *cache, key string, want int64) {
	t.Helper()
	info, err := c.get(t.Context(), key)
	if info.Tenant.id != want || want > 0 && err != nil || want == 0 && !errors.Is(err, ErrNotFound) {
		t.Errorf("%s: %d, %v; want %d", key, info.Tenant.id, err, want)
	}
}

func TestTheCacheAsksAgainAfterItsMaxAgeAndNotBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{infos: map[string]Info{}}
		c := testCache(t, r)
		r.set("a", 1)
		wantID(t, c, "a", 1)
		wantID(t, c, "b", 0)
		r.set("a", 2)
		r.set("b", 3)
		time.Sleep(29 * time.Second)
		wantID(t, c, "a", 1)
		wantID(t, c, "b", 0)
		if n := r.asked.Load(); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
		time.Sleep(2 * time.Second)
		wantID(t, c, "a", 2)
		wantID(t, c, "b", 3)
		r.mu.Lock()
		r.err = errors.New("no database")
		r.mu.Unlock()
		time.Sleep(31 * time.Second)
		if info, err := c.get(t.Context(), "a"); err == nil {
			t.Errorf("older than its bound, %v was given", info)
		}
	})
}

func TestTheCacheForgetsWhatItIsToldOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{infos: map[string]Info{}}
		c := testCache(t, r)
		r.set("a", 1)
		wantID(t, c, "a", 1)
		wantID(t, c, "b", 0)
		r.set("a", 2)
		r.set("b", 3)
		c.forget("b")
		wantID(t, c, "a", 1)
		wantID(t, c, "b", 3)
		c.forget(everything)
		wantID(t, c, "a", 2)
	})
}

func TestAnAnswerFromBeforeAChangeIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{infos: map[string]Info{}, answers: make(chan struct{})}
		c := testCache(t, r)
		r.set("a", 1)
		var wg sync.WaitGroup
		wg.Go(func() { wantID(t, c, "a", 1) }) // it began before the change
		synctest.Wait()
		r.set("a", 2)
		c.forget("a")
		wg.Go(func() { wantID(t, c, "a", 2) }) // it must not share the answer
		synctest.Wait()
		r.answers <- struct{}{}
		r.answers <- struct{}{}
		wg.Wait()
		close(r.answers)
		wantID(t, c, "a", 2)
	})
}

func TestManyWhoAskAtOnceAreOneQuestionAndNoneWaitsLongerThanItWants(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{infos: map[string]Info{}, answers: make(chan struct{})}
		c := testCache(t, r)
		r.set("a", 1)
		var wg sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() { // the first, who goes away
			if _, err := c.get(ctx, "a"); !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() { wantID(t, c, "a", 1) })
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(r.answers)
		wg.Wait()
		if n := r.asked.Load(); n != 1 {
			t.Errorf("asked %d times, want 1", n)
		}
	})
}

func TestUnknownKeysAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{infos: map[string]Info{}}
		c := testCache(t, r)
		for i := range 50 {
			wantID(t, c, fmt.Sprintf("k%d", i), 0)
		}
		if len(c.unknown) != 3 {
			t.Errorf("%d are kept, want 3", len(c.unknown))
		}
		asked := r.asked.Load()
		wantID(t, c, "k49", 0)
		for _, malformed := range []string{"", "a b", "ä", "*", string(make([]byte, 1<<20))} {
			wantID(t, c, malformed, 0)
		}
		if r.asked.Load() != asked || len(c.unknown) != 3 {
			t.Errorf("asked %d times more", r.asked.Load()-asked)
		}
	})
}

func TestACacheThatIsClosedAsksNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{infos: map[string]Info{}, answers: make(chan struct{})}
		ctx, cancel := context.WithCancel(context.Background())
		c := newCache(ctx, r.load, time.Second, 3)
		go c.get(context.Background(), "a") //nolint:errcheck // it is cut off
		synctest.Wait()
		cancel()
		c.close()
		if _, err := c.get(t.Context(), "b"); !errors.Is(err, context.Canceled) || r.asked.Load() != 1 {
			t.Errorf("err = %v, asked %d times", err, r.asked.Load())
		}
	})
}
