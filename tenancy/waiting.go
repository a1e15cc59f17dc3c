package tenancy

import (
	"container/list"
	"context"
	"time"
)

// wait is called with the lock, and returns without.
func (p *pool) wait(ctx context.Context, hash uint64, home [2]int) (int, error) {
	began := time.Now()
	w := &waiter{hash: hash, home: home, got: make(chan int, 1)}
	p.reconsider(w, began)
	if i := p.elsewhere(w); i >= 0 {
		p.mu.Unlock()
		return i, nil
	}
	place := p.waiting.PushBack(w)
	if !p.hurrying {
		p.hurrying = true
		p.hurrier.Reset(long)
	}
	p.mu.Unlock()
	select {
	case i := <-w.got:
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
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.canceled++
	select {
	case i := <-w.got: // just now
		if i >= 0 {
			p.pass(i)
		}
	default:
		p.waiting.Remove(place)
	}
	return 0, ctx.Err()
}

// hurry looks again at who waits: the slots where they are at home may be taken
// by something long.
func (p *pool) hurry() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for e := p.waiting.Front(); e != nil; {
		w, place := e.Value.(*waiter), e
		e = e.Next()
		p.reconsider(w, now)
		if i := p.elsewhere(w); i >= 0 {
			p.waiting.Remove(place)
			w.got <- i
		}
	}
	if p.hurrying = p.waiting.Len() > 0; p.hurrying {
		p.hurrier.Reset(long)
	}
}

// reconsider lets w take any slot if it has reason to: others wait at both its
// homes, some of them for the same tenant; or somebody has had both for long.
func (p *pool) reconsider(w *waiter, now time.Time) {
	var ahead [2]int
	kin := 0
	for e := p.waiting.Front(); e != nil && e.Value != w && !w.any; e = e.Next() {
		other := e.Value.(*waiter)
		for k, i := range w.home {
			if other.home[0] == i || other.home[1] == i {
				ahead[k]++
			}
		}
		if other.hash == w.hash {
			kin++
		}
	}
	for k, i := range w.home {
		if ahead[k] < crowd && kin < family && now.Sub(p.slots[i].since) < long {
			return
		}
	}
	w.any = true
}

// elsewhere takes the slot that w prefers of those that are free, if it takes
// any. Else it is -1.
func (p *pool) elsewhere(w *waiter) int {
	best, most := -1, uint64(0)
	for i := range p.slots {
		if weight := mix(w.hash ^ p.slots[i].salt); w.any && !p.slots[i].taken && (best < 0 || weight > most) {
			best, most = i, weight
		}
	}
	if best >= 0 {
		p.take(best)
	}
	return best
}

// pass gives a slot on to who waits for it, or frees it. It is called with the
// lock.
func (p *pool) pass(i int) {
	if next := p.next(i); next != nil {
		p.waiting.Remove(next)
		p.slots[i].since = time.Now()
		next.Value.(*waiter).got <- i
		return
	}
	p.slots[i].taken = false
	p.taken--
	p.freed.Broadcast()
}

// next returns who is given slot i: who is at home there, else who takes any. In
// either case it is who came first, but whoever takes any is not passed over
// more often than patience.
func (p *pool) next(i int) *list.Element {
	var anywhere *list.Element
	for e := p.waiting.Front(); e != nil; e = e.Next() {
		w := e.Value.(*waiter)
		if w.any && anywhere == nil {
			if anywhere = e; w.passed >= patience {
				return e
			}
		}
		if w.home[0] == i || w.home[1] == i {
			if anywhere != nil && anywhere != e {
				anywhere.Value.(*waiter).passed++
			}
			return e
		}
	}
	return anywhere
}
