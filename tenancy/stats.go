package tenancy

import "time"

// Stats is what the connections for tenants have done since Open, and do now.
// Those of the shared tables are DB.Shared().Stat().
type Stats struct {
	MaxConns int // that may be open
	Open     int // connections
	InUse    int // connections that somebody has
	Waiting  int // callers who wait for one
	Spread   int // connections that tenants are spread over, as the load asks for

	Acquired int64         // how often a connection was asked for
	Home     int64         // … and was one that the tenant prefers
	Waited   int64         // … and was waited for
	WaitTime time.Duration // in all
	Canceled int64         // … and was not waited for to the end
	Closed   int64         // connections, for whatever reason

	Retried int64 // transactions that ran once more, as a plan or a statement was gone
	Pooler  bool  // a pooler is between, so that nothing is prepared
}

type counts struct {
	acquired, home, waited, canceled, closed int64
	waitTime                                 time.Duration
}

// Stats returns a snapshot.
func (db *DB) Stats() Stats {
	p := db.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Stats{
		MaxConns: len(p.slots), InUse: p.taken, Waiting: p.waiting.Len(), Spread: p.active,
		Acquired: p.counts.acquired, Home: p.counts.home, Waited: p.counts.waited, WaitTime: p.counts.waitTime,
		Canceled: p.counts.canceled, Closed: p.counts.closed, Retried: db.retries.Load(), Pooler: db.pooled,
	}
	for i := range p.slots {
		if p.slots[i].b != nil {
			s.Open++
		}
	}
	return s
}
