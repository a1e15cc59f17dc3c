package api_test

import (
	"fmt"
	"testing"

	"example.org/plio/internal/plitest"
)

// TestTheChainBehindAPooler goes the whole way through PgBouncer, which gives
// each transaction any of its two connections.
func TestTheChainBehindAPooler(t *testing.T) {
	t.Parallel()
	w := plitest.NewBehindPooler(t)
	for _, org := range []string{"north", "south"} {
		id := newID(w, "root", "", "organizations", fmt.Sprintf(`{"name": %q, "shortcode": %q, "config": {"a": 1}}`, org, org))
		w.Must(201, "root", "", "POST", memberships, fmt.Sprintf(`{"user": 6, "organization": %d, "role": 2}`, id))
		w.Must(200, "eve", org, "PATCH", fmt.Sprintf("%sorganizations/%d/setting/", v1, id), `{"b": [2]}`)
	}
	paths := map[string]string{}
	for range 3 {
		for _, org := range []string{"north", "south", "af"} {
			person := map[bool]string{true: "ann", false: "eve"}[org == "af"]
			video := newID(w, person, org, "videos", `{"url": "https://youtu.be/x", "duration": 61}`)
			p := newPlio(w, person, org, fmt.Sprintf(`{"name": %q, "config": {"c": [1, null]}, "video": %d}`, org, video))
			item := newID(w, person, org, "items", fmt.Sprintf(`{"plio": %v, "time": 1.5, "meta": {"d": {}}}`, p["id"]))
			newID(w, person, org, "questions", fmt.Sprintf(`{"item": %d, "options": ["a"], "correct_answer": 0, "max_char_limit": 9}`, item))
			w.Must(200, person, org, "PATCH", plioPath(p), `{"status": "published", "is_public": true}`)
			paths[org] = plioPath(p)
		}
	}
	for org, path := range paths {
		if a := w.Must(200, "", org, "GET", path+"play/", ""); a.Fields["name"] != org {
			t.Errorf("%s plays %s", org, a.Raw)
		}
		for other := range paths {
			if other != org {
				w.Must(404, "root", other, "GET", path, "")
			}
		}
	}
	if a := w.Must(200, "eve", "south", "GET", v1+"plios/?search=south&ordering=-name", ""); a.Fields["count"] != 3.0 {
		t.Errorf("%s", a.Raw)
	}
	w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": "+919812345678"}`)
	w.Must(200, "", "", "POST", v1+"otp/verify/", fmt.Sprintf(`{"mobile": "+919812345678", "otp": %q}`, w.SMS.Codes(ada)[0]))
}
