package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// questionJSON is a question on the wire.
type questionJSON struct {
	ID            int64           `json:"id"`
	Item          int64           `json:"item"`
	Text          string          `json:"text"`
	Type          string          `json:"type"`
	Options       json.RawMessage `json:"options"`
	CorrectAnswer json.RawMessage `json:"correct_answer"`
	Survey        bool            `json:"survey"`
	Image         *imageJSON      `json:"image"`
	HasCharLimit  bool            `json:"has_char_limit"`
	MaxCharLimit  *drf.Float      `json:"max_char_limit"`
	CreatedAt     drf.Time        `json:"created_at"`
	UpdatedAt     drf.Time        `json:"updated_at"`
}

func questionToJSON(q store.Question, image *imageJSON) questionJSON {
	return questionJSON{
		q.ID, q.ItemID, q.Text, q.Type, q.Options, q.CorrectAnswer, q.Survey, image,
		q.HasCharLimit, (*drf.Float)(q.MaxCharLimit), drf.Time(q.CreatedAt), drf.Time(q.UpdatedAt),
	}
}

// imageJSON is an image inside a question. Its URL there has no host.
type imageJSON struct {
	ID        int64    `json:"id"`
	URL       string   `json:"url"`
	AltText   string   `json:"alt_text"`
	CreatedAt drf.Time `json:"created_at"`
	UpdatedAt drf.Time `json:"updated_at"`
}

// imageOrNull makes an image of the columns of an outer join.
func imageOrNull(id *int64, file, altText *string, createdAt, updatedAt *time.Time) *imageJSON {
	if id == nil {
		return nil
	}
	return &imageJSON{*id, "/media/" + *file, *altText, drf.Time(*createdAt), drf.Time(*updatedAt)}
}

func questionList(ctx context.Context, c *call) (drf.Response, error) {
	rows, err := c.Store.QuestionList(ctx, c.Who.IsSuperuser, c.Who.UserID, c.member())
	list := make([]questionJSON, len(rows))
	for i, row := range rows {
		list[i] = questionToJSON(row.Question, imageOrNull(row.ImageID, row.ImageFile, row.ImageAltText, row.ImageCreatedAt, row.ImageUpdatedAt))
	}
	return drf.OK(list), err
}

func questionRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	id, err := c.pk()
	if err != nil {
		return drf.Response{}, err
	}
	return questionAnswer(ctx, c, id, drf.OK)
}

func questionAnswer(ctx context.Context, c *call, id int64, answer func(any) drf.Response) (drf.Response, error) {
	row, err := c.Store.QuestionByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return drf.Response{}, drf.NotFound("Question")
	} else if err != nil {
		return drf.Response{}, err
	}
	if !c.mayUse(row.Plio) {
		return drf.Response{}, drf.Forbidden()
	}
	image := imageOrNull(row.ImageID, row.ImageFile, row.ImageAltText, row.ImageCreatedAt, row.ImageUpdatedAt)
	return answer(questionToJSON(row.Question, image)), nil
}

// questionInput is what a body says of a question.
type questionInput struct {
	item, image            drf.Opt[int64]
	kind, text             drf.Opt[string]
	options, correctAnswer drf.Opt[json.RawMessage]
	survey, hasCharLimit   drf.Opt[bool]
	maxCharLimit           drf.Opt[float64]
}

// readQuestion reads a body and looks up what it refers to. plio is that of the
// item.
func readQuestion(ctx context.Context, c *call, partial bool) (in questionInput, plio store.Plio, err error) {
	d := c.Body.Decoder(partial)
	d.PK("item", &in.item)
	d.Choice("type", &in.kind, []string{"mcq", "checkbox", "subjective"}, drf.Optional())
	d.String("text", &in.text, drf.Blank(), drf.Optional())
	d.JSON("options", &in.options, drf.Optional())
	d.JSON("correct_answer", &in.correctAnswer, drf.Optional())
	d.Bool("survey", &in.survey, drf.Optional())
	d.PK("image", &in.image, drf.Null(), drf.Optional())
	d.Bool("has_char_limit", &in.hasCharLimit, drf.Optional())
	d.Float("max_char_limit", &in.maxCharLimit, drf.Null(), drf.Optional())
	if err := refer(d, "item", in.item, func(id int64) error {
		row, err := c.Store.ItemByID(ctx, id)
		plio = row.Plio
		return err
	}); err != nil {
		return in, plio, err
	}
	if err := refer(d, "image", in.image, func(id int64) error {
		_, err := c.Store.ImageByID(ctx, id, c.Who.IsSuperuser, c.Who.UserID, c.member())
		return err
	}); err != nil {
		return in, plio, err
	}
	return in, plio, d.Err()
}

func questionCreate(ctx context.Context, c *call) (drf.Response, error) {
	if err := c.mayCreate(); err != nil {
		return drf.Response{}, err
	}
	in, plio, err := readQuestion(ctx, c, false)
	if err != nil {
		return drf.Response{}, err
	}
	if !c.mayUse(plio) {
		return drf.Response{}, drf.Forbidden()
	}
	q, err := c.Store.QuestionInsert(ctx, store.NewQuestion{
		ItemID: in.item.Value, Type: in.kind.Or("mcq"), Text: in.text.Value, Options: in.options.Value, CorrectAnswer: in.correctAnswer.Value,
		Survey: in.survey.Value, ImageID: in.image.Pointer(), HasCharLimit: in.hasCharLimit.Value, MaxCharLimit: in.maxCharLimit.Pointer(),
	})
	if err != nil {
		return drf.Response{}, err
	}
	return questionAnswer(ctx, c, q.ID, drf.Created)
}
