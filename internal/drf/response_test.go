package drf_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.org/plio/internal/drf"
)

func TestAnAnswerIsCompactJSONWithAllSignsAsTheyAre(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]any{
		`{"a":"<b> & é हिन्दी 😀"}`:   map[string]string{"a": "<b> & é हिन्दी 😀"},
		`{"b":1,"a":[true,null]}`:    json.RawMessage(`{"b": 1, "a": [true, null]}`),
		`"deletion successful"`:      "deletion successful",
		`[]`:                         []int{},
		`null`:                       json.RawMessage(nil),
		`"\u2028\u0000\u001f\b\f\n"`: "\u2028\x00\x1f\b\f\n",
	} {
		w := httptest.NewRecorder()
		drf.Write(w, httptest.NewRequest("GET", "/", nil), drf.Created(body))
		if w.Code != http.StatusCreated || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("got %d %s %s, want 201 %s", w.Code, w.Header().Get("Content-Type"), w.Body, want)
		}
	}
}

func TestAnAnswerWithoutContentHasNoTypeEither(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	drf.Write(w, httptest.NewRequest("DELETE", "/", nil), drf.NoContent())
	if _, typed := w.Header()["Content-Type"]; w.Code != 204 || w.Body.Len() > 0 || typed {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
}

func TestHEADTellsTheLengthAndNoMore(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	drf.Write(w, httptest.NewRequest("HEAD", "/", nil), drf.OK("four"))
	if w.Code != 200 || w.Body.Len() > 0 || w.Header().Get("Content-Length") != "6" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
}

func TestAWireStructThatIsNoJSONPanicsBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	defer func() {
		if recover() == nil || w.Code != 200 || len(w.Header()) > 0 {
			t.Errorf("got %d %v", w.Code, w.Header())
		}
	}()
	drf.Write(w, httptest.NewRequest("GET", "/", nil), drf.OK(make(chan int)))
}

func TestErrorsHaveTheirWordsAndHeaders(t *testing.T) {
	t.Parallel()
	const challenge = `,error="invalid_token",error_description="The access token is invalid."`
	for _, c := range []struct {
		err           *drf.Error
		status        int
		body          string
		header, value string
	}{
		{drf.NotFound("Plio"), 404, `{"detail":"No Plio matches the given query."}`, "", ""},
		{drf.NotFoundKey(), 404, `{"detail":"Not found."}`, "", ""},
		{drf.Forbidden(), 403, `{"detail":"You do not have permission to perform this action."}`, "", ""},
		{drf.Refuse(400, "otp not provided"), 400, `{"detail":"otp not provided"}`, "", ""},
		{drf.Invalid("name", "No."), 400, `{"name":["No."]}`, "", ""},
		{drf.Unauthorized("Who?", ""), 401, `{"detail":"Who?"}`, "WWW-Authenticate", `Bearer realm="api"`},
		{drf.Unauthorized("Who?", challenge), 401, `{"detail":"Who?"}`, "WWW-Authenticate", `Bearer realm="api"` + challenge},
		{drf.Throttled(1500 * time.Millisecond), 429, `{"detail":"Request was throttled. Expected available in 2 seconds."}`, "Retry-After", "2"},
		{drf.Throttled(time.Second), 429, `{"detail":"Request was throttled. Expected available in 1 second."}`, "Retry-After", "1"},
		{drf.Throttled(-time.Second), 429, `{"detail":"Request was throttled. Expected available in 0 seconds."}`, "Retry-After", "0"},
		{drf.MethodNotAllowed("PUT", []string{"GET", "OPTIONS"}), 405, `{"detail":"Method \"PUT\" not allowed."}`, "Allow", "GET, OPTIONS"},
	} {
		w := httptest.NewRecorder()
		drf.Write(w, httptest.NewRequest("GET", "/", nil), c.err.Response)
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get(c.header) != c.value {
			t.Errorf("got %d %s %s; want %d %s %s", w.Code, w.Body, w.Header().Get(c.header), c.status, c.body, c.value)
		}
	}
}

func TestFieldsAreToldTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	if got := drf.Invalid("a", "<No>").Error(); got != `drf: 400 {"a":["<No>"]}` {
		t.Errorf("in a log: %s", got)
	}
	wrong := drf.Fields{}
	if err := wrong.Err(); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
	wrong.Add("b", "One.", "Two.")
	wrong.Add("a", "Three.")
	err := wrong.Err()
	wrong.Add("a", "later")
	if status, body := told(t, err); status != 400 || body != `{"a":["Three."],"b":["One.","Two."]}` {
		t.Errorf("got %d %s", status, body)
	}
}
