package tenancy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// rollout migrates tenants, and is what its workers have in common. The
// connection that holds the lock takes no part: a tenant whose migration ends
// its server process must not end the lock.
type rollout struct {
	m     *migrator
	total int

	mu   sync.Mutex
	done int
	lost error // why a worker has no connection
}

// tenants migrates those that are behind: the canary first, then as many at
// once as there are workers.
func (m *migrator) tenants(ctx context.Context, behind []Behind) error {
	if len(behind) == 0 {
		return nil
	}
	r := &rollout{m: m, total: len(behind)}
	canary, others, err := m.canary(ctx, behind)
	if err != nil {
		return err
	}
	r.run(ctx, canary, 1)
	if len(m.report.Failed) == 0 {
		r.run(ctx, others, m.workers())
	}
	return r.sum(ctx)
}

func (m *migrator) workers() int {
	if m.opts.Workers > 0 {
		return m.opts.Workers
	}
	return runtime.GOMAXPROCS(0) + 1
}

// canary takes the canary out of behind. One that is up to date already is
// none; one that does not exist is an error.
func (m *migrator) canary(ctx context.Context, behind []Behind) (canary, others []Behind, err error) {
	if m.opts.Canary == "" {
		return nil, behind, nil
	}
	for _, b := range behind {
		if b.Tenant.key == m.opts.Canary {
			canary = append(canary, b)
		} else {
			others = append(others, b)
		}
	}
	if len(canary) > 0 {
		return canary, others, nil
	}
	infos, err := m.f.infos(ctx, m.conn, "WHERE t.key = $2", m.opts.Canary)
	if err == nil && len(infos) == 0 {
		err = fmt.Errorf("%w: canary %q", ErrNotFound, m.opts.Canary)
	}
	return nil, others, err
}

// run hands tenants to n workers. One that gets no connection leaves its share
// to the others.
func (r *rollout) run(ctx context.Context, tenants []Behind, n int) {
	queue := make(chan Behind, len(tenants))
	for b := range slices.Values(tenants) {
		queue <- b
	}
	close(queue)
	var wg sync.WaitGroup
	for range min(n, len(tenants)) {
		wg.Go(func() {
			w := &worker{m: r.m}
			defer w.close()
			for b := range queue {
				if err := r.one(ctx, w, b); err != nil {
					r.note(w, err)
					return
				}
			}
			r.note(w, nil)
		})
	}
	wg.Wait()
}

// one migrates one tenant. Its error is the worker's, not the tenant's.
func (r *rollout) one(ctx context.Context, w *worker, b Behind) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	err := w.apply(ctx, b.Tenant.id, b.Tenant, r.m.f.tenant[b.Version:])
	failed, ok := errors.AsType[*MigrationError](err)
	if err != nil && !ok {
		return err // ctx has ended
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok {
		r.m.report.Failed = append(r.m.report.Failed, failed)
	} else {
		r.m.report.Tenants++
	}
	if r.done++; r.m.opts.Progress != nil {
		r.m.opts.Progress(r.done, r.total)
	}
	return nil
}

// note takes down what a worker that ends leaves behind.
func (r *rollout) note(w *worker, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m.report.Retries += w.retries
	if err != nil {
		r.lost = err
	}
}

// sum makes the error of it all. Tenants are left when the canary failed, when
// ctx ended, or when no worker had a connection any more.
func (r *rollout) sum(ctx context.Context) error {
	left := r.total - r.done
	r.m.report.Left = left
	err := r.m.report.err(r.total)
	switch {
	case left > 0 && ctx.Err() != nil:
		return errors.Join(fmt.Errorf("tenancy: stopped with %d of %d tenants left: %w", left, r.total, context.Cause(ctx)), err)
	case left > 0 && err == nil:
		return fmt.Errorf("tenancy: %d of %d tenants left: %w", left, r.total, r.lost)
	}
	return err
}
