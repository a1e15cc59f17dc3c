package welcome

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"example.org/plio/internal/auth"
)

const (
	cookie     = "plio_start"
	maxEntries = 256
	remembered = 10 * time.Minute
)

// desk remembers for a while what a browser got for a link. Only live links
// come to it, so a stranger cannot fill it.
type desk struct {
	now     func() time.Time
	mu      sync.Mutex
	entries map[key]*entry
}

type key [sha256.Size]byte

// entry is one use of a link: got is set when it succeeded.
type entry struct {
	opened time.Time

	mu  sync.Mutex
	got *auth.Welcome
}

func newDesk(now func() time.Time) desk { return desk{now: now, entries: map[key]*entry{}} }

func keyOf(code, browser string) key { return sha256.Sum256([]byte(code + "\x00" + browser)) }

// find returns what browser got for a link; it waits for a use that goes on.
func (d *desk) find(code, browser string) (auth.Welcome, bool) {
	d.mu.Lock()
	e := d.entries[keyOf(code, browser)]
	d.mu.Unlock()
	if e == nil || browser == "" || d.now().Sub(e.opened) > remembered {
		return auth.Welcome{}, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.got == nil {
		return auth.Welcome{}, false
	}
	return *e.got, true
}

// once returns what use gives, or has given this browser for this link.
func (d *desk) once(code, browser string, use func() (auth.Welcome, error)) (auth.Welcome, error) {
	if browser == "" {
		return use()
	}
	e := d.open(keyOf(code, browser))
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.got != nil {
		return *e.got, nil
	}
	got, err := use()
	if err == nil {
		e.got = &got
	}
	return got, err
}

// open returns the entry of k, which it makes when there is none; when there
// are too many, the oldest is forgotten.
func (d *desk) open(k key) *entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.entries[k]; e != nil {
		return e
	}
	var oldest key
	for other, e := range d.entries {
		if d.now().Sub(e.opened) > remembered {
			delete(d.entries, other)
		} else if o := d.entries[oldest]; o == nil || e.opened.Before(o.opened) {
			oldest = other
		}
	}
	if len(d.entries) >= maxEntries {
		delete(d.entries, oldest)
	}
	e := &entry{opened: d.now()}
	d.entries[k] = e
	return e
}

// browserOf returns what tells this browser from others, or "".
func browserOf(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil || len(c.Value) > 64 {
		return ""
	}
	return c.Value
}
