package tenancy

import (
	"testing"

	"pgregory.net/rapid"
)

// idlePool is a pool of slots that nobody connects.
func idlePool(t *testing.T, size int) *pool {
	p := newPool(size, nil)
	t.Cleanup(p.close)
	return p
}

func TestATenantIsAtHomeInTwoSlotsAndOneSlotMoreMovesFew(t *testing.T) {
	t.Parallel()
	p := idlePool(t, 16)
	const tenants = 2000
	var load [16]int
	var moved int
	for h := range uint64(tenants) {
		p.active = 15
		before := p.homes(mix(h))
		p.active = 16
		after := p.homes(mix(h))
		if after[0] == after[1] || before[0] == before[1] {
			t.Fatalf("homes %v, %v", before, after)
		}
		if before[0] != after[0] {
			if moved++; after[0] != 15 {
				t.Fatal("a tenant has moved to a slot that is not new")
			}
		}
		load[after[0]]++
	}
	if moved < tenants/32 || moved > tenants/8 {
		t.Errorf("%d of %d tenants have moved, about %d are due", moved, tenants, tenants/16)
	}
	for i, n := range load {
		if n < tenants/32 || n > tenants/8 {
			t.Errorf("slot %d is home of %d tenants, about %d are due", i, n, tenants/16)
		}
	}
}

func TestTenantsAreSpreadAsTheLoadAndTheirNumberAsk(t *testing.T) {
	t.Parallel()
	p := idlePool(t, 16)
	for _, tt := range []struct{ taken, full, want int }{{0, 0, 1}, {1, 0, 3}, {4, 0, 9}, {4, 11, 12}, {9, 0, 16}, {16, 16, 16}} {
		p.active, p.taken, p.full = 1, tt.taken, tt.full
		if p.homes(7); p.active != tt.want {
			t.Errorf("%d taken, %d full: %d slots, want %d", tt.taken, tt.full, p.active, tt.want)
		}
	}
	p.taken, p.full, p.peaks = 0, 0, [2]int{9, 0}
	for _, want := range []int{16, 16, 1} { // a peak counts for two periods
		if p.settle(); p.active != want {
			t.Errorf("%d slots, want %d", p.active, want)
		}
	}
}

// TestWhoWaitsIsServedInTurn: a slot goes to who is at home there, but who takes
// any is passed over so often only.
func TestWhoWaitsIsServedInTurn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &pool{slots: make([]slot, 4)}
		first := &waiter{home: [2]int{3, 3}, any: true, got: make(chan int, 1)}
		p.waiting.PushBack(first)
		served := 0
		for len(first.got) == 0 {
			p.waiting.PushBack(&waiter{home: [2]int{0, 1}, got: make(chan int, 1)})
			p.pass(rapid.IntRange(0, 2).Draw(t, "slot"))
			if served++; served > patience+1 {
				t.Fatalf("passed over %d times", served-1)
			}
		}
	})
}
