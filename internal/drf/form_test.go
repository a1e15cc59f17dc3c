package drf_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/plio/internal/drf"
)

// multi is a multipart form with one file, unless that has no name, and one
// text.
func multi(t *testing.T, file, content, altText string) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("alt_text", altText); err != nil {
		t.Fatal(err)
	}
	if file != "" {
		part, err := w.CreateFormFile("url", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

func TestAFileComesWithItsNameAndBytes(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("\x89PNG\x00\xff", 100_000)
	var file drf.Opt[*multipart.FileHeader]
	var alt drf.Opt[string]
	contentType, body := multi(t, "चित्र.png", content, " A figure ")
	b := read(t, contentType, body)
	d := b.Decoder(false)
	d.File("url", &file)
	d.String("alt_text", &alt)
	if err := d.Err(); err != nil || alt != set("A figure") || file.Value.Filename != "चित्र.png" {
		t.Fatalf("got %v %v, %v", file, alt, err)
	}
	opened, err := file.Value.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if got, err := io.ReadAll(opened); err != nil || string(got) != content {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(content))
	}
	if got := strings.Join(b.Names(), " "); got != "alt_text url" {
		t.Errorf("names: %s", got)
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	empty, emptyBody := multi(t, "a.png", "", "x")
	none, noneBody := multi(t, "", "", "x")
	const noFile = "The submitted data was not a file. Check the encoding type on the form."
	for _, c := range []struct{ contentType, body, want string }{
		{empty, emptyBody, `{"url":["The submitted file is empty."]}`},
		{none, noneBody, `{"url":["No file was submitted."]}`},
		{formType, "url=a.png", `{"url":["` + noFile + `"]}`},
		{jsonType, `{"url":"a.png"}`, `{"url":["` + noFile + `"]}`},
		{jsonType, `{"url":null}`, `{"url":["This field may not be null."]}`},
		{jsonType, `{}`, `{"url":["No file was submitted."]}`},
	} {
		var file drf.Opt[*multipart.FileHeader]
		d := read(t, c.contentType, c.body).Decoder(false)
		d.File("url", &file)
		if status, body := told(t, d.Err()); status != 400 || body != c.want {
			t.Errorf("%.40s: got %d %s, want %s", c.body, status, body, c.want)
		}
	}
}

func TestAFileIsNoOtherField(t *testing.T) {
	t.Parallel()
	contentType, body := multi(t, "1", "1", "x")
	b := read(t, contentType, body)
	d := b.Decoder(false)
	var text drf.Opt[string]
	var id drf.Opt[int64]
	var truth drf.Opt[bool]
	d.String("url", &text)
	d.PK("url", &id)
	d.Bool("url", &truth)
	const want = `{"url":["Not a valid string.","Incorrect type. Expected pk value, received InMemoryUploadedFile.","Must be a valid boolean."]}`
	if _, got := told(t, d.Err()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestAMultipartFormThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	var parts strings.Builder
	for range 1001 {
		parts.WriteString("--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\r\n")
	}
	for body, want := range map[string]string{
		"x":                          "Multipart form parse error - no part and no end was found",
		"--x\r\nbroken\r\n\r\n":      "Multipart form parse error - ",
		parts.String() + "--x--\r\n": "Multipart form parse error - more than 1000 parts, or too many headers",
	} {
		_, err := drf.ReadBody(httptest.NewRecorder(), post("multipart/form-data; boundary=x", body))
		if status, got := told(t, err); status != 400 || !strings.HasPrefix(got, `{"detail":"`+want) {
			t.Errorf("%.30q: got %d %s, want %s", body, status, got, want)
		}
	}
}
