package api

import (
	"context"
	"encoding/json"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

const pageSize = 5

// plioRowJSON is a plio in the list: raw columns, nothing nested. Deleted and
// DeletedByCascade are always null and false; clients know them.
type plioRowJSON struct {
	ID               int64           `json:"id"`
	Deleted          *drf.Time       `json:"deleted"`
	DeletedByCascade bool            `json:"deleted_by_cascade"`
	VideoID          *int64          `json:"video_id"`
	Name             string          `json:"name"`
	UUID             string          `json:"uuid"`
	CreatedByID      int64           `json:"created_by_id"`
	FailsafeURL      string          `json:"failsafe_url"`
	Status           string          `json:"status"`
	IsPublic         bool            `json:"is_public"`
	Config           json.RawMessage `json:"config"`
	CreatedAt        drf.Time        `json:"created_at"`
	UpdatedAt        drf.Time        `json:"updated_at"`
	UniqueViewers    int64           `json:"unique_viewers"`
	VideoURL         *string         `json:"video_url"`
}

func plioRowToJSON(p store.PlioRow) plioRowJSON {
	return plioRowJSON{
		ID: p.ID, VideoID: p.VideoID, Name: p.Name, UUID: p.UUID, CreatedByID: p.CreatedByID, FailsafeURL: p.FailsafeURL,
		Status: p.Status, IsPublic: p.IsPublic, Config: p.Config, CreatedAt: drf.Time(p.CreatedAt), UpdatedAt: drf.Time(p.UpdatedAt),
		UniqueViewers: p.UniqueViewers, VideoURL: p.VideoURL,
	}
}

// plioList shows one's own plios, and a member the public ones too. Somebody
// who is no member of the organization is shown nothing, not even his own.
func plioList(ctx context.Context, c *call) (drf.Response, error) {
	terms, err := drf.SearchTerms(c.query("search"))
	if err != nil {
		return drf.Response{}, err
	}
	f := store.PlioFilter{Terms: terms, Public: c.member()}
	if c.personal() || c.member() {
		f.UserID = c.Who.UserID
	}
	matching, visible, err := c.Store.PlioCount(ctx, f)
	if err != nil {
		return drf.Response{}, err
	}
	number, err := drf.PageNumber(c.query("page"), matching, pageSize)
	if err != nil {
		return drf.Response{}, err
	}
	order := drf.Ordering(c.query("ordering"), []string{"-updated_at"}, "name", "created_at", "updated_at", "unique_viewers")
	rows, err := c.Store.PlioList(ctx, f, order, pageSize, (number-1)*pageSize)
	if err != nil {
		return drf.Response{}, err
	}
	results := make([]plioRowJSON, len(rows))
	for i, row := range rows {
		results[i] = plioRowToJSON(row)
	}
	return drf.OK(drf.NewPage(c.Request, results, number, pageSize, matching, visible)), nil
}
