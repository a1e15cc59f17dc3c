package tenancy

import "time"

// watch closes what is too old or was idle for too long, and follows the load
// down, until the pool is closed.
func (p *pool) watch() {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case now := <-tick.C:
			p.settle()
			for i := range p.slots {
				p.inspect(i, now)
			}
		}
	}
}

// settle spreads tenants over no more slots than the load of the last two
// periods, and their number, ask for.
func (p *pool) settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	peak := max(p.peaks[0], p.peaks[1])
	p.peaks = [2]int{p.taken, p.peaks[0]}
	p.active = min(len(p.slots), max(1, 2*peak-1, p.full+1))
}

// inspect closes the backend of a slot that nobody has, if it is time.
func (p *pool) inspect(i int, now time.Time) {
	p.mu.Lock()
	b := p.slots[i].b
	due := b != nil && !p.closed && !p.slots[i].taken && (now.After(b.expires) || now.Sub(b.idleSince) > idleTime)
	if due {
		p.take(i)
	}
	p.mu.Unlock()
	if due {
		p.bury(b)
		p.free(i)
	}
}

// close closes every connection once it is back, and refuses who waits.
func (p *pool) close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	p.stop()
	p.hurrier.Stop()
	for e := p.waiting.Front(); e != nil; e = p.waiting.Front() {
		p.waiting.Remove(e).(*waiter).got <- -1
	}
	for i := range p.slots {
		for p.slots[i].taken {
			p.freed.Wait()
		}
		p.slots[i].taken = true
	}
	p.mu.Unlock()
	for i := range p.slots {
		if b := p.slots[i].b; b != nil {
			b.hangUp()
		}
	}
	p.extra.Wait()
}
