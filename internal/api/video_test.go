package api_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

func TestAVideoHasTheseFields(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	a := w.Must(201, "ann", "af", "POST", v1+"videos/", `{"url": " https://youtu.be/x ", "duration": "61"}`)
	wantKeys(t, a.Raw, "id url title duration created_at updated_at")
	if a.Fields["url"] != "https://youtu.be/x" || a.Fields["title"] != nil || !strings.Contains(a.Raw, `"duration":61.0`) {
		t.Errorf("%s", a.Raw)
	}
	a = w.Must(200, "ann", "af", "PATCH", v1+"videos/1/", `{"title": "Cells"}`)
	if a.Fields["title"] != "Cells" || a.Fields["duration"] != 61.0 {
		t.Errorf("%s", a.Raw)
	}
	a = w.Must(200, "ann", "af", "PUT", v1+"videos/1/", `{"url": "y", "duration": null}`)
	if a.Fields["title"] != "Cells" || a.Fields["duration"] != nil || a.Fields["url"] != "y" {
		t.Errorf("%s", a.Raw)
	}
	wantErrors(t, w.As("ann", "af", "POST", v1+"videos/", `{"title": "", "duration": "long"}`), map[string]string{
		"url": "This field is required.", "title": "This field may not be blank.", "duration": "A valid number is required.",
	})
	wantErrors(t, w.As("ann", "af", "POST", v1+"videos/", `{"url": "x\ud800", "duration": "inf"}`), map[string]string{
		"url": "Surrogate characters are not allowed: U+D800.", "duration": "A valid number is required.",
	})
	w.Must(204, "ann", "af", "DELETE", v1+"videos/1/", "")
	w.Must(404, "ann", "af", "GET", v1+"videos/1/", "")
	w.Must(404, "ann", "af", "GET", v1+"videos/one/", "")
	w.Must(404, "ann", "af", "GET", v1+"videos/99999999999999999999/", "")
}

// TestWhoseVideosAre: one's own, and those that plios show which one may see.
func TestWhoseVideosAre(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	loose := newID(w, "ann", "af", "videos", `{"url": "loose"}`)
	public := newID(w, "ann", "af", "videos", `{"url": "public"}`)
	private := newID(w, "ann", "af", "videos", `{"url": "private"}`)
	newPlio(w, "ann", "af", fmt.Sprintf(`{"video": %d}`, public))
	newPlio(w, "ann", "af", fmt.Sprintf(`{"video": %d, "is_public": false}`, private))
	mine := newID(w, "ann", "", "videos", `{"url": "mine"}`)
	newPlio(w, "ann", "", fmt.Sprintf(`{"video": %d}`, mine))
	for _, tt := range []struct {
		person, org string
		id          int64
		want        int
	}{
		{"ann", "af", loose, 200}, {"ann", "af", public, 200}, {"ann", "af", private, 200},
		{"bob", "af", loose, 404}, {"bob", "af", public, 200}, {"bob", "af", private, 404},
		{"ken", "af", public, 404}, {"ken", "kc", public, 404}, {"ann", "kc", public, 404}, {"ann", "unknown", public, 404},
		{"root", "af", loose, 200}, {"root", "af", private, 200}, {"", "af", public, 401},
		{"ann", "", mine, 200}, {"bob", "", mine, 404}, {"root", "", mine, 200},
	} {
		path := fmt.Sprintf("%svideos/%d/", v1, tt.id)
		read := w.As(tt.person, tt.org, "GET", path, "").Status
		change := w.As(tt.person, tt.org, "PATCH", path, `{"title": "x"}`).Status
		if read != tt.want || change != tt.want {
			t.Errorf("%s@%q: video %d: read %d, change %d, want %d", tt.person, tt.org, tt.id, read, change, tt.want)
		}
	}
	for _, tt := range []struct{ person, org, want string }{
		{"ann", "af", "loose,private,public"}, {"bob", "af", "public"}, {"ken", "af", ""}, {"root", "af", ""}, {"bob", "", ""}, {"ann", "", "mine"},
	} {
		if got := strings.Join(names(w.Must(200, tt.person, tt.org, "GET", v1+"videos/", "").Body, "url"), ","); got != tt.want {
			t.Errorf("%s@%q is listed %s, want %s", tt.person, tt.org, got, tt.want)
		}
	}
	for _, person := range []string{"ken", "eve"} {
		w.Must(403, person, "af", "POST", v1+"videos/", `{"url": "x"}`)
	}
	wantErrors(t, w.As("bob", "af", "POST", v1+"plios/", fmt.Sprintf(`{"video": %d}`, private)), map[string]string{
		"video": fmt.Sprintf(`Invalid pk "%d" - object does not exist.`, private),
	})
}
