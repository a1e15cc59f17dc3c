package auth_test

import (
	"errors"
	"testing"

	"example.org/plio/internal/auth"
)

func TestAnAuthorizationHeaderIsATokenOrAnErrorThatClientsKnow(t *testing.T) {
	t.Parallel()
	const (
		none   = "Authentication credentials were not provided."
		alone  = "Invalid token header. No backend provided."
		spaces = "Invalid token header. Token string should not contain spaces."
	)
	for _, tt := range []struct{ header, token, detail string }{
		{"", "", none},
		{"   ", "", none},
		{"Basic YTpi", "", none},
		{"Token abc", "", none},
		{"Bearerabc", "", none},
		{"Bearer", "", alone},
		{"bearer ", "", alone},
		{"Bearer abc", "abc", ""},
		{"bEARER abc", "abc", ""},
		{"Bearer  abc ", "abc", ""},
		{"Bearer a b", "", spaces},
		{"Bearer a b c", "", spaces},
	} {
		token, err := auth.Bearer(tt.header)
		refused, _ := errors.AsType[*auth.BearerError](err)
		if token != tt.token || (err == nil) != (tt.detail == "") || err != nil && (refused.Detail != tt.detail || refused.InvalidToken) {
			t.Errorf("%q: %q, %+v", tt.header, token, refused)
		}
		if errors.Is(err, auth.ErrNoCredentials) != (tt.detail == none) {
			t.Errorf("%q: %v", tt.header, err)
		}
	}
}
