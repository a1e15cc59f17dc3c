package importer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

// Options say where a store goes.
type Options struct {
	Tenant    tenancy.Tenant // the workspace
	CreatorID int64          // the user who has made the plios, experiments
	// PlanOnly reads only, and reports what would come in.
	PlanOnly bool
	// Progress is told how many files of a stretch of the work are done, by its
	// name: each stretch has a total of its own. It may be nil.
	Progress func(done, total int, what string)
}

// run is one import under way.
type run struct {
	*Report
	store *JSONStore
	db    *tenancy.DB
	opt   Options
	at    time.Time // the time of the import

	visits      []visit            // the files of answers/, in the order in which they come in
	plios       map[string]*target // by uuid
	learners    map[string]string  // mobile → file
	strangers   map[string]bool    // mobiles of learners without a file
	experiments map[string]bool    // ids of those that came in
}

// target is what sessions need to know of their plio.
type target struct {
	items   []item
	lengths map[int]int // how many sessions count how many seconds
	in      bool        // it came in
}

// Run brings the store into a workspace. It commits in batches: a plio with its
// questions, or a session with its answers and events, comes in whole or not at
// all, a broken file stops nothing, and what came in before stays as it is. So
// a run that was cut short is completed by running it again.
//
// The error is the database's or the disk's, or ctx's; what the report then
// counts is in.
func (s *JSONStore) Run(ctx context.Context, db *tenancy.DB, opt Options) (Report, error) {
	r := &run{
		Report: newReport(opt.PlanOnly), store: s, db: db, opt: opt, at: time.Now(),
		plios: map[string]*target{}, learners: map[string]string{}, strangers: map[string]bool{}, experiments: map[string]bool{},
	}
	others, err := s.others()
	for _, name := range others {
		r.note(name, "not read: a store is its folders "+strings.Join(folders(), ", "))
	}
	for _, phase := range []func(context.Context) error{
		r.listVisits, r.readPlios, r.measure, r.bringLearners, r.bringPlios, r.bringExperiments, r.bringTags, r.bringSessions,
	} {
		if err == nil {
			err = phase(ctx)
		}
	}
	return *r.Report, err
}

// files reads the files of a folder one by one, and counts those that are
// refused as broken things of a kind.
func (r *run) files(ctx context.Context, folder, kind string, take func(entry, []byte) error) error {
	entries, err := r.store.list(folder)
	if err != nil {
		return err
	}
	for i, e := range entries {
		r.progress(i, len(entries), kind)
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.reason != "" {
			r.refuse(e, kind, e.reason)
			continue
		}
		b, err := r.store.read(e.file)
		if err == nil {
			err = take(e, b)
		}
		if failed, ok := err.(*failure); ok {
			return failed.error
		}
		if err != nil {
			r.refuse(e, kind, err.Error())
		}
	}
	r.progress(len(entries), len(entries), kind)
	return nil
}

// failure is an error that ends the run, where others only refuse a file.
type failure struct{ error }

func fatal(err error) error {
	if err == nil {
		return nil
	}
	return &failure{err}
}

// refuse names a file that does not come in.
func (r *run) refuse(e entry, kind, reason string) {
	r.broken(e.file, reason)
	if e.isJSON() {
		r.add(kind, 1, outcome{refused: reason})
	}
}

func (r *run) progress(done, total int, what string) {
	if r.opt.Progress != nil {
		r.opt.Progress(done, total, what)
	}
}

// known reports whether a plio came in, now or before.
func (r *run) known(uuid string) bool {
	t := r.plios[uuid]
	return t != nil && t.in
}

// tx runs fn in a transaction of the workspace, alone among imports, or in one
// that can only read.
func (r *run) tx(ctx context.Context, fn func(store.Tenant) error) error {
	if r.opt.PlanOnly {
		return r.db.InReadTx(ctx, r.opt.Tenant, func(tx tenancy.Tx) error { return fn(store.BindTenant(tx)) })
	}
	return r.db.InTx(ctx, r.opt.Tenant, func(tx tenancy.Tx) error {
		t := store.BindTenant(tx)
		if err := t.BeginImport(ctx, r.opt.Tenant.ID()); err != nil {
			return fmt.Errorf("begin a batch: %w", err)
		}
		return fn(t)
	})
}
