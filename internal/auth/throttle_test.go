package auth

import (
	"strconv"
	"testing"
	"time"
)

func TestAThrottleLetsABurstThroughAndThenOneEachInterval(t *testing.T) {
	t.Parallel()
	th := newThrottle(3, time.Minute)
	now := time.Unix(1_700_000_000, 0)
	for i, tt := range []struct {
		key   string
		later time.Duration
		want  time.Duration
	}{
		{"a", 0, 0}, {"a", 0, 0}, {"a", 0, 0},
		{"a", 0, time.Minute},
		{"b", 0, 0}, // somebody else is free
		{"a", 59 * time.Second, time.Second},
		{"a", time.Minute, 0},
		{"a", time.Minute, time.Minute},
		{"a", time.Hour, 0}, {"a", time.Hour, 0}, {"a", time.Hour, 0},
		{"a", time.Hour, time.Minute}, // an hour of rest is no more than one burst
	} {
		if got := th.take(tt.key, now.Add(tt.later)); got != tt.want {
			t.Errorf("%d: %s after %v waits %v, want %v", i, tt.key, tt.later, got, tt.want)
		}
	}
	th.giveBack("a")
	if th.take("a", now.Add(time.Hour)) != 0 {
		t.Error("what was given back cannot be taken")
	}
}

func TestAFloodOfKeysIsBoundedAndFreesNobody(t *testing.T) {
	t.Parallel()
	th := newThrottle(2, time.Hour)
	now := time.Unix(1_700_000_000, 0)
	th.take("guesser", now)
	th.take("guesser", now)
	passed := 0
	for i := range maxKeys + 1000 {
		if th.take(strconv.Itoa(i), now) == 0 {
			passed++
		}
	}
	if len(th.whole) > maxKeys+1 {
		t.Errorf("%d keys are kept", len(th.whole))
	}
	if th.take("guesser", now) == 0 {
		t.Error("the flood freed one who is slowed down")
	}
	if crowd := passed - (maxKeys - 1); crowd != 200 {
		t.Errorf("the crowd that found no room had %d, want 100 bursts", crowd)
	}
	if th.take("later", now.Add(2*time.Hour)) != 0 || len(th.whole) != 1 {
		t.Errorf("%d keys are kept when the flood is over", len(th.whole))
	}
}

func TestAnAddressCountsAsItsCustomer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ a, b string }{
		{"192.0.2.1", "192.0.2.1:4711"},
		{"192.0.2.1", "::ffff:192.0.2.1"},
		{"2001:db8:1:2::1", "[2001:db8:1:2:ffff::9]:80"},
		{"fe80::1%eth0", "fe80::2%eth1"},
	} {
		if clientKey(tt.a) != clientKey(tt.b) {
			t.Errorf("%s is %s, and %s is %s", tt.a, clientKey(tt.a), tt.b, clientKey(tt.b))
		}
	}
	for _, tt := range []struct{ a, b string }{
		{"192.0.2.1", "192.0.2.2"}, {"2001:db8:1:2::1", "2001:db8:1:3::1"}, {"here", "there"},
	} {
		if clientKey(tt.a) == clientKey(tt.b) {
			t.Errorf("%s and %s are one", tt.a, tt.b)
		}
	}
	if long := clientKey(string(make([]byte, 10_000))); len(long) > 64 {
		t.Errorf("a key of %d bytes", len(long))
	}
}
