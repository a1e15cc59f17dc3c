package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// plioJSON is a plio on the wire, with all that belongs to it.
type plioJSON struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	UUID        string          `json:"uuid"`
	FailsafeURL string          `json:"failsafe_url"`
	Status      string          `json:"status"`
	IsPublic    bool            `json:"is_public"`
	Config      json.RawMessage `json:"config"`
	CreatedBy   userJSON        `json:"created_by"`
	Video       any             `json:"video"`
	CreatedAt   drf.Time        `json:"created_at"`
	UpdatedAt   drf.Time        `json:"updated_at"`
	Items       []itemJSON      `json:"items"`
}

// plioToJSON reads what belongs to p.
func (a *API) plioToJSON(ctx context.Context, c *call, row store.PlioWithVideo) (plioJSON, error) {
	p := row.Plio
	creator, err := a.nestedUser(ctx, c, p.CreatedByID)
	if err != nil {
		return plioJSON{}, err
	}
	items, err := c.itemsOf(ctx, p)
	if err != nil {
		return plioJSON{}, err
	}
	var video any = noVideo
	if row.VideoID != nil {
		video = videoToJSON(store.Video{
			ID: *row.VideoID, URL: *row.VideoURL, Title: row.VideoTitle, Duration: row.VideoDuration,
			CreatedAt: *row.VideoCreatedAt, UpdatedAt: *row.VideoUpdatedAt,
		})
	}
	return plioJSON{
		p.ID, p.Name, p.UUID, p.FailsafeURL, p.Status, p.IsPublic, p.Config, creator, video,
		drf.Time(p.CreatedAt), drf.Time(p.UpdatedAt), items,
	}, nil
}

func (a *API) plioAnswer(ctx context.Context, c *call, uuid string, answer func(any) drf.Response) (drf.Response, error) {
	row, err := c.Store.PlioByUUID(ctx, uuid)
	if err != nil {
		return drf.Response{}, err
	}
	body, err := a.plioToJSON(ctx, c, row)
	return answer(body), err
}

// mayUse reports whether the caller may retrieve and change p, and what is in
// it: his own, and as a member every public one of the organization.
func (c *call) mayUse(p store.Plio) bool {
	return c.Who.IsSuperuser || p.CreatedByID == c.Who.UserID || p.IsPublic && c.member()
}

// plio returns the plio that the path names to whoever may use it.
func (c *call) plio(ctx context.Context) (store.PlioWithVideo, error) {
	row, err := c.Store.PlioByUUID(ctx, drf.Text(c.PathValue("uuid")))
	if errors.Is(err, store.ErrNotFound) {
		return row, drf.NotFound("Plio")
	}
	if err == nil && !c.mayUse(row.Plio) {
		return row, drf.Forbidden()
	}
	return row, err
}

// mayCreate refuses who is no member of the organization: in the personal
// workspace everybody may make things.
func (c *call) mayCreate() error {
	if !c.personal() && !c.member() {
		return drf.Forbidden()
	}
	return nil
}

func (a *API) plioCreate(ctx context.Context, c *call) (drf.Response, error) {
	if err := c.mayCreate(); err != nil {
		return drf.Response{}, err
	}
	in, err := readPlio(ctx, c, false)
	if err != nil {
		return drf.Response{}, err
	}
	p, err := c.Store.PlioInsert(ctx, store.NewPlio{
		UUID: newUUID(), Name: in.name.Value, FailsafeURL: in.failsafeURL.Value, Status: in.status.Or("draft"),
		IsPublic: in.isPublic.Or(true), Config: in.config.Value, VideoID: in.video.Pointer(), CreatedByID: c.Who.UserID,
	})
	if err != nil {
		return drf.Response{}, err
	}
	return a.plioAnswer(ctx, c, p.UUID, drf.Created)
}

func (a *API) plioRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	row, err := c.plio(ctx)
	if err != nil {
		return drf.Response{}, err
	}
	body, err := a.plioToJSON(ctx, c, row)
	return drf.OK(body), err
}

func (a *API) plioUpdate(ctx context.Context, c *call) (drf.Response, error) {
	row, err := c.plio(ctx)
	if err != nil {
		return drf.Response{}, err
	}
	in, err := readPlio(ctx, c, c.Method == http.MethodPatch)
	if err != nil {
		return drf.Response{}, err
	}
	p, err := c.Store.PlioUpdate(ctx, store.PlioChange{
		ID: row.Plio.ID, Name: in.name.Pointer(), FailsafeURL: in.failsafeURL.Pointer(), Status: in.status.Pointer(),
		IsPublic: in.isPublic.Pointer(), SetConfig: in.config.Set, Config: in.config.Value,
		SetVideo: in.video.Set, VideoID: in.video.Pointer(), At: c.At,
	})
	if errors.Is(err, store.ErrNotFound) { // deleted meanwhile
		return drf.Response{}, drf.NotFound("Plio")
	} else if err != nil {
		return drf.Response{}, err
	}
	return a.plioAnswer(ctx, c, p.UUID, drf.OK)
}

func plioDelete(ctx context.Context, c *call) (drf.Response, error) {
	row, err := c.plio(ctx)
	if err != nil {
		return drf.Response{}, err
	}
	_, err = c.Store.PlioDelete(ctx, &c.At, &c.Who.UserID, row.Plio.ID)
	return drf.NoContent(), err
}

// plioPlay is open to everybody who has the link: public plios to all, private
// ones to their creator.
func (a *API) plioPlay(ctx context.Context, c *call) (drf.Response, error) {
	row, err := c.Store.PlioByUUID(ctx, drf.Text(c.PathValue("uuid")))
	if errors.Is(err, store.ErrNotFound) || err == nil && !row.Plio.IsPublic && (c.guest() || row.Plio.CreatedByID != c.Who.UserID) {
		return drf.Response{}, drf.Refuse(http.StatusNotFound, "Plio not found")
	} else if err != nil {
		return drf.Response{}, err
	}
	body, err := a.plioToJSON(ctx, c, row)
	return drf.OK(body), err
}

// newUUID returns ten letters that nobody can guess.
func newUUID() string {
	b := make([]byte, 10)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(26))
		if err != nil {
			panic(err) // rand.Reader never fails
		}
		b[i] = 'a' + byte(n.Int64())
	}
	return string(b)
}
