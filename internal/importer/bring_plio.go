package importer

import (
	"context"

	"example.org/plio/internal/store"
)

// readPlios learns what questions each plio has, as its sessions cannot be read
// without. What is broken is reported when the plios are brought.
func (r *run) readPlios(ctx context.Context) error {
	entries, err := r.store.list("videos")
	if err != nil {
		return err
	}
	for i, e := range entries {
		r.progress(i, len(entries), "reading plios")
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.reason != "" {
			continue
		}
		b, err := r.store.read(e.file)
		if err != nil {
			continue
		}
		if p, err := parsePlio(e.file, e.name, b); err == nil {
			r.plios[p.uuid] = &target{items: p.items, lengths: map[int]int{}}
		}
	}
	r.progress(len(entries), len(entries), "reading plios")
	return nil
}

// bringPlios writes the plios, each with its video and questions.
func (r *run) bringPlios(ctx context.Context) error {
	b := &batch[plio]{run: r, put: r.putPlios, done: r.plioDone}
	err := r.files(ctx, "videos", plioKind, func(e entry, data []byte) error {
		p, err := parsePlio(e.file, e.name, data)
		if err != nil {
			return err
		}
		if t := r.plios[p.uuid]; t != nil {
			p.setDuration(t.lengths)
		}
		return fatal(b.add(ctx, p, len(data)))
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

func (r *run) putPlios(ctx context.Context, t store.Tenant, plios []plio) ([]outcome, error) {
	uuids := make([]string, len(plios))
	for i, p := range plios {
		uuids[i] = p.uuid
	}
	rows, err := t.ImportPlios(ctx, uuids)
	if err != nil {
		return nil, err
	}
	owner := map[string]string{}
	for _, row := range rows {
		owner[row.UUID] = "-" // of nobody's import
		if row.ImportKey != nil {
			owner[row.UUID] = *row.ImportKey
		}
	}
	outcomes := make([]outcome, len(plios))
	var fresh []store.ImportedPlio
	for i, p := range plios {
		switch owner[p.uuid] {
		case "":
			fresh = append(fresh, p.row())
		case p.key():
			outcomes[i].there = true
		default:
			outcomes[i] = refused("the workspace has another plio with the id %s, which did not come from this store", p.uuid)
		}
	}
	if r.opt.PlanOnly || len(fresh) == 0 {
		return outcomes, nil
	}
	return outcomes, t.AddImportedPlios(ctx, fresh, r.opt.CreatorID, r.at)
}

func (p plio) row() store.ImportedPlio {
	row := store.ImportedPlio{
		UUID: p.uuid, Name: p.name, FailsafeURL: p.failsafe, VideoURL: p.url, Duration: p.duration,
		Extra: p.extra, ImportKey: p.key(),
	}
	for _, it := range p.items {
		row.Items = append(row.Items, it.ImportedItem)
	}
	return row
}

func (r *run) plioDone(p plio, o outcome) {
	r.add(plioKind, 1, o)
	r.add(questionKind, len(p.items), o)
	if o.refused != "" {
		r.broken(p.file, o.refused)
		return
	}
	r.note(p.file, p.notes...)
	if t := r.plios[p.uuid]; t != nil {
		t.in = true
	}
}
