package importer

import (
	"context"
	"encoding/json"
	"slices"

	"example.org/plio/internal/store"
)

// bringTags writes the tags, each with its plios.
func (r *run) bringTags(ctx context.Context) error {
	b := &batch[tag]{run: r, put: r.putTags, done: r.tagDone}
	err := r.files(ctx, "tags", tagKind, func(e entry, data []byte) error {
		t, err := parseTag(e.file, r.known, data)
		if err != nil {
			return err
		}
		return fatal(b.add(ctx, t, len(data)))
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

func (r *run) tagDone(t tag, o outcome) {
	r.add(tagKind, 1, o)
	if o.refused != "" {
		r.broken(t.file, o.refused)
		return
	}
	r.note(t.file, t.notes...)
}

func (r *run) putTags(ctx context.Context, t store.Tenant, tags []tag) ([]outcome, error) {
	keys := make([]string, len(tags))
	for i, tag := range tags {
		keys[i] = tag.key()
	}
	rows, err := t.ImportTags(ctx, keys)
	if err != nil {
		return nil, err
	}
	outcomes, there := make([]outcome, len(tags)), make([]store.ImportedTag, len(tags))
	for _, row := range rows {
		i := slices.Index(keys, row.ImportKey)
		outcomes[i].there, there[i] = true, row
	}
	if r.opt.PlanOnly {
		return outcomes, nil
	}
	plios, err := plioIDs(ctx, t, tags, func(t tag) []string { return t.plios })
	if err != nil {
		return nil, err
	}
	for i, tag := range tags {
		if outcomes[i].there {
			err = r.addLatePlios(ctx, t, there[i], tag, plios)
		} else {
			err = r.addTag(ctx, t, tag, plios)
		}
		if err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

func (r *run) addTag(ctx context.Context, t store.Tenant, tag tag, plios map[string]int64) error {
	id, err := t.AddImportedTag(ctx, tag.name, tag.extra, tag.key(), r.at)
	if err != nil {
		return err
	}
	return t.ImportTagPlioAdd(ctx, idsOf(tag.plios, plios), id, r.at)
}

// addLatePlios gives a tag the plios that were not there when it came in: its
// extra names them.
func (r *run) addLatePlios(ctx context.Context, t store.Tenant, row store.ImportedTag, tag tag, plios map[string]int64) error {
	if isNull(row.Extra) {
		return nil
	}
	extra, err := asObject("extra", row.Extra)
	if err != nil || isNull(extra["plios"]) {
		return nil //nolint:nilerr // somebody else's extra
	}
	var missing []string
	if json.Unmarshal(extra["plios"], &missing) != nil {
		return nil
	}
	late := func(uuid string) bool { return slices.Contains(tag.plios, uuid) && plios[uuid] != 0 }
	came := slices.DeleteFunc(slices.Clone(missing), func(uuid string) bool { return !late(uuid) })
	if len(came) == 0 {
		return nil
	}
	still := slices.DeleteFunc(missing, late)
	delete(extra, "plios")
	extra.put("plios", still, len(still) > 0)
	if err := t.ImportTagExtra(ctx, extra.json(), r.at, row.ID); err != nil {
		return err
	}
	return t.ImportTagPlioAdd(ctx, idsOf(came, plios), row.ID, r.at)
}

func idsOf(uuids []string, ids map[string]int64) []int64 {
	found := []int64{}
	for _, uuid := range uuids {
		if id := ids[uuid]; id != 0 {
			found = append(found, id)
		}
	}
	return found
}
