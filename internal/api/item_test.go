package api_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

func TestAnItemHasItsQuestionAsDetails(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	p := newPlio(w, "ann", "af", "")
	late := w.Must(201, "ann", "af", "POST", v1+"items/", fmt.Sprintf(`{"plio": %v, "time": "10.5", "meta": {"source": {"name": "default"}}}`, p["id"]))
	wantKeys(t, late.Raw, "id plio type time meta created_at updated_at details")
	if late.Fields["type"] != "question" || !strings.Contains(late.Raw, `"time":10.5,"meta":{"source":{"name":"default"}}`) || !strings.Contains(late.Raw, `"details":{}`) {
		t.Errorf("%s", late.Raw)
	}
	newID(w, "ann", "af", "items", fmt.Sprintf(`{"plio": %v, "time": 2}`, p["id"]))
	q := w.Must(201, "ann", "af", "POST", v1+"questions/", fmt.Sprintf(`{"item": %v, "text": "What?", "options": ["a", "b"], "correct_answer": 1, "max_char_limit": 100}`, late.Fields["id"]))
	wantKeys(t, q.Raw, "id item text type options correct_answer survey image has_char_limit max_char_limit created_at updated_at")
	if q.Fields["type"] != "mcq" || q.Fields["survey"] != false || q.Fields["image"] != nil || !strings.Contains(q.Raw, `"max_char_limit":100.0`) {
		t.Errorf("%s", q.Raw)
	}
	for _, path := range []string{"items/", fmt.Sprintf("items/?plio=%s", p["uuid"])} {
		list := w.Must(200, "bob", "af", "GET", v1+path, "").Body.([]any)
		if len(list) != 2 || list[0].(map[string]any)["id"] != 2.0 || list[1].(map[string]any)["details"].(map[string]any)["text"] != "What?" {
			t.Errorf("%s: %v", path, list)
		}
	}
	played := w.Must(200, "", "af", "GET", plioPath(p)+"play/", "")
	if !strings.Contains(played.Raw, q.Raw) {
		t.Errorf("%s is not in %s", q.Raw, played.Raw)
	}
	if one := w.Must(200, "bob", "af", "GET", v1+"items/1/", ""); !strings.Contains(one.Raw, q.Raw) {
		t.Errorf("%s", one.Raw)
	}
	if one := w.Must(200, "bob", "af", "GET", v1+"questions/1/", ""); one.Raw != q.Raw {
		t.Errorf("%s", one.Raw)
	}
	if list := w.Must(200, "bob", "af", "GET", v1+"questions/", ""); list.Raw != "["+q.Raw+"]" {
		t.Errorf("%s", list.Raw)
	}
}

func TestAnImageOfAQuestionIsNested(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	p := newPlio(w, "ann", "af", "")
	item := newID(w, "ann", "af", "items", fmt.Sprintf(`{"plio": %v, "time": 1}`, p["id"]))
	if _, err := w.DB.Shared().Exec(t.Context(), fmt.Sprintf("INSERT INTO %s.image (file, alt_text, created_by_id) VALUES ('images/ermdzmpdhm.png', 'A figure', 3)", schemaOf(w, "af"))); err != nil {
		t.Fatal(err)
	}
	q := w.Must(201, "ann", "af", "POST", v1+"questions/", fmt.Sprintf(`{"item": %d, "image": 1}`, item))
	image := q.Fields["image"].(map[string]any)
	if image["url"] != "/media/images/ermdzmpdhm.png" || image["alt_text"] != "A figure" || len(image) != 5 {
		t.Errorf("%s", q.Raw)
	}
	if one := w.Must(200, "ann", "af", "GET", v1+"items/1/", ""); !strings.Contains(one.Raw, q.Raw) {
		t.Errorf("%s is not in %s", q.Raw, one.Raw)
	}
	private := newPlio(w, "bob", "af", `{"is_public": false}`)
	bobs := newID(w, "bob", "af", "items", fmt.Sprintf(`{"plio": %v, "time": 1}`, private["id"]))
	w.Must(201, "bob", "af", "POST", v1+"questions/", fmt.Sprintf(`{"item": %d, "image": 1}`, bobs)) // ann's plio shows it
	wantErrors(t, w.As("bob", "", "POST", v1+"questions/", `{"item": 99, "image": 1}`), map[string]string{
		"item": `Invalid pk "99" - object does not exist.`, "image": `Invalid pk "1" - object does not exist.`,
	})
}

// TestItemsAndQuestionsAreTheirPlios: who may not use a plio neither sees nor
// adds to what is in it.
func TestItemsAndQuestionsAreTheirPlios(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, plio := range []struct{ org, body string }{{"af", ""}, {"af", `{"is_public": false}`}, {"", ""}} {
		p := newPlio(w, "ann", plio.org, plio.body)
		item := newID(w, "ann", plio.org, "items", fmt.Sprintf(`{"plio": %v, "time": 1}`, p["id"]))
		question := newID(w, "ann", plio.org, "questions", fmt.Sprintf(`{"item": %d, "correct_answer": 1}`, item))
		for _, person := range []string{"ann", "bob", "ken", "root", ""} {
			read, add := 403, 403
			switch {
			case person == "":
				read, add = 401, 401
			case person == "root" && plio.org == "af":
				read = 200 // but no member, and so adds nothing
			case person == "ann" || person == "root" || person == "bob" && plio.org == "af" && plio.body == "":
				read, add = 200, 201
			}
			for _, r := range []struct {
				method, path, body string
				want               int
			}{
				{"GET", fmt.Sprintf("items/%d/", item), "", read},
				{"GET", fmt.Sprintf("questions/%d/", question), "", read},
				{"POST", "items/", fmt.Sprintf(`{"plio": %v, "time": 1}`, p["id"]), add},
				{"POST", "questions/", fmt.Sprintf(`{"item": %d}`, item), add},
			} {
				if a := w.As(person, plio.org, r.method, v1+r.path, r.body); a.Status != r.want {
					t.Errorf("%q@%q, ann's %s: %s %s: %d %s, want %d", person, plio.org, plio.body, r.method, r.path, a.Status, a.Raw, r.want)
				}
			}
		}
	}
	for _, tt := range []struct {
		person, org  string
		items, plios int
	}{{"bob", "", 0, 0}, {"ken", "af", 0, 0}, {"ann", "unknown", 0, 0}, {"ann", "kc", 0, 0}} {
		for _, collection := range []string{"items/", "questions/"} {
			if a := w.Must(200, tt.person, tt.org, "GET", v1+collection, ""); a.Raw != "[]" {
				t.Errorf("%s@%q: %s: %s", tt.person, tt.org, collection, a.Raw)
			}
		}
	}
	w.Must(404, "ann", "kc", "GET", v1+"items/1/", "")
	if a := w.Must(200, "ann", "af", "GET", v1+"items/?plio=nowhere", ""); a.Raw != "[]" {
		t.Errorf("%s", a.Raw)
	}
}

func TestEveryBadFieldOfAnItemAndAQuestionIsTold(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	wantErrors(t, w.As("ann", "af", "POST", v1+"items/", `{"type": "video", "meta": {"a": "\ud83d"}}`), map[string]string{
		"plio": "This field is required.", "time": "This field is required.", "type": `"video" is not a valid choice.`,
		"meta": "Surrogate characters are not allowed: U+D83D.",
	})
	wantErrors(t, w.As("ann", "af", "POST", v1+"items/", `{"plio": {}, "time": []}`), map[string]string{
		"plio": "Incorrect type. Expected pk value, received dict.", "time": "A valid number is required.",
	})
	wantErrors(t, w.As("ann", "af", "POST", v1+"questions/", `{"item": 1.5, "type": "essay", "text": null, "survey": null, "max_char_limit": "x"}`), map[string]string{
		"item": "Incorrect type. Expected pk value, received float.", "type": `"essay" is not a valid choice.`, "text": "This field may not be null.",
		"survey": "This field may not be null.", "max_char_limit": "A valid number is required.",
	})
}
