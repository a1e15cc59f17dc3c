package importer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/internal/store"
)

// Bounds of a batch, which is one transaction.
const (
	maxBatch      = 200
	maxBatchBytes = 4 << 20
)

// put writes units in one transaction, and says what became of each. It may be
// run again, so it changes nothing but the database.
type put[T any] func(ctx context.Context, t store.Tenant, units []T) ([]outcome, error)

// batch gathers units until they are worth a transaction.
type batch[T any] struct {
	run   *run
	put   put[T]
	done  func(unit T, o outcome) // told when it is committed
	units []T
	bytes int
}

func (b *batch[T]) add(ctx context.Context, unit T, size int) error {
	b.units, b.bytes = append(b.units, unit), b.bytes+size
	if len(b.units) < maxBatch && b.bytes < maxBatchBytes {
		return nil
	}
	return b.flush(ctx)
}

func (b *batch[T]) flush(ctx context.Context) error {
	if len(b.units) == 0 {
		return nil
	}
	outcomes, err := commit(ctx, b.run, b.units, b.put)
	for i, o := range outcomes {
		b.done(b.units[i], o)
	}
	b.units, b.bytes = nil, 0
	return err
}

// commit writes units in one transaction. If the database refuses them for what
// they hold, they are written in halves, until it is known which one it is. On
// an error the outcomes are those of the units that are in.
func commit[T any](ctx context.Context, r *run, units []T, put put[T]) ([]outcome, error) {
	outcomes, err := attempt(ctx, r, units, put)
	reason, ok := refusal(err)
	switch {
	case err == nil:
		return outcomes, nil
	case !ok:
		return nil, err
	case len(units) == 1:
		return []outcome{refused("the database refuses it: %s", reason)}, nil
	}
	half := len(units) / 2
	first, err := commit(ctx, r, units[:half], put)
	if err != nil {
		return first, err
	}
	second, err := commit(ctx, r, units[half:], put)
	return slices.Concat(first, second), err
}

// attempt tries a few times: a learner may begin a session at this moment.
func attempt[T any](ctx context.Context, r *run, units []T, put put[T]) (outcomes []outcome, err error) {
	for range 4 {
		err = r.tx(ctx, func(t store.Tenant) (err error) {
			outcomes, err = put(ctx, t, units)
			return err
		})
		if !slices.Contains([]string{"23505", "40001", "40P01"}, sqlState(err)) {
			break
		}
	}
	return outcomes, err
}

// refusal is what the database has against the data, if that is what err says:
// a value it cannot hold (22), a rule that is broken (23), a limit (54).
func refusal(err error) (reason string, ok bool) {
	state := sqlState(err)
	if !strings.HasPrefix(state, "22") && !strings.HasPrefix(state, "23") && !strings.HasPrefix(state, "54") {
		return "", false
	}
	pg, _ := errors.AsType[*pgconn.PgError](err)
	return pg.Message, true
}

func sqlState(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}
