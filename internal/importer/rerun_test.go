package importer_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"example.org/plio/internal/importer"
	"example.org/plio/internal/plitest"
	"example.org/plio/tenancy"
)

func TestASecondRunChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.bring(sample)
	before := w.rows()
	second := w.bring(sample)
	if after := w.rows(); !slices.Equal(before, after) {
		t.Errorf("%d rows became %d, or other ones", len(before), len(after))
	}
	for i, c := range first.Counts {
		c.New, c.There = 0, c.New
		if second.Counts[i] != c {
			t.Errorf("%+v, want %+v", second.Counts[i], c)
		}
	}
	if !slices.Equal(first.Broken, second.Broken) {
		t.Errorf("broken: %v, then %v", first.Broken, second.Broken)
	}
}

func TestAPlanReadsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.rows()
	plan := w.bring(sample, planOnly)
	if after := w.rows(); !slices.Equal(before, after) {
		t.Errorf("a plan wrote: %d rows became %d", len(before), len(after))
	}
	done := w.bring(sample)
	if !plan.Plan || !slices.Equal(plan.Counts, done.Counts) || !slices.Equal(plan.Broken, done.Broken) {
		t.Errorf("planned %+v\n%v\ndone %+v\n%v", plan.Counts, plan.Broken, done.Counts, done.Broken)
	}
	again := w.bring(sample, planOnly)
	if again.Count("sessions") != (importer.Count{Kind: "sessions", Found: 203, There: 200, Failed: 3}) || again.Count("learners").New != 0 {
		t.Errorf("a plan of what is there: %+v", again.Counts)
	}
}

// content is what a workspace holds of a store, in words that do not depend on
// when it came in, or on numbers of rows.
func (w world) content() (content []string) {
	for _, b := range rebuilders {
		content = append(content, w.texts(b.rows)...)
	}
	slices.Sort(content)
	return append(content, w.texts(`SELECT import_key || ' ' || is_first || ' ' || row_number() OVER (PARTITION BY plio_id, user_id ORDER BY id) FROM session ORDER BY import_key`)...)
}

func TestARunThatWasCutShortIsCompletedByAnother(t *testing.T) {
	t.Parallel()
	store := large(1, 10, 40, 650)
	dir := store.write(t)
	w := newWorld(t)
	whole := w.in("kc")
	whole.bring(dir)
	want := whole.content()
	partly := 0
	for _, stop := range []struct {
		what string
		done int
	}{{"learners", 1}, {"plios", 9}, {"sessions", 350}, {"sessions", 601}} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := w.run(ctx, dir, func(o *importer.Options) {
			o.Progress = func(done, _ int, what string) {
				if what == stop.what && done >= stop.done {
					cancel()
				}
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%v: %v", stop, err)
		}
		if n := len(w.texts(`SELECT 'x' FROM session`)); n > 0 && n < 650 {
			partly++
		}
	}
	if partly < 2 {
		t.Errorf("%d runs were cut in the middle of the sessions, which proves little", partly)
	}
	w.bring(dir)
	if !slices.Equal(w.content(), want) {
		t.Error("after four runs that were cut short, and a whole one, the workspace is another than after one run")
	}
	if lost, _ := w.lost(store); len(lost) > 0 {
		t.Errorf("lost: %.1000q", lost)
	}
}

// TestALostConnectionIsNoLoss ends the connection at the server.
func TestALostConnectionIsNoLoss(t *testing.T) {
	t.Parallel()
	dir := large(2, 5, 30, 500).write(t)
	w := newWorld(t)
	whole := w.in("kc")
	whole.bring(dir)
	once := sync.OnceFunc(func() {
		_, err := w.DB.Shared().Exec(context.Background(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if err != nil {
			t.Error(err)
		}
	})
	r, err := w.run(t.Context(), dir, func(o *importer.Options) {
		o.Progress = func(done, _ int, what string) {
			if what == "sessions" && done == 390 {
				once()
			}
		}
	})
	if err == nil && r.Count("sessions").New != 500 {
		t.Errorf("neither an error nor a whole report: %+v", r.Counts)
	}
	w.bring(dir)
	if !slices.Equal(w.content(), whole.content()) {
		t.Error("the workspace is another than after one run")
	}
}

func TestTwoRunsAtOnceDoubleNothing(t *testing.T) {
	t.Parallel()
	dir := large(3, 10, 40, 600).write(t)
	w := newWorld(t)
	whole := w.in("kc")
	whole.bring(dir)
	cfg := plitest.Config()
	cfg.URL = w.DB.Shared().Config().ConnString()
	other, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	both := []world{w, {&plitest.World{TB: t, DB: other}, "af", nil}}
	reports := make([]importer.Report, 2)
	var wg sync.WaitGroup
	for i := range both {
		wg.Go(func() {
			var err error
			if reports[i], err = both[i].run(t.Context(), dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if !slices.Equal(w.content(), whole.content()) {
		t.Error("the workspace is another than after one run")
	}
	for i, c := range reports[0].Counts {
		if other := reports[1].Counts[i]; c.Failed+other.Failed > 0 || c.Found != other.Found || c.New+other.New != c.Found {
			t.Errorf("%+v and %+v", c, other)
		}
	}
	if a, b := reports[0].Count("sessions").New, reports[1].Count("sessions").New; a == 0 || b == 0 {
		t.Logf("one run did it all: %d and %d", a, b)
	}
}
