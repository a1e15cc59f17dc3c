package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestColumnsAreAsWideAsWhatATerminalShows(t *testing.T) {
	t.Parallel()
	tab := newTable("SHORTCODE", "NAME", "PLIOS>")
	tab.add("af", "अवंती फेलोज़", 7)
	tab.add("kc", "Kala Club", 1200)
	tab.add("ja", "日本語", nil)
	tab.add("x", "a\x1b[2Jb\nc", 0)
	var b strings.Builder
	if err := tab.write(&b); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"SHORTCODE  NAME       PLIOS\n" +
		"af         अवंती फेलोज़      7\n" +
		"kc         Kala Club   1200\n" +
		"ja         日本語\n" +
		"x          a\uFFFD[2Jb\uFFFDc       0\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestALogForEyesIsShortAndCannotBeForged(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := slog.New(&lines{w: &b, mu: &sync.Mutex{}})
	for _, tt := range []struct {
		log  func()
		want string
	}{
		{func() { log.Info("the database is up to date", "workspaces", 3) }, "the database is up to date workspaces=3\n"},
		{func() { log.Warn("behind", "workspace", "a b") }, "WARN  behind workspace=\"a b\"\n"},
		{func() { log.Error("gone", "err", errors.New("no\nluck\x1b[2J")) }, "ERROR  gone err=\"no\\nluck\\x1b[2J\"\n"},
		{func() { log.Debug("unseen") }, ""},
		{func() { log.With("a", 1).WithGroup("g").Info("deep", "b", 2) }, "deep a=1 g.b=2\n"},
		{func() {
			log.Info("request", "method", "GET", "path", "/api/v1/plios/", "status", 200, "took", 3*time.Millisecond, "bytes", 9, "remote", "x", "workspace", "af")
		}, "GET /api/v1/plios/  200  3ms  in af\n"},
		{func() { log.Error("panic", "stack", "one\ntwo\n") }, "ERROR  panic\n          one\n          two\n"},
	} {
		b.Reset()
		tt.log()
		got := b.String()
		if tt.want == "" && got == "" {
			continue
		}
		if _, at, ok := strings.Cut(got, "  "); !ok || at != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestWorkOnALogTellsNowAndThenAndShortWorkNothing(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := (&env{stderr: &b}).progress("importing")
	p.set(1, 10)
	if b.Len() > 0 {
		t.Errorf("it told at once: %q", b.String())
	}
	p.start, p.last = p.start.Add(-time.Minute), p.last.Add(-time.Minute)
	p.set(2, 10)
	p.set(3, 10)
	p.end()
	if got, want := b.String(), "importing: 2 of 10, 4m0s left\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAServersProgressIsInItsLog(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := (&env{stderr: io.Discard, log: slog.New(slog.NewJSONHandler(&b, nil))}).progress("migrating")
	p.last = p.last.Add(-time.Minute)
	p.set(10, 10)
	var line struct{ Msg string }
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || line.Msg != "migrating: 10 of 10" {
		t.Errorf("%v: %q", err, b.String())
	}
}

func TestABarShowsCountsToWhoLooksOn(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := (&env{stderr: &b, live: true}).progress("migrating")
	p.start = p.start.Add(-time.Second)
	p.set(20, 100)
	time.Sleep(70 * time.Millisecond)
	p.set(40, 100)
	if got := b.String(); !strings.Contains(got, "migrating") || !strings.Contains(got, "/100") || !strings.Contains(got, "%") {
		t.Errorf("got %q", got)
	}
	p.end()
}

func TestAnErrorKnowsItsExitCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("no"), 1},
		{usage("no such thing"), 2},
		{fmt.Errorf("after all: %w", partly("3 files")), 3},
		{fmt.Errorf("stopped: %w", t.Context().Err()), 1},
	} {
		if got := codeOf(tt.err); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.err, got, tt.want)
		}
	}
}
