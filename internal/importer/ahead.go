package importer

import (
	"context"
	"iter"
	"runtime"
)

// ahead yields work's result for each input, in order, while it works on a few
// inputs that come after. When ctx ends, it ends.
func ahead[In, Out any](ctx context.Context, inputs []In, work func(In) Out) iter.Seq2[int, Out] {
	return func(yield func(int, Out) bool) {
		ctx, cancel := context.WithCancel(ctx)
		underway := make(chan chan Out, 4*runtime.GOMAXPROCS(0))
		go func() {
			defer close(underway)
			for _, in := range inputs {
				result := make(chan Out, 1)
				select {
				case <-ctx.Done():
					return
				case underway <- result:
				}
				go func() { result <- work(in) }()
			}
		}()
		i := 0
		more := true
		for result := range underway {
			out := <-result // also of those that nobody wants: no work outlives this
			if more && !yield(i, out) {
				more = false
				cancel()
			}
			i++
		}
		cancel()
	}
}
