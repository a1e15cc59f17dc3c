package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"example.org/plio/internal/store"
)

// listVisits lists the files of answers/ in the order in which they come in: by
// plio and learner, and a learner's sessions as they are numbered, so that the
// first is the first and the last has the highest id.
func (r *run) listVisits(context.Context) error {
	entries, err := r.store.list("answers")
	r.visits = make([]visit, len(entries))
	for i, e := range entries {
		r.visits[i] = parseVisit(e)
	}
	slices.SortStableFunc(r.visits, func(a, b visit) int {
		return cmp.Or(cmp.Compare(a.plio, b.plio), cmp.Compare(a.mobile, b.mobile), cmp.Compare(a.number, b.number))
	})
	return err
}

// reading is a session, or the reason why it cannot come in.
type reading struct {
	of      visit
	session session
	err     error
}

func (r *run) readSession(v visit) reading {
	s, err := r.parseVisit(v)
	return reading{v, s, err}
}

func (r *run) parseVisit(v visit) (session, error) {
	if v.reason != "" {
		return session{}, errors.New(v.reason)
	}
	b, err := r.store.read(v.file)
	if err != nil {
		return session{}, err
	}
	t := r.plios[v.plio]
	if t != nil {
		return parseSession(v, t.items, b)
	}
	if _, err := parseObject(b); err != nil {
		return session{}, err
	}
	return session{}, fmt.Errorf("plio does not exist: videos/%s.json is not there, or broken", v.plio)
}

// measure counts how many seconds the sessions of each plio count.
func (r *run) measure(ctx context.Context) error {
	return r.sessions(ctx, "reading sessions", func(got reading) error {
		if got.err == nil {
			r.plios[got.session.plio].lengths[got.session.seconds]++
		}
		return nil
	})
}

// sessions reads the sessions, in the order of visits.
func (r *run) sessions(ctx context.Context, what string, take func(reading) error) error {
	for i, got := range ahead(ctx, r.visits, r.readSession) {
		r.progress(i, len(r.visits), what)
		if err := take(got); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.progress(len(r.visits), len(r.visits), what)
	return nil
}

// bringSessions writes the sessions, each with its answers and events.
func (r *run) bringSessions(ctx context.Context) error {
	b := &batch[session]{run: r, put: r.putSessions, done: r.sessionDone}
	err := r.sessions(ctx, sessionKind, func(got reading) error {
		if got.err == nil && !r.known(got.session.plio) {
			got.err = fmt.Errorf("its plio did not come in: videos/%s.json", got.session.plio)
		}
		if got.err != nil {
			r.refuse(got.of.entry, sessionKind, got.err.Error())
			return nil
		}
		r.setExperiment(&got.session)
		if got.session.CreatedAt.IsZero() {
			got.session.CreatedAt, got.session.UpdatedAt = r.at, r.at
		}
		return b.add(ctx, got.session, got.session.size)
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

func (r *run) sessionDone(s session, o outcome) {
	r.add(sessionKind, 1, o)
	r.add(answerKind, len(s.Answers), o)
	r.add(eventKind, len(s.Events), o)
	if o.refused != "" {
		r.broken(s.file, o.refused)
		return
	}
	r.note(s.file, s.notes...)
	if o.note != "" {
		r.note(s.file, o.note)
	}
	if r.learners[s.mobile] == "" && !r.strangers[s.mobile] {
		r.strangers[s.mobile] = true
		r.add(strangerKind, 1, outcome{there: !o.newPerson})
	}
}

func (r *run) putSessions(ctx context.Context, t store.Tenant, sessions []session) ([]outcome, error) {
	keys := make([]string, len(sessions))
	mobiles := make([]string, len(sessions))
	for i, s := range sessions {
		keys[i], mobiles[i] = s.ImportKey, s.mobile
	}
	there, err := set(t.ImportSessions(ctx, keys))
	if err != nil {
		return nil, err
	}
	persons, err := personsByMobile(ctx, t, mobiles)
	if err != nil {
		return nil, err
	}
	outcomes := make([]outcome, len(sessions))
	for i, s := range sessions {
		outcomes[i].there = there[s.ImportKey]
		outcomes[i].newPerson = persons[s.mobile].Mobile == ""
	}
	if r.opt.PlanOnly || len(there) == len(sessions) {
		return outcomes, nil
	}
	return outcomes, r.addSessions(ctx, t, sessions, outcomes)
}

// addSessions writes those that are not there, and marks what it refuses.
func (r *run) addSessions(ctx context.Context, t store.Tenant, sessions []session, outcomes []outcome) error {
	var fresh []session
	var of []int
	for i, s := range sessions {
		if !outcomes[i].there {
			fresh, of = append(fresh, s), append(of, i)
			continue
		}
		for j, late := range fresh {
			if late.plio == s.plio && late.mobile == s.mobile {
				outcomes[of[j]].note = "came in after a later session of the same learner, so it has the higher id and counts as the newest"
			}
		}
	}
	p, err := findPlaces(ctx, t, fresh)
	if err != nil {
		return err
	}
	if err := p.findVisitors(ctx, t, fresh); err != nil {
		return err
	}
	var rows []store.ImportedSession
	for i, s := range fresh {
		row, reason := p.row(s)
		if reason != "" {
			outcomes[of[i]] = refused("%s", reason)
			continue
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	return t.AddImportedSessions(ctx, rows)
}

// set is a set of the values that a query found.
func set(values []string, err error) (map[string]bool, error) {
	found := make(map[string]bool, len(values))
	for _, v := range values {
		found[v] = true
	}
	return found, err
}
