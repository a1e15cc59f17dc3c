package notify_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"example.org/plio/internal/notify"
)

func TestTheLogHasMobileAndCode(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sms, err := notify.New("log", slog.New(slog.NewJSONHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := sms.Send(t.Context(), "+919812345678", "012345"); err != nil {
		t.Fatal(err)
	}
	var line struct{ Mobile, Code string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Mobile != "+919812345678" || line.Code != "012345" {
		t.Errorf("%s: %v", &out, err)
	}
}

func TestAnUnknownKindIsRefusedWithThoseThereAre(t *testing.T) {
	t.Parallel()
	_, err := notify.New("pigeon", slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), `"pigeon"`) || !strings.Contains(err.Error(), "log") {
		t.Errorf("error %v", err)
	}
}
