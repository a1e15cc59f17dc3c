package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

const tortureTenants, tortureCallers = 50, 32

// torture is many callers at work on many tenants, whose transactions end in
// every way there is, and what was found wrong.
type torture struct {
	db      *tenancy.DB
	ways    int // those from here on are left out
	tenants []tenancy.Tenant
	kept    []atomic.Int64     // rows that were committed, by tenant
	ended   [ways]atomic.Int64 // transactions, by the way they ended

	wrongRows atomic.Int64 // rows that somebody saw who may not
	paths     atomic.Int64 // paths met on a connection, or outside of a tenant
	refused   atomic.Int64 // transactions that a rogue had in hand
	failures  atomic.Int64 // what ought to have worked, and did not
	failure   atomic.Value
	foreign   int64 // rows in the schema of another tenant
	lost      int64 // rows that are not there, or too many
}

// The ways in which a transaction ends.
const (
	commits = iota
	singleRead
	singleWrite
	readsOnly
	savepointRolledBack
	fails
	panics
	cancelledBetween
	cancelledWithin
	timesOut
	rogueWrites
	rogueReads
	// Ends its transaction and then sets the path. Nothing can undo this on a
	// pooler's connection, which is somebody else's by then: docs/tenancy.md.
	rogueEnds
	ways
)

var errOnPurpose = errors.New("ended on purpose")

// TestTorture is the proof that nobody gets into another tenant: 20,000
// transactions, half of them through a PgBouncer that has one connection for
// all. TENANCY_TORTURE is another number.
func TestTorture(t *testing.T) {
	n := 20_000
	if text := os.Getenv("TENANCY_TORTURE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("TENANCY_TORTURE: %v", err)
		}
	}
	for _, tt := range setups {
		t.Run(tt.name, func(t *testing.T) {
			r := newTorture(t, tt.config(t), false, false)
			r.run(t.Context(), n/2)
			r.count(t)
			t.Log(r)
			if r.wrongRows.Load() != 0 || r.paths.Load() != 0 || r.foreign != 0 || r.lost != 0 || r.failures.Load() != 0 {
				t.Errorf("%s; first failure: %v", r, r.failure.Load())
			}
			if r.refused.Load() < r.ended[rogueWrites].Load() {
				t.Errorf("of %d rogues %d were refused", r.ended[rogueWrites].Load(), r.refused.Load())
			}
			for way := range r.ways {
				if r.ended[way].Load() == 0 {
					t.Errorf("no transaction ended in way %d: this proves nothing of it", way)
				}
			}
		})
	}
}

// TestTortureFindsPlantedFaults shows that the zeros above mean something.
func TestTortureFindsPlantedFaults(t *testing.T) {
	for _, tt := range setups {
		t.Run("no check at commit, "+tt.name, func(t *testing.T) {
			r := newTorture(t, tt.config(t), true, false)
			r.run(t.Context(), 1_000)
			r.count(t)
			if r.foreign == 0 || r.lost == 0 {
				t.Errorf("rows in another tenant are not found: %s", r)
			}
		})
		t.Run("path set for the session, "+tt.name, func(t *testing.T) {
			r := newTorture(t, tt.config(t), false, true)
			r.run(t.Context(), 1_000)
			if r.paths.Load() == 0 {
				t.Errorf("paths left behind are not found: %s", r)
			}
		})
	}
}

var setups = []struct {
	name   string
	config func(t *testing.T) tenancy.Config
}{
	{"direct", func(t *testing.T) tenancy.Config {
		cfg := template.ConfigFor(t)
		cfg.MaxConns, cfg.SharedConns = 8, 2
		return cfg
	}},
	{"behind PgBouncer with one connection", func(t *testing.T) tenancy.Config {
		cfg := tenancytest.BehindPooler(t, template.ConfigFor(t), 1)
		cfg.MaxConns, cfg.SharedConns = 16, 4
		return cfg
	}},
}

func newTorture(t *testing.T, cfg tenancy.Config, noCheck, session bool) *torture {
	t.Helper()
	db, err := tenancy.OpenWithFault(t.Context(), cfg, noCheck, session)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	sound := open(t, tenancy.Config{URL: cfg.DirectURL, Shared: cfg.Shared, Tenant: cfg.Tenant, MaxConns: 2})
	r := &torture{db: db, ways: ways, kept: make([]atomic.Int64, tortureTenants)}
	if cfg.URL != cfg.DirectURL {
		r.ways = rogueEnds
	}
	for i := range tortureTenants {
		tenant, err := sound.Create(t.Context(), fmt.Sprintf("tenant-%d", i), func(tx tenancy.Tx, tenant tenancy.Tenant) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO tag (name) VALUES ($1)", tenant.Schema())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r.tenants = append(r.tenants, tenant)
	}
	return r
}

func (r *torture) run(ctx context.Context, n int) {
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for range tortureCallers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				r.one(ctx)
			}
		})
	}
	wg.Wait()
}

// one is one transaction, and a look at what it has left behind.
func (r *torture) one(ctx context.Context) {
	i, way := rand.IntN(len(r.tenants)), rand.IntN(r.ways)
	if way >= cancelledWithin && way <= timesOut && rand.IntN(4) > 0 {
		way = commits // those take their time
	}
	err := r.transaction(ctx, i, way)
	r.ended[way].Add(1)
	switch way {
	case commits, savepointRolledBack, singleWrite:
		if err != nil {
			r.fail(way, err)
			return
		}
		r.kept[i].Add(1)
	case singleRead, readsOnly, rogueReads:
		if err != nil {
			r.fail(way, err)
		}
	case rogueWrites, rogueEnds:
		if errors.Is(err, tenancy.ErrPathChanged) {
			r.refused.Add(1)
		}
	default:
		if err == nil {
			r.fail(way, errors.New("it was committed"))
		}
	}
	r.look(ctx, r.tenants[i])
}

func (r *torture) fail(way int, err error) {
	r.failures.Add(1)
	r.failure.CompareAndSwap(nil, fmt.Errorf("way %d: %w", way, err))
}

// look meets the connections as a next user does.
func (r *torture) look(ctx context.Context, tenant tenancy.Tenant) {
	var path string
	err := r.db.Shared().QueryRow(ctx, "SELECT current_setting('search_path')").Scan(&path)
	if err == nil && path == "" && rand.IntN(4) == 0 {
		path, err = tenancy.PathMet(ctx, r.db, tenant)
	}
	if err != nil {
		r.fail(-1, err)
	} else if path != "" && path != `""` {
		r.paths.Add(1)
	}
}

// transaction runs one transaction of tenant i that ends in a way of its own.
func (r *torture) transaction(ctx context.Context, i, way int) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() {
		if recover() != nil {
			err = errOnPurpose
		}
	}()
	mine := r.tenants[i]
	switch way {
	case singleRead:
		return r.see(ctx, r.db.Single(mine), mine)
	case singleWrite:
		_, err := r.db.Single(mine).Exec(ctx, insertNote, mine.Schema())
		return err
	case readsOnly:
		return r.db.InReadTx(ctx, mine, func(tx tenancy.Tx) error { return r.see(ctx, tx, mine) })
	case rogueReads:
		return r.db.InReadTx(ctx, mine, func(tx tenancy.Tx) error {
			return errors.Join(r.see(ctx, tx, mine), r.stray(ctx, tx, i))
		})
	}
	return r.db.InTx(ctx, mine, func(tx tenancy.Tx) error {
		if err := r.see(ctx, tx, mine); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertNote, mine.Schema()); err != nil {
			return err
		}
		return r.end(ctx, cancel, tx, i, way)
	})
}

const insertNote = "INSERT INTO note (text) VALUES ($1)"

// see counts rows that are not tenant's.
func (r *torture) see(ctx context.Context, db interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, tenant tenancy.Tenant) error {
	var mine bool
	var others int64
	err := db.QueryRow(ctx, "SELECT (SELECT name = $1 FROM tag), (SELECT count(*) FROM note WHERE text <> $1)", tenant.Schema()).Scan(&mine, &others)
	if err == nil && (!mine || others > 0) {
		r.wrongRows.Add(1)
	}
	return err
}

// stray sets another tenant's path.
func (r *torture) stray(ctx context.Context, tx pgx.Tx, i int) error {
	_, err := tx.Exec(ctx, "SET search_path TO "+r.tenants[(i+1)%len(r.tenants)].Schema())
	return err
}

// end ends a transaction that has written a row, in one of the ways.
func (r *torture) end(ctx context.Context, cancel func(), tx tenancy.Tx, i, way int) error {
	switch way {
	case savepointRolledBack:
		err := pgx.BeginFunc(ctx, tx, func(sp pgx.Tx) error {
			_, err := sp.Exec(ctx, insertNote, "undone")
			return errors.Join(err, r.stray(ctx, sp, i), errOnPurpose)
		})
		if !errors.Is(err, errOnPurpose) {
			return err
		}
		return r.see(ctx, tx, r.tenants[i])
	case fails:
		return errOnPurpose
	case panics:
		panic(errOnPurpose)
	case cancelledBetween:
		cancel()
		return r.see(ctx, tx, r.tenants[i])
	case cancelledWithin:
		defer time.AfterFunc(time.Millisecond, cancel).Stop()
		_, err := tx.Exec(ctx, "SELECT pg_sleep(0.05)")
		return errors.Join(err, errOnPurpose)
	case timesOut:
		_, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 1; SELECT pg_sleep(0.05)")
		return err
	case rogueWrites:
		if err := r.stray(ctx, tx, i); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertNote, r.tenants[i].Schema())
		return err
	case rogueEnds:
		_, err := tx.Exec(ctx, "ROLLBACK; SET search_path TO "+r.tenants[(i+1)%len(r.tenants)].Schema())
		return err
	}
	return nil
}

// count looks into every schema from outside: a row is where it was written.
func (r *torture) count(t *testing.T) {
	t.Helper()
	for i, tenant := range r.tenants {
		var all, own int64
		err := r.db.Shared().QueryRow(t.Context(), "SELECT count(*), count(*) FILTER (WHERE text = $1) FROM "+tenant.Schema()+".note", tenant.Schema()).Scan(&all, &own)
		if err != nil {
			t.Fatal(err)
		}
		r.foreign += all - own
		r.lost += max(own-r.kept[i].Load(), r.kept[i].Load()-own)
	}
}

// String says what was found.
func (r *torture) String() string {
	ended, kept := int64(0), int64(0)
	for way := range r.ended {
		ended += r.ended[way].Load()
	}
	for i := range r.kept {
		kept += r.kept[i].Load()
	}
	return fmt.Sprintf("%d transactions, %d rows kept, %d rogues refused: %d wrong rows seen, %d rows in another tenant, %d lost, %d paths met, %d failures",
		ended, kept, r.refused.Load(), r.wrongRows.Load(), r.foreign, r.lost, r.paths.Load(), r.failures.Load())
}
