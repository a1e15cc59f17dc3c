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

// pool hands out backends, one per slot. A tenant is at home in two slots, so
// that a server process meets a share of the tenants only and has their catalog
// and plans ready. When both are taken it waits for one of them, as most work is
// short, unless others wait there too or somebody has had them for long: then it
// takes any other.
//
// How many slots are in use at all follows the load: a process that has just
// worked is quicker than one that has slept.
type pool struct {
	dial  func(ctx context.Context) (*backend, error)
	seed  maphash.Seed
	life  context.Context // ends with Close
	stop  context.CancelFunc
	extra sync.WaitGroup // goroutines

	mu       sync.Mutex
	freed    sync.Cond
	slots    []slot
	active   int       // slots that tenants are spread over: the first ones
	taken    int       // slots that somebody has
	peaks    [2]int    // the most taken in this period, and in the one before
	full     int       // backends that have met tenantsPerBackend
	waiting  list.List // *waiter, who came first first
	hurrier  *time.Timer
	hurrying bool
	closed   bool
	counts   counts
}

type slot struct {
	b     *backend // nil where there is no connection
	taken bool
	since time.Time // when it was taken
	salt  uint64
}

// waiter waits for a slot where it is at home, or for any.
type waiter struct {
	hash   uint64 // of the tenant
	home   [2]int
	any    bool
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
	// long is how long somebody has a slot before nobody waits for it any more
	// who could have another. Going elsewhere has its price: a tenant's first
	// statements in a server process that has not met it cost it 5 to 10 ms.
	long = 50 * time.Millisecond
	// crowd is how many wait at home before more go elsewhere, family how many of
	// the same tenant: for a busy one it pays to be met by more processes.
	crowd, family = 16, 2
	// patience is how often one who waits for any slot is passed over for one
	// who is at home.
	patience = 32

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
	p.hurrier = time.AfterFunc(time.Hour, p.hurry)
	p.hurrier.Stop()
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
	home := p.homes(hash)
	p.counts.acquired++
	i := p.idle(home)
	if i < 0 {
		i, err := p.wait(ctx, hash, home)
		if err != nil {
			return nil, err
		}
		return p.ready(ctx, i, schema)
	}
	p.counts.home++
	p.take(i)
	p.mu.Unlock()
	return p.ready(ctx, i, schema)
}

// idle returns which of two slots is free, or -1.
func (p *pool) idle(home [2]int) int {
	for _, i := range home {
		if !p.slots[i].taken {
			return i
		}
	}
	return -1
}

// homes returns the two slots where the tenant is at home: by rendezvous, so that
// one slot more or less moves few of them.
func (p *pool) homes(hash uint64) (home [2]int) {
	p.active = min(len(p.slots), max(p.active, 2*(p.taken+p.waiting.Len())+1, p.full+1))
	var weights [2]uint64
	for i := range p.active {
		w := mix(hash ^ p.slots[i].salt)
		switch {
		case i == 0:
			weights = [2]uint64{w, 0}
		case w > weights[0]:
			home, weights = [2]int{i, home[0]}, [2]uint64{w, weights[0]}
		case w > weights[1]:
			home[1], weights[1] = i, w
		}
	}
	return home
}

// mix is the end of splitmix64: every bit of x has a say in every bit of it.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (p *pool) take(i int) {
	p.slots[i].taken, p.slots[i].since = true, time.Now()
	p.taken++
	p.peaks[0] = max(p.peaks[0], p.taken)
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
