package tenancy

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"time"
)

// pool hands out backends, one per slot. A tenant prefers two slots, so that a
// server process meets a share of the tenants only and has their catalog and
// plans ready; it takes another when both are taken, and waits when all are.
//
// How many slots are in use at all follows the load: a process that has just
// worked is quicker than one that has slept.
type pool struct {
	dial  func(ctx context.Context) (*backend, error)
	seed  maphash.Seed
	life  context.Context // ends with Close
	stop  context.CancelFunc
	extra sync.WaitGroup // goroutines

	mu      sync.Mutex
	freed   sync.Cond
	slots   []slot
	active  int       // slots that tenants are spread over: the first ones
	taken   int       // slots that somebody has
	peaks   [2]int    // the most taken in this period, and in the one before
	full    int       // backends that have met tenantsPerBackend
	waiting list.List // *waiter, who came first first
	closed  bool
	counts  counts
}

type slot struct {
	b     *backend // nil where there is no connection, or its owner has it
	taken bool
	salt  uint64
}

// waiter waits for any slot, and rather for one of its home.
type waiter struct {
	home   [2]int
	got    chan int // a slot; -1 when the pool is closed
	passed int      // how often a later one was served before it
}

const (
	// tenantsPerBackend is how many tenants a backend meets before another slot
	// is put to use. A tenant is about 0.1 MB of catalog in the server process,
	// which it keeps as long as it lives.
	tenantsPerBackend = 256
	// mostPerBackend is how many it meets before it is replaced.
	mostPerBackend = 4 * tenantsPerBackend
	// patience is how often one who waits is passed over for one at home.
	patience = 32
	// lookahead is how many are looked at for one at home.
	lookahead = 64

	lifetime    = time.Hour
	idleTime    = 30 * time.Minute
	quietTime   = time.Second // after which a connection is asked whether it lives
	healthEvery = 30 * time.Second
	dialTimeout = 30 * time.Second
)

var errClosed = errors.New("tenancy: the DB is closed")

func newPool(size int, dial func(ctx context.Context) (*backend, error)) *pool {
	p := &pool{dial: dial, seed: maphash.MakeSeed(), slots: make([]slot, size), active: 1}
	p.freed.L = &p.mu
	p.life, p.stop = context.WithCancel(context.Background())
	for i := range p.slots {
		p.slots[i].salt = rand.Uint64()
	}
	p.extra.Go(p.watch)
	return p
}

// acquire returns a backend that nobody else has.
func (p *pool) acquire(ctx context.Context, schema string) (*backend, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	hash := maphash.String(p.seed, schema)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	i, home := p.choose(hash)
	p.counts.acquired++
	if i < 0 {
		i, err := p.wait(ctx, home)
		if err != nil {
			return nil, err
		}
		return p.ready(ctx, i, schema)
	}
	if i == home[0] || i == home[1] {
		p.counts.home++
	}
	p.take(i)
	p.mu.Unlock()
	return p.ready(ctx, i, schema)
}

// choose returns a free slot, or -1, and the two where the tenant is at home.
func (p *pool) choose(hash uint64) (best int, home [2]int) {
	p.active = min(len(p.slots), max(p.active, 2*p.taken+1, p.full+1))
	best, home = -1, [2]int{-1, -1}
	var weights [2]uint64
	var most uint64
	for i := range p.active {
		w := mix(hash ^ p.slots[i].salt)
		switch {
		case home[0] < 0 || w > weights[0]:
			home[1], weights[1] = home[0], weights[0]
			home[0], weights[0] = i, w
		case home[1] < 0 || w > weights[1]:
			home[1], weights[1] = i, w
		}
		if s := &p.slots[i]; !s.taken && (best < 0 || w > most) {
			best, most = i, w
		}
	}
	if home[1] < 0 {
		home[1] = home[0]
	}
	return best, home
}

// mix is the end of splitmix64: every bit of x has a say in every bit of it.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (p *pool) take(i int) {
	p.slots[i].taken = true
	p.taken++
	p.peaks[0] = max(p.peaks[0], p.taken)
}

// wait is called with the lock, and returns without.
func (p *pool) wait(ctx context.Context, home [2]int) (int, error) {
	began := time.Now()
	w := &waiter{home: home, got: make(chan int, 1)}
	place := p.waiting.PushBack(w)
	p.mu.Unlock()
	var i int
	select {
	case i = <-w.got:
	case <-ctx.Done():
		p.mu.Lock()
		select {
		case i = <-w.got: // just now
			if i >= 0 {
				p.pass(i)
			}
		default:
			p.waiting.Remove(place)
		}
		p.counts.canceled++
		p.mu.Unlock()
		return 0, ctx.Err()
	}
	if i < 0 {
		return 0, errClosed
	}
	p.mu.Lock()
	p.counts.waited++
	p.counts.waitTime += time.Since(began)
	if i == home[0] || i == home[1] {
		p.counts.home++
	}
	p.mu.Unlock()
	return i, nil
}

// pass gives a slot on to who waits, or frees it. It is called with the lock.
func (p *pool) pass(i int) {
	if next := p.next(i); next != nil {
		p.waiting.Remove(next)
		next.Value.(*waiter).got <- i
		return
	}
	p.slots[i].taken = false
	p.taken--
	p.freed.Broadcast()
}

// next returns who is given slot i: one of the first few who is at home there,
// but whoever waits longest is not passed over more often than patience.
func (p *pool) next(i int) *list.Element {
	front := p.waiting.Front()
	if front == nil || front.Value.(*waiter).passed >= patience {
		return front
	}
	n := 0
	for e := front; e != nil && n < lookahead; e = e.Next() {
		if w := e.Value.(*waiter); w.home[0] == i || w.home[1] == i {
			if e != front {
				front.Value.(*waiter).passed++
			}
			return e
		}
		n++
	}
	return front
}

// ready makes the backend of a slot that the caller has taken ready for it.
func (p *pool) ready(ctx context.Context, i int, schema string) (*backend, error) {
	b := p.slots[i].b
	if b != nil && time.Since(b.idleSince) > quietTime && !p.alive(ctx, b) {
		p.drop(b)
		p.extra.Go(b.hangUp) // which may take long
		b = nil
	}
	if b == nil {
		var err error
		if b, err = p.connect(ctx, i); err != nil {
			return nil, err
		}
	}
	if _, met := b.met[schema]; !met {
		b.met[schema] = struct{}{}
		if len(b.met) == tenantsPerBackend {
			p.mu.Lock()
			p.full++
			p.mu.Unlock()
		}
	}
	return b, nil
}

// alive asks a connection that has been quiet.
func (p *pool) alive(ctx context.Context, b *backend) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return b.pg.Ping(ctx) == nil
}

// connect makes the backend of a slot. A caller who gives up leaves it to who
// comes next.
func (p *pool) connect(ctx context.Context, i int) (*backend, error) {
	type result struct {
		b   *backend
		err error
	}
	made := make(chan result, 1)
	p.extra.Go(func() {
		ctx, cancel := context.WithTimeout(p.life, dialTimeout)
		defer cancel()
		b, err := p.dial(ctx)
		if err == nil {
			b.slot = i
			b.expires = time.Now().Add(lifetime + rand.N(lifetime/10))
			b.idleSince = time.Now()
			p.mu.Lock()
			p.slots[i].b = b
			p.mu.Unlock()
		}
		made <- result{b, err}
	})
	select {
	case r := <-made:
		if r.err != nil {
			p.free(i)
			return nil, fmt.Errorf("tenancy: connect: %w", r.err)
		}
		return r.b, nil
	case <-ctx.Done():
		p.extra.Go(func() { <-made; p.free(i) })
		return nil, ctx.Err()
	}
}

func (p *pool) free(i int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass(i)
}

// release takes a backend back, or closes it.
func (p *pool) release(b *backend) {
	now := time.Now()
	if !b.healthy(now) || len(b.met) >= mostPerBackend {
		p.extra.Go(func() { i := b.slot; p.bury(b); p.free(i) })
		return
	}
	b.idleSince = now
	p.free(b.slot)
}

// bury closes the backend of a slot that the caller has taken.
func (p *pool) bury(b *backend) {
	b.hangUp()
	p.drop(b)
}

// drop takes the backend of a slot that the caller has taken out of it.
func (p *pool) drop(b *backend) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slots[b.slot].b = nil
	p.counts.closed++
	if len(b.met) >= tenantsPerBackend {
		p.full--
	}
}
