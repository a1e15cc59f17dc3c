package importer

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestAheadKeepsTheOrderAndEndsWhenItIsLeft(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	inputs := make([]int, 1000)
	for i := range inputs {
		inputs[i] = i
	}
	var worked atomic.Int64
	double := func(n int) int {
		worked.Add(1)
		time.Sleep(time.Duration(n%3) * time.Microsecond) // the first are not the first to be ready
		return 2 * n
	}
	var got []int
	for i, n := range ahead(t.Context(), inputs, double) {
		if n != 2*i {
			t.Errorf("%d: %d", i, n)
		}
		got = append(got, n)
	}
	if len(got) != len(inputs) || !slices.IsSorted(got) {
		t.Errorf("%d results", len(got))
	}
	worked.Store(0)
	for i := range ahead(t.Context(), inputs, double) {
		if i == 10 {
			break
		}
	}
	if n := worked.Load(); n > 500 {
		t.Errorf("worked on %d inputs of which 11 were wanted", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for range ahead(ctx, inputs, double) {
		if n++; n == 10 {
			cancel()
		}
	}
	if n > 500 {
		t.Errorf("%d results after the end", n)
	}
}
