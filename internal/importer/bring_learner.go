package importer

import (
	"context"
	"slices"

	"example.org/plio/internal/store"
)

// bringLearners writes the learners that have a file: users, found by mobile
// or made, and what the workspace knows of them.
func (r *run) bringLearners(ctx context.Context) error {
	b := &batch[learner]{run: r, put: r.putLearners, done: r.learnerDone}
	err := r.files(ctx, "users", learnerKind, func(e entry, data []byte) error {
		l, err := parseLearner(e.file, e.name, data)
		if err != nil {
			return err
		}
		if other := r.learners[l.mobile]; other != "" {
			return duplicate{other}
		}
		r.learners[l.mobile] = l.file
		return fatal(b.add(ctx, l, len(data)))
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

// duplicate is a second file of a learner.
type duplicate struct{ first string }

func (d duplicate) Error() string { return "the same mobile number as " + d.first + ", which came in" }

func (r *run) putLearners(ctx context.Context, t store.Tenant, learners []learner) ([]outcome, error) {
	mobiles, keys := make([]string, len(learners)), make([]string, len(learners))
	for i, l := range learners {
		mobiles[i], keys[i] = l.mobile, l.key()
	}
	there, err := t.ImportProfiles(ctx, keys)
	if err != nil {
		return nil, err
	}
	persons, err := personsByMobile(ctx, t, mobiles)
	if err != nil {
		return nil, err
	}
	outcomes := make([]outcome, len(learners))
	var fresh []learner
	for i, l := range learners {
		switch p := persons[l.mobile]; {
		case slices.Contains(there, l.key()):
			outcomes[i].there = true
		case p.ImportKey != nil:
			outcomes[i] = refused("the learner came in before from %s", *p.ImportKey)
		case p.HasProfile:
			outcomes[i] = refused("the workspace has a profile of this learner, which did not come from this store")
		default:
			fresh = append(fresh, l)
		}
	}
	if r.opt.PlanOnly || len(fresh) == 0 {
		return outcomes, nil
	}
	return outcomes, r.addLearners(ctx, t, fresh)
}

func personsByMobile(ctx context.Context, t store.Tenant, mobiles []string) (map[string]store.ImportedPerson, error) {
	rows, err := t.ImportPersons(ctx, mobiles)
	persons := make(map[string]store.ImportedPerson, len(rows))
	for _, row := range rows {
		persons[row.Mobile] = row
	}
	return persons, err
}

// addLearners writes profiles, and names the users that are new.
func (r *run) addLearners(ctx context.Context, t store.Tenant, learners []learner) error {
	var mobiles, profiles, keys, names []string
	for _, l := range learners {
		mobiles, profiles, keys = append(mobiles, l.mobile), append(profiles, string(l.profile)), append(keys, l.key())
	}
	old, err := t.UsersByMobile(ctx, mobiles)
	if err != nil {
		return err
	}
	ids, _, err := t.EnsureUsersByMobile(ctx, mobiles)
	if err != nil {
		return err
	}
	users := make([]int64, len(learners))
	var named []int64
	for i, l := range learners {
		users[i] = ids[l.mobile]
		if l.name != "" && !slices.ContainsFunc(old, func(u store.UserByMobile) bool { return u.UserID == users[i] }) {
			named, names = append(named, users[i]), append(names, l.name)
		}
	}
	if err := t.ImportPersonProfiles(ctx, users, profiles, keys); err != nil || len(named) == 0 {
		return err
	}
	return t.ImportUserNames(ctx, r.at, named, names)
}

func (r *run) learnerDone(l learner, o outcome) {
	r.add(learnerKind, 1, o)
	if o.refused != "" {
		r.broken(l.file, o.refused)
	}
}
