package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.org/plio/internal/plitest"
)

func TestMain(m *testing.M) { plitest.Main(m) }

const v1 = "/api/v1/"

// newPlio makes a plio of person's in org, and returns it.
func newPlio(w *plitest.World, person, org, body string) map[string]any {
	w.Helper()
	return w.Must(201, person, org, "POST", v1+"plios/", body).Fields
}

// plioPath is the path of a plio.
func plioPath(plio map[string]any) string { return fmt.Sprintf("%splios/%s/", v1, plio["uuid"]) }

// newID makes an object with POST and returns its id.
func newID(w *plitest.World, person, org, collection, body string) int64 {
	w.Helper()
	return int64(w.Must(201, person, org, "POST", v1+collection+"/", body).Fields["id"].(float64))
}

// keys returns the keys of a JSON object, in the order that they came in.
func keys(t *testing.T, raw string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(raw))
	var keys []string
	depth, key := 0, false
	for {
		token, err := d.Token()
		if err != nil {
			return keys
		}
		if delim, ok := token.(json.Delim); ok {
			if delim == '{' || delim == '[' {
				depth++
			} else {
				depth--
			}
			key = depth == 1
			continue
		}
		if depth == 1 && key {
			keys = append(keys, token.(string))
			key = false
		} else if depth == 1 {
			key = true
		}
	}
}

// wantKeys fails t unless the object has these keys and no others, in order.
func wantKeys(t *testing.T, raw, want string) {
	t.Helper()
	if got := strings.Join(keys(t, raw), " "); got != want {
		t.Errorf("keys: got  %s\nwant %s\nin %s", got, want, raw)
	}
}

// wantErrors fails t unless the answer is 400 with exactly these fields in it.
func wantErrors(t *testing.T, a plitest.Answer, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for field, messages := range a.Fields {
		if list, ok := messages.([]any); ok && len(list) > 0 {
			got[field] = fmt.Sprint(list[0])
		} else {
			got[field] = fmt.Sprint(messages)
		}
	}
	if a.Status != 400 || !maps.Equal(got, want) {
		t.Errorf("got %d %s, want 400 %v", a.Status, a.Raw, want)
	}
}

func names(list any, field string) []string {
	got := []string{}
	for _, e := range list.([]any) {
		got = append(got, fmt.Sprint(e.(map[string]any)[field]))
	}
	slices.Sort(got)
	return got
}
