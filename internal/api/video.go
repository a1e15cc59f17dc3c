package api

import (
	"context"
	"errors"
	"net/http"

	"example.org/plio/internal/drf"
	"example.org/plio/internal/store"
)

// videoJSON is a video on the wire.
type videoJSON struct {
	ID        int64      `json:"id"`
	URL       string     `json:"url"`
	Title     *string    `json:"title"`
	Duration  *drf.Float `json:"duration"`
	CreatedAt drf.Time   `json:"created_at"`
	UpdatedAt drf.Time   `json:"updated_at"`
}

// noVideo stands in a plio that has none. It has no id.
var noVideo = struct {
	URL      string     `json:"url"`
	Title    string     `json:"title"`
	Duration *drf.Float `json:"duration"`
}{}

func videoToJSON(v store.Video) videoJSON {
	return videoJSON{v.ID, v.URL, v.Title, (*drf.Float)(v.Duration), drf.Time(v.CreatedAt), drf.Time(v.UpdatedAt)}
}

// visibleVideo returns a video that the caller may see: his own, or one that a
// plio shows which he may see.
func (c *call) visibleVideo(ctx context.Context, id int64) (store.Video, error) {
	return c.Store.VideoByID(ctx, id, c.Who.IsSuperuser, c.Who.UserID, c.member())
}

// video returns the video that the path names.
func (c *call) video(ctx context.Context) (store.Video, error) {
	id, err := c.pk()
	if err != nil {
		return store.Video{}, err
	}
	v, err := c.visibleVideo(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return v, drf.NotFound("Video")
	}
	return v, err
}

func videoList(ctx context.Context, c *call) (drf.Response, error) {
	videos, err := c.Store.VideoList(ctx, c.Who.UserID, c.member())
	list := make([]videoJSON, len(videos))
	for i, v := range videos {
		list[i] = videoToJSON(v)
	}
	return drf.OK(list), err
}

func videoRetrieve(ctx context.Context, c *call) (drf.Response, error) {
	v, err := c.video(ctx)
	return drf.OK(videoToJSON(v)), err
}

func videoDelete(ctx context.Context, c *call) (drf.Response, error) {
	v, err := c.video(ctx)
	if err != nil {
		return drf.Response{}, err
	}
	_, err = c.Store.VideoDelete(ctx, &c.At, v.ID)
	return drf.NoContent(), err
}

// videoInput is what a body says of a video.
type videoInput struct {
	url, title drf.Opt[string]
	duration   drf.Opt[float64]
}

func readVideo(c *call, partial bool) (in videoInput, err error) {
	d := c.Body.Decoder(partial)
	d.String("url", &in.url, drf.Max(255))
	d.String("title", &in.title, drf.Max(255), drf.Null(), drf.Optional())
	d.Float("duration", &in.duration, drf.Null(), drf.Optional())
	return in, d.Err()
}

func videoCreate(ctx context.Context, c *call) (drf.Response, error) {
	if err := c.mayCreate(); err != nil {
		return drf.Response{}, err
	}
	in, err := readVideo(c, false)
	if err != nil {
		return drf.Response{}, err
	}
	v, err := c.Store.VideoInsert(ctx, in.url.Value, in.title.Pointer(), in.duration.Pointer(), c.Who.UserID)
	return drf.Created(videoToJSON(v)), err
}

func videoUpdate(ctx context.Context, c *call) (drf.Response, error) {
	v, err := c.video(ctx)
	if err != nil {
		return drf.Response{}, err
	}
	in, err := readVideo(c, c.Method == http.MethodPatch)
	if err != nil {
		return drf.Response{}, err
	}
	v, err = c.Store.VideoUpdate(ctx, store.VideoChange{
		ID: v.ID, URL: in.url.Pointer(), SetTitle: in.title.Set, Title: in.title.Pointer(),
		SetDuration: in.duration.Set, Duration: in.duration.Pointer(), At: c.At,
	})
	if errors.Is(err, store.ErrNotFound) { // deleted meanwhile
		err = drf.NotFound("Video")
	}
	return drf.OK(videoToJSON(v)), err
}
