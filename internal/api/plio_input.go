package api

import (
	"context"
	"encoding/json"

	"example.org/plio/internal/drf"
)

// plioInput is what a body says of a plio. No field is required.
type plioInput struct {
	name, failsafeURL, status drf.Opt[string]
	isPublic                  drf.Opt[bool]
	config                    drf.Opt[json.RawMessage]
	video, createdBy          drf.Opt[int64]
}

// readPlio reads a body and looks up what it refers to. Who made a plio cannot
// be changed, but has to exist when it is named.
func readPlio(ctx context.Context, c *call, partial bool) (in plioInput, err error) {
	d := c.Body.Decoder(partial)
	d.String("name", &in.name, drf.Max(255), drf.Blank(), drf.Optional())
	d.String("failsafe_url", &in.failsafeURL, drf.Max(255), drf.Blank(), drf.Optional())
	d.Choice("status", &in.status, []string{"draft", "published"}, drf.Optional())
	d.Bool("is_public", &in.isPublic, drf.Optional())
	d.JSON("config", &in.config, drf.Optional())
	d.PK("video", &in.video, drf.Null(), drf.Optional())
	d.PK("created_by", &in.createdBy, drf.Optional())
	if err := refer(d, "video", in.video, func(id int64) error { _, err := c.visibleVideo(ctx, id); return err }); err != nil {
		return in, err
	}
	if err := refer(d, "created_by", in.createdBy, func(id int64) error { _, err := c.Shared.UserByID(ctx, id); return err }); err != nil {
		return in, err
	}
	return in, d.Err()
}
