package api

import (
	"context"
	"encoding/json"
	"errors"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// itemJSON is something that happens in a video, on the wire. Details is the
// item's question, or {} when it has none.
type itemJSON struct {
	ID        int64           `json:"id"`
	Plio      int64           `json:"plio"`
	Type      string          `json:"type"`
	Time      drf.Float       `json:"time"`
	Meta      json.RawMessage `json:"meta"`
	CreatedAt drf.Time        `json:"created_at"`
	UpdatedAt drf.Time        `json:"updated_at"`
	Details   any             `json:"details"`
}

func itemToJSON(i store.Item, details any) itemJSON {
	return itemJSON{i.ID, i.PlioID, i.Type, drf.Float(i.Time), i.Meta, drf.Time(i.CreatedAt), drf.Time(i.UpdatedAt), details}
}

// itemsToJSON makes items of rows in the items' order. An item that has two
// questions shows the first.
func itemsToJSON(rows []store.ItemWhole) []itemJSON {
	items := []itemJSON{}
	for _, row := range rows {
		if n := len(items); n > 0 && items[n-1].ID == row.Item.ID {
			continue
		}
		items = append(items, itemToJSON(row.Item, detailsToJSON(row)))
	}
	return items
}

func detailsToJSON(row store.ItemWhole) any {
	if row.QuestionID == nil {
		return struct{}{}
	}
	image := imageOrNull(row.ImageID, row.ImageFile, row.ImageAltText, row.ImageCreatedAt, row.ImageUpdatedAt)
	return questionJSON{
		*row.QuestionID, row.Item.ID, *row.QuestionText, *row.QuestionType, row.Options, row.CorrectAnswer, *row.Survey,
		image, *row.HasCharLimit, (*drf.Float)(row.MaxCharLimit), drf.Time(*row.QuestionCreatedAt), drf.Time(*row.QuestionUpdatedAt),
	}
}

// itemList shows the items of one plio, or of all that the caller may see.
func itemList(ctx context.Context, c *call) (drf.Response, error) {
	uuid, one := drf.Query(c.Request, "plio")
	if !one {
		rows, err := c.Store.ItemList(ctx, c.Who.IsSuperuser, c.Who.UserID, c.member())
		return drf.OK(itemsToJSON(rows)), err
	}
	p, err := c.Store.PlioByUUID(ctx, drf.Text(uuid))
	if errors.Is(err, store.ErrNotFound) || err == nil && !c.mayUse(p.Plio) {
		return drf.OK([]itemJSON{}), nil
	} else if err != nil {
		return drf.Response{}, err
	}
	items, err := c.itemsOf(ctx, p.Plio)
	return drf.OK(items), err
}

// itemsOf returns the items of p by their time.
func (c *call) itemsOf(ctx context.Context, p store.Plio) ([]itemJSON, error) {
	rows, err := c.Store.ItemsOfPlio(ctx, p.ID)
	whole := make([]store.ItemWhole, len(rows))
	for i, row := range rows {
		whole[i] = store.ItemWhole(row)
	}
	return itemsToJSON(whole), err
}

func itemRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	id, err := c.pk()
	if err != nil {
		return drf.Response{}, err
	}
	row, err := c.Store.ItemByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return drf.Response{}, drf.NotFound("Item")
	} else if err != nil {
		return drf.Response{}, err
	}
	if !c.mayUse(row.Plio) {
		return drf.Response{}, drf.Forbidden()
	}
	items, err := c.itemsOf(ctx, row.Plio)
	for _, item := range items {
		if item.ID == id {
			return drf.OK(item), err
		}
	}
	return drf.Response{}, err
}

// itemInput is what a body says of an item.
type itemInput struct {
	plio drf.Opt[int64]
	kind drf.Opt[string]
	time drf.Opt[float64]
	meta drf.Opt[json.RawMessage]
}

// readItem reads a body and looks up the plio that it refers to.
func readItem(ctx context.Context, c *call, partial bool) (in itemInput, plio store.Plio, err error) {
	d := c.Body.Decoder(partial)
	d.PK("plio", &in.plio)
	d.Choice("type", &in.kind, []string{"question"}, drf.Optional())
	d.Float("time", &in.time)
	d.JSON("meta", &in.meta, drf.Optional())
	err = refer(d, "plio", in.plio, func(id int64) (err error) {
		plio, err = c.Store.PlioByID(ctx, id)
		return err
	})
	if err != nil {
		return in, plio, err
	}
	return in, plio, d.Err()
}

func itemCreate(ctx context.Context, c *call) (drf.Response, error) {
	if err := c.mayCreate(); err != nil {
		return drf.Response{}, err
	}
	in, plio, err := readItem(ctx, c, false)
	if err != nil {
		return drf.Response{}, err
	}
	if !c.mayUse(plio) {
		return drf.Response{}, drf.Forbidden()
	}
	i, err := c.Store.ItemInsert(ctx, plio.ID, in.kind.Or("question"), in.time.Value, in.meta.Value)
	return drf.Created(itemToJSON(i, struct{}{})), err
}
