package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/plio/tenancy"
)

// run measures every cell of the table.
func run(ctx context.Context, o options, out io.Writer) error {
	w, err := newWorld(ctx, o, out)
	if err != nil {
		return err
	}
	defer w.close(ctx)
	t := table{out: out}
	for _, l := range loads {
		if !strings.Contains(l.name, o.only) {
			continue
		}
		t.title(l)
		for _, tenants := range o.tenants {
			for _, callers := range o.callers {
				c, err := w.measure(ctx, l, tenants, callers)
				if err != nil {
					return fmt.Errorf("%s, %d tenants, %d callers: %w", l.name, tenants, callers, err)
				}
				t.row(c)
			}
		}
	}
	t.end()
	return nil
}

// cell is what was measured.
type cell struct {
	load             load
	tenants, callers int
	ratio            float64 // median of ours by raw
	raw, ours        float64 // operations a second
	rawCPU, oursCPU  usage   // an operation
	rawMB, oursMB    float64 // of the backends; 0 where it cannot be read
	stats            tenancy.Stats
}

// side is one of the two that take turns.
type side struct {
	once func(ctx context.Context, r *rand.Rand) error
	rate []float64
	cost []usage // an operation
}

// measure opens both sides anew, so that no cell has what another has warmed.
func (w *world) measure(ctx context.Context, l load, tenants, callers int) (cell, error) {
	c := cell{load: l, tenants: tenants, callers: callers}
	schema, spread := oneSchema, 1
	if l.all {
		schema, spread = allSchema, tenants
	}
	pool, err := w.raw(ctx, schema)
	if err != nil {
		return c, err
	}
	defer pool.Close()
	db, err := tenancy.Open(ctx, w.cfg)
	if err != nil {
		return c, err
	}
	defer db.Close()
	raw := &side{once: func(ctx context.Context, r *rand.Rand) error {
		_, key := w.someone(r, tenants)
		return l.raw(ctx, pool, key+w.o.rows*r.IntN(spread))
	}}
	ours := &side{once: func(ctx context.Context, r *rand.Rand) error {
		t, key := w.someone(r, tenants)
		return l.ours(ctx, db, t, key)
	}}
	if err := w.warm(ctx, l, db, pool, tenants, callers); err != nil {
		return c, err
	}
	for turn := range w.o.turns {
		order := []*side{raw, ours}
		if turn%2 == 1 {
			slices.Reverse(order)
		}
		for _, s := range order {
			if err := w.turn(ctx, s, callers); err != nil {
				return c, err
			}
		}
	}
	ratios := make([]float64, w.o.turns)
	for i := range ratios {
		ratios[i] = ours.rate[i] / raw.rate[i]
	}
	c.ratio, c.raw, c.ours = median(ratios), median(raw.rate), median(ours.rate)
	c.rawCPU, c.oursCPU = medianUsage(raw.cost), medianUsage(ours.cost)
	c.stats = db.Stats()
	c.rawMB, c.oursMB = memory(ctx, pool)
	return c, nil
}

// warm runs each tenant so often that its statements have a generic plan where
// it is at home.
func (w *world) warm(ctx context.Context, l load, db *tenancy.DB, pool *pgxpool.Pool, tenants, callers int) error {
	var wg sync.WaitGroup
	errs := make([]error, callers)
	for i := range callers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for range 200 + 20*tenants/callers {
				t, key := w.someone(r, tenants)
				if errs[i] = errors.Join(l.ours(ctx, db, t, key), l.raw(ctx, pool, key)); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// turn lets so many callers work for a while.
func (w *world) turn(ctx context.Context, s *side, callers int) error {
	var done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, callers)
	before, began := usageNow(w.server.PID()), time.Now()
	end := began.Add(w.o.turn)
	for i := range callers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
			for time.Now().Before(end) && errs[i] == nil {
				errs[i] = s.once(ctx, r)
				done.Add(1)
			}
		})
	}
	wg.Wait()
	n := float64(done.Load())
	s.rate = append(s.rate, n/time.Since(began).Seconds())
	after := usageNow(w.server.PID())
	s.cost = append(s.cost, usage{(after.client - before.client) / n, (after.server - before.server) / n})
	return errors.Join(errs...)
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

func medianUsage(list []usage) usage {
	var client, server []float64
	for _, u := range list {
		client, server = append(client, u.client), append(server, u.server)
	}
	return usage{median(client), median(server)}
}
