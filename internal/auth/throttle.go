package auth

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// limits slow down what a stranger can try. The addresses' are wide, since a
// whole school can have one; the numbers' leave a guesser 300 tries a day.
type limits struct{ codesTo, codesFrom, guessesAt, guessesFrom *throttle }

func newLimits() limits {
	return limits{
		codesTo:     newThrottle(5, 3*time.Minute),
		codesFrom:   newThrottle(200, 3*time.Second),
		guessesAt:   newThrottle(10, 5*time.Minute),
		guessesFrom: newThrottle(100, 30*time.Second),
	}
}

// ThrottledError is returned to who tries too often.
type ThrottledError struct{ Wait time.Duration }

// Error implements error.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many tries; wait %s", e.Wait.Round(time.Second))
}

// maxKeys bounds a throttle's memory, to some 10 MB.
const maxKeys = 100_000

// throttle lets each key do burst things at once, and one more each interval.
// A key is kept as the time at which it will have its whole burst again.
type throttle struct {
	burst    int
	interval time.Duration

	mu    sync.Mutex
	whole map[string]time.Time
	swept time.Time
}

func newThrottle(burst int, interval time.Duration) *throttle {
	return &throttle{burst: burst, interval: interval, whole: map[string]time.Time{}}
}

// take takes one from key, or returns how long to wait for it.
func (t *throttle) take(key string, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	interval := t.interval
	if t.isCrowd(key, now) {
		key, interval = "", t.interval/100
	}
	whole := now
	if w := t.whole[key]; w.After(now) {
		whole = w
	}
	// the room of the crowd is as long as one key's, and so 100 times as many
	if wait = whole.Add(interval).Sub(now) - time.Duration(t.burst)*t.interval; wait > 0 {
		return wait
	}
	t.whole[key] = whole.Add(interval)
	return 0
}

// giveBack undoes a take.
func (t *throttle) giveBack(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if whole, ok := t.whole[key]; ok {
		t.whole[key] = whole.Add(-t.interval)
	}
}

// isCrowd reports whether there is no room for one more key. Those that come
// then share one entry: a flood of them frees nobody who is slowed down.
func (t *throttle) isCrowd(key string, now time.Time) bool {
	if _, known := t.whole[key]; known || len(t.whole) < maxKeys {
		return false
	}
	if now.Sub(t.swept) >= t.interval {
		t.swept = now
		for k, whole := range t.whole {
			if !whole.After(now) {
				delete(t.whole, k)
			}
		}
	}
	return len(t.whole) >= maxKeys
}

// takeBoth takes one from each of two throttles, or from none.
func takeBoth(a *throttle, keyA string, b *throttle, keyB string, now time.Time) error {
	if wait := a.take(keyA, now); wait > 0 {
		return &ThrottledError{wait}
	}
	if wait := b.take(keyB, now); wait > 0 {
		a.giveBack(keyA)
		return &ThrottledError{wait}
	}
	return nil
}

// clientKey is what an address is counted by: a customer of IPv6 has 2^64 of
// them at least.
func clientKey(client string) string {
	ip, err := netip.ParseAddr(client)
	if addr, portErr := netip.ParseAddrPort(client); portErr == nil {
		ip, err = addr.Addr(), nil
	}
	if err != nil {
		return fmt.Sprintf("%.64s", client)
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}
