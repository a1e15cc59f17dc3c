package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"example.org/plio/internal/config"
	"example.org/plio/internal/server"
)

// newLog is the log in the form that the settings want: for machines as JSON or
// key=value, for somebody who looks on as short lines.
func newLog(cfg config.Config, w io.Writer, live bool) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.LogLevel}
	var h slog.Handler
	switch {
	case cfg.Log == "json":
		h = slog.NewJSONHandler(w, opts)
	case live:
		h = &lines{w: w, mu: &sync.Mutex{}, level: cfg.LogLevel, colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	default:
		h = slog.NewTextHandler(w, opts)
	}
	return slog.New(server.Logged(h))
}

// lines is a log for eyes: the time of day, what happened, and with what.
type lines struct {
	w      io.Writer
	mu     *sync.Mutex
	level  slog.Level
	colour bool
	attrs  []slog.Attr
	group  string
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

func (l *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *l
	with.attrs = append(l.attrs[:len(l.attrs):len(l.attrs)], l.named(attrs)...)
	return &with
}

func (l *lines) WithGroup(name string) slog.Handler {
	with := *l
	with.group += name + "."
	return &with
}

func (l *lines) named(attrs []slog.Attr) []slog.Attr {
	named := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		named[i] = slog.Attr{Key: l.group + a.Key, Value: a.Value.Resolve()}
	}
	return named
}

func (l *lines) Handle(_ context.Context, rec slog.Record) error {
	var own []slog.Attr
	rec.Attrs(func(a slog.Attr) bool { own = append(own, a); return true })
	attrs := append(l.attrs[:len(l.attrs):len(l.attrs)], l.named(own)...)
	var b strings.Builder
	b.WriteString(l.ink("2", rec.Time.Format("15:04:05")) + "  ")
	switch {
	case rec.Level >= slog.LevelError:
		b.WriteString(l.ink("31", "ERROR  "))
	case rec.Level >= slog.LevelWarn:
		b.WriteString(l.ink("33", "WARN  "))
	}
	if rec.Message == "request" {
		request(&b, attrs)
	} else {
		l.message(&b, rec.Message, attrs)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.w, b.String())
	return err
}

// request is the server's line of one request, without what only machines
// look for.
func request(b *strings.Builder, attrs []slog.Attr) {
	values := map[string]string{}
	for _, a := range attrs {
		values[a.Key] = a.Value.String()
	}
	fmt.Fprintf(b, "%s %s  %s  %s", shown(values["method"]), shown(cmp.Or(values["path"], "/")), values["status"], values["took"])
	if w := values["workspace"]; w != "" {
		b.WriteString("  in " + shown(w))
	}
	b.WriteByte('\n')
}

func (l *lines) message(b *strings.Builder, text string, attrs []slog.Attr) {
	b.WriteString(text)
	stack := ""
	for _, a := range attrs {
		if a.Key == "stack" {
			stack = a.Value.String()
			continue
		}
		b.WriteString(l.ink("2", " "+a.Key+"="+shown(a.Value.String())))
	}
	b.WriteByte('\n')
	for line := range strings.Lines(stack) {
		b.WriteString("          " + line)
	}
}

// shown quotes what would not stay one word on a terminal, or would move its
// cursor: part of it strangers have written.
func shown(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '"' || r == unicode.ReplacementChar
	}) {
		return strconv.Quote(s)
	}
	return s
}

func (l *lines) ink(code, text string) string {
	if !l.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
