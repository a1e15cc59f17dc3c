package importer

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxText is the length, in characters, that the API allows names and
// addresses.
const maxText = 255

// plio is a file of videos/, read.
type plio struct {
	file, uuid string
	name       string
	failsafe   string
	url        string  // of the video; "" when there is none
	duration   float64 // of the video in seconds; 0 when it is not known
	items      []item
	extra      json.RawMessage
	notes
}

func (p plio) key() string { return importKey(p.file) }

// importKey is how a row remembers the file it came from. It is unique in the
// workspace, so nothing comes in twice.
func importKey(file string) string { return "json:" + file }

var (
	plioID    = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)
	youtubeID = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)
)

// parsePlio reads videos/<id>.json.
func parsePlio(file, id string, b []byte) (plio, error) {
	p := plio{file: file, uuid: id}
	o, err := parseObject(b)
	if err != nil {
		return p, err
	}
	if !plioID.MatchString(id) {
		return p, errors.New("the name of the file is no plio's id: letters and digits")
	}
	video, failsafe := o["video_id"], o["failsafe"]
	if p.name, err = p.fitting(o, "video_title", "video_title"); err != nil {
		return p, err
	}
	if p.failsafe, err = o.text("failsafe"); err != nil {
		return p, err
	}
	if utf8.RuneCountInString(p.failsafe) > maxText {
		o.keep("failsafe", failsafe)
		p.note("failsafe has more than %d characters: it is kept as JSON only", maxText)
		p.failsafe = ""
	}
	videoID, err := o.text("video_id")
	if err != nil {
		return p, err
	}
	if p.setVideo(videoID); p.url == "" && videoID != "" {
		o.keep("video_id", video)
	}
	items, notes, err := parseItems(o)
	if err != nil {
		return p, err
	}
	if videoID == "" && len(items) == 0 {
		return p, errors.New("no video, no questions")
	}
	p.items, p.extra = items, o.json()
	p.notes = append(p.notes, notes...)
	for _, it := range items {
		p.notes = append(p.notes, it.notes...)
	}
	return p, nil
}

// setVideo makes the video's address. One that is an address already stays.
func (p *plio) setVideo(id string) {
	if id == "" {
		p.note("has no video")
		return
	}
	note := ""
	switch p.url = "https://www.youtube.com/watch?v=" + url.QueryEscape(id); {
	case youtubeID.MatchString(id):
	case strings.HasPrefix(id, "https://"), strings.HasPrefix(id, "http://"):
		p.url, note = id, "video_id is an address: taken as it is"
	default:
		note = "video_id does not look like YouTube's"
	}
	if utf8.RuneCountInString(p.url) > maxText {
		p.url, note = "", "video_id is too long: it is kept as JSON only, and the plio has no video"
	}
	if note != "" {
		p.note("%s", note)
	}
}
