// Package notify sends what must reach somebody outside the platform.
package notify

import (
	"context"
	"fmt"
	"log/slog"
)

// SMS carries a one-time password to a phone.
type SMS interface {
	// Send sends code to mobile (E.164), and returns when it is on its way.
	Send(ctx context.Context, mobile, code string) error
}

// New returns the SMS of a kind. The only kind is "log", which sends nothing: it
// writes a line with the fields mobile and code to log.
func New(kind string, log *slog.Logger) (SMS, error) {
	switch kind {
	case "log":
		return logged{log}, nil
	default:
		return nil, fmt.Errorf("no way to send SMS is called %q; there is: log", kind)
	}
}

type logged struct{ log *slog.Logger }

func (l logged) Send(ctx context.Context, mobile, code string) error {
	l.log.InfoContext(ctx, "one-time password", "mobile", mobile, "code", code)
	return nil
}
