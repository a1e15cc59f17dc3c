package postgres

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lines logs what the server says before its own log is open.
type lines struct{ log *slog.Logger }

func (l lines) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		l.log.Debug("PostgreSQL", "said", strings.TrimSpace(line))
	}
	return len(p), nil
}

// lastWords returns the end of a log that was written to just now, as a part
// of an error: a server that fails says there why.
func lastWords(data string) string {
	files, _ := filepath.Glob(filepath.Join(data, "log", "*.log")) // fails for a bad pattern only
	var newest string
	var at time.Time
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.ModTime().After(at) {
			newest, at = file, info.ModTime()
		}
	}
	if newest == "" || time.Since(at) > time.Minute {
		return ""
	}
	text, err := os.ReadFile(newest)
	if err != nil {
		return ""
	}
	said := strings.Split(strings.TrimSpace(string(text)), "\n")
	return "\nthe end of " + newest + ":\n" + strings.Join(said[max(0, len(said)-8):], "\n")
}
