package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
)

const requestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// RequestID is the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// named gives every request an id, which the answer carries too: the client's
// or a proxy's own where that is harmless, else a new one.
func named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !harmless(id) {
			id = strings.ToLower(rand.Text())
			r.Header.Set(requestIDHeader, id)
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// harmless reports whether a stranger's id can go into logs as it is.
func harmless(id string) bool {
	return id != "" && len(id) <= 64 && strings.IndexFunc(id, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.:", r))
	}) < 0
}

// Logged puts the request's id on every line that is logged with its context.
func Logged(h slog.Handler) slog.Handler { return logged{h} }

type logged struct{ slog.Handler }

func (l logged) Handle(ctx context.Context, rec slog.Record) error {
	if id := RequestID(ctx); id != "" {
		rec.AddAttrs(slog.String("request", id))
	}
	return l.Handler.Handle(ctx, rec)
}

func (l logged) WithAttrs(attrs []slog.Attr) slog.Handler { return logged{l.Handler.WithAttrs(attrs)} }

func (l logged) WithGroup(name string) slog.Handler { return logged{l.Handler.WithGroup(name)} }
