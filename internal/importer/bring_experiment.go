package importer

import (
	"context"
	"slices"

	"example.org/plio/internal/store"
)

// bringExperiments writes the experiments, each with its plios.
func (r *run) bringExperiments(ctx context.Context) error {
	b := &batch[experiment]{run: r, put: r.putExperiments, done: r.experimentDone}
	err := r.files(ctx, "experiments", experimentKind, func(e entry, data []byte) error {
		x, err := parseExperiment(e.file, r.known, data)
		if err != nil {
			return err
		}
		return fatal(b.add(ctx, x, len(data)))
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

func experimentFile(id string) string { return "experiments/" + id + ".json" }

func experimentKey(id string) string { return importKey(experimentFile(id)) }

func (r *run) experimentDone(e experiment, o outcome) {
	r.add(experimentKind, 1, o)
	if o.refused != "" {
		r.broken(e.file, o.refused)
		return
	}
	r.note(e.file, e.notes...)
	r.experiments[e.file] = true
}

// setExperiment notes it when a session is of an experiment that is not there.
func (r *run) setExperiment(s *session) {
	if s.experiment == "" || r.experiments[experimentFile(s.experiment)] {
		return
	}
	s.note("the experiment %s did not come in: kept as JSON", brief(mustJSON(s.experiment)))
	extra := object{}
	if s.Extra != nil {
		extra, _ = asObject("", s.Extra) // it is one
	}
	extra.keep("experiment", mustJSON(s.experiment))
	s.Extra, s.experiment = extra.json(), ""
}

func (r *run) putExperiments(ctx context.Context, t store.Tenant, experiments []experiment) ([]outcome, error) {
	keys := make([]string, len(experiments))
	for i, e := range experiments {
		keys[i] = e.key()
	}
	there, err := t.ImportExperiments(ctx, keys)
	if err != nil {
		return nil, err
	}
	outcomes, ids := make([]outcome, len(experiments)), make([]int64, len(experiments))
	for _, row := range there {
		i := slices.Index(keys, row.ImportKey)
		outcomes[i].there, ids[i] = true, row.ID
	}
	if r.opt.PlanOnly {
		return outcomes, nil
	}
	if err := t.ImportPersonAdd(ctx, []int64{r.opt.CreatorID}); err != nil {
		return nil, err
	}
	for i, e := range experiments {
		if ids[i] != 0 {
			continue
		}
		if ids[i], err = t.AddImportedExperiment(ctx, e.name, e.extra, e.key(), r.opt.CreatorID, r.at); err != nil {
			return nil, err
		}
	}
	return outcomes, r.addArms(ctx, t, experiments, ids)
}

// addArms adds the arms that are missing: all of a new experiment's, and of an
// old one those whose plio came in since.
func (r *run) addArms(ctx context.Context, t store.Tenant, experiments []experiment, ids []int64) error {
	plios, err := plioIDs(ctx, t, experiments, func(e experiment) (uuids []string) {
		for _, a := range e.arms {
			uuids = append(uuids, a.plio)
		}
		return uuids
	})
	if err != nil {
		return err
	}
	rows, err := t.ImportExperimentPlios(ctx, ids)
	if err != nil {
		return err
	}
	there := map[[2]int64]bool{}
	for _, row := range rows {
		there[[2]int64{row.ExperimentID, row.PlioID}] = true
	}
	for i, e := range experiments {
		var of []int64
		var shares []float64
		for _, a := range e.arms {
			if id := plios[a.plio]; id != 0 && !there[[2]int64{ids[i], id}] {
				of, shares = append(of, id), append(shares, a.share)
			}
		}
		if err := t.ImportExperimentPlioAdd(ctx, ids[i], of, shares, r.at); err != nil {
			return err
		}
	}
	return nil
}

// plioIDs finds the plios that units refer to, by uuid.
func plioIDs[T any](ctx context.Context, t store.Tenant, units []T, uuids func(T) []string) (map[string]int64, error) {
	var all []string
	for _, u := range units {
		all = append(all, uuids(u)...)
	}
	rows, err := t.ImportPlios(ctx, all)
	ids := make(map[string]int64, len(rows))
	for _, row := range rows {
		ids[row.UUID] = row.ID
	}
	return ids, err
}
