package tenancy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// tenants migrates those that are behind: the canary first, then as many at
// once as there are workers.
func (m *migrator) tenants(ctx context.Context, behind []Behind) error {
	r := &rollout{m: m, total: len(behind)}
	first := &worker{m: m, conn: m.conn}
	if m.opts.Canary != "" {
		i := slices.IndexFunc(behind, func(b Behind) bool { return b.Tenant.key == m.opts.Canary })
		if i < 0 && len(behind) > 0 {
			if _, err := m.canaryExists(ctx); err != nil {
				return err
			}
		}
		if i >= 0 {
			canary := behind[i]
			behind = slices.Delete(slices.Clone(behind), i, i+1)
			r.one(ctx, first, canary)
			if r.failed() {
				return r.finish(ctx, first)
			}
		}
	}
	r.all(ctx, first, behind)
	return r.finish(ctx, first)
}

func (m *migrator) canaryExists(ctx context.Context) (Info, error) {
	infos, err := m.f.infos(ctx, m.conn, "WHERE t.key = $2", m.opts.Canary)
	if err != nil {
		return Info{}, err
	}
	if len(infos) == 0 {
		return Info{}, fmt.Errorf("%w: canary %q", ErrNotFound, m.opts.Canary)
	}
	return infos[0], nil
}

// rollout is what the workers have in common.
type rollout struct {
	m     *migrator
	total int

	mu        sync.Mutex
	done      int
	connError error // of a worker that could not begin, or lost its connection
}

func (r *rollout) failed() bool { return len(r.m.report.Failed) > 0 }

// all hands the tenants to the workers. One that gets no connection leaves its
// share to the others; the first has one already.
func (r *rollout) all(ctx context.Context, first *worker, behind []Behind) {
	n := r.m.opts.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0) + 1
	}
	queue := make(chan Behind, len(behind))
	for _, b := range behind {
		queue <- b
	}
	close(queue)
	var wg sync.WaitGroup
	for range min(n, len(behind)) - 1 {
		wg.Go(func() {
			conn, err := connectDirect(ctx, r.m.direct)
			if err != nil {
				r.lost(err)
				return
			}
			w := &worker{m: r.m, conn: conn}
			defer func() { hangUp(w.conn); r.retried(w) }()
			r.work(ctx, w, queue)
		})
	}
	r.work(ctx, first, queue)
	wg.Wait()
}

func (r *rollout) work(ctx context.Context, w *worker, queue <-chan Behind) {
	for b := range queue {
		if ctx.Err() != nil {
			return
		}
		r.one(ctx, w, b)
		if w.m.conn == w.conn && w.conn.IsClosed() {
			r.lost(errors.New("the connection that held the lock is lost"))
			return
		}
		if err := w.reconnect(ctx); err != nil {
			r.lost(err)
			return
		}
	}
}

// one migrates one tenant.
func (r *rollout) one(ctx context.Context, w *worker, b Behind) {
	err := w.apply(ctx, b.Tenant.id, b.Tenant, r.m.f.tenant[b.Version:])
	r.mu.Lock()
	defer r.mu.Unlock()
	failed, ok := errors.AsType[*MigrationError](err)
	switch {
	case err == nil:
		r.m.report.Tenants++
	case ok:
		r.m.report.Failed = append(r.m.report.Failed, failed)
	default:
		return // ctx has ended
	}
	r.done++
	if r.m.opts.Progress != nil {
		r.m.opts.Progress(r.done, r.total)
	}
}

func (r *rollout) lost(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connError = err
}

func (r *rollout) retried(w *worker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m.report.Retries += w.retries
}

// finish sums up. Tenants are left when the canary failed, when ctx ended, or
// when no worker had a connection any more.
func (r *rollout) finish(ctx context.Context, first *worker) error {
	r.retried(first)
	r.m.report.Left = r.total - r.done
	err := r.m.report.err(r.total)
	if r.m.report.Left > 0 && ctx.Err() != nil {
		return errors.Join(fmt.Errorf("tenancy: stopped with %d of %d tenants left: %w", r.m.report.Left, r.total, ctx.Err()), err)
	}
	if r.m.report.Left > 0 && err == nil {
		return fmt.Errorf("tenancy: %d of %d tenants left: %w", r.m.report.Left, r.total, r.connError)
	}
	return err
}
