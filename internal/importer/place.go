package importer

import (
	"context"
	"fmt"

	"example.org/plio/internal/store"
)

// places are the rows that a batch of sessions refers to.
type places struct {
	plios       map[string]int64  // by uuid
	items       map[int64][]int64 // by plio, in the order of the file
	users       map[string]int64  // by mobile
	experiments map[string]int64  // by import key
	visited     map[[2]int64]bool // plio and user that have a session
}

// findPlaces makes the users that are missing, and finds the rest.
func findPlaces(ctx context.Context, t store.Tenant, sessions []session) (*places, error) {
	p := &places{plios: map[string]int64{}, items: map[int64][]int64{}, experiments: map[string]int64{}, visited: map[[2]int64]bool{}}
	var uuids, mobiles, keys []string
	for _, s := range sessions {
		uuids, mobiles = append(uuids, s.plio), append(mobiles, s.mobile)
		if s.experiment != "" {
			keys = append(keys, experimentKey(s.experiment))
		}
	}
	plios, err := t.ImportPlios(ctx, uuids)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, plio := range plios {
		p.plios[plio.UUID], ids = plio.ID, append(ids, plio.ID)
	}
	items, err := t.ImportItems(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		p.items[item.PlioID] = append(p.items[item.PlioID], item.ID)
	}
	if len(keys) > 0 {
		experiments, err := t.ImportExperiments(ctx, keys)
		if err != nil {
			return nil, err
		}
		for _, e := range experiments {
			p.experiments[e.ImportKey] = e.ID
		}
	}
	p.users, _, err = t.EnsureUsersByMobile(ctx, mobiles)
	return p, err
}

// findVisitors makes everybody a person of the workspace, and finds who has a
// session on the plio already.
func (p *places) findVisitors(ctx context.Context, t store.Tenant, sessions []session) error {
	var plios, users []int64
	for _, s := range sessions {
		plios, users = append(plios, p.plios[s.plio]), append(users, p.users[s.mobile])
	}
	if err := t.ImportPersonAdd(ctx, users); err != nil {
		return err
	}
	visitors, err := t.ImportVisitors(ctx, plios, users)
	for _, v := range visitors {
		p.visited[[2]int64{v.PlioID, v.UserID}] = true
	}
	return err
}

// row is a session as the database has it, or the reason why it cannot be.
func (p *places) row(s session) (row store.ImportedSession, reason string) {
	row = s.ImportedSession
	row.PlioID, row.UserID = p.plios[s.plio], p.users[s.mobile]
	items := p.items[row.PlioID]
	if len(items) < len(row.Answers) {
		return row, fmt.Sprintf("the plio has %d questions in the workspace and %d in its file", len(items), len(row.Answers))
	}
	row.ItemIDs = items[:len(row.Answers)]
	if s.experiment != "" {
		row.ExperimentID = p.experiments[experimentKey(s.experiment)]
	}
	visit := [2]int64{row.PlioID, row.UserID}
	row.First = !p.visited[visit]
	p.visited[visit] = true
	return row, ""
}
