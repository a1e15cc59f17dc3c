package auth

import "strings"

// BearerError refuses an Authorization header. Detail is what the client is
// told; with InvalidToken the answer's WWW-Authenticate says invalid_token too.
type BearerError struct {
	Detail       string
	InvalidToken bool
}

// Error implements error.
func (e *BearerError) Error() string { return e.Detail }

var (
	// ErrNoCredentials is returned for a header that is absent or has another
	// scheme: a guest, where guests are let in.
	ErrNoCredentials = &BearerError{Detail: "Authentication credentials were not provided."}
	// ErrUnknownToken is what a token gets that is unknown, revoked or expired.
	// (It says "no credentials" because clients in the world read that.)
	ErrUnknownToken = &BearerError{Detail: "Invalid token header. No credentials provided.", InvalidToken: true}
)

// Bearer returns the token in an Authorization header. Its errors are
// *BearerError, one of them ErrNoCredentials.
func Bearer(header string) (token string, err error) {
	fields := strings.Fields(header)
	switch {
	case len(fields) == 0 || !strings.EqualFold(fields[0], "Bearer"):
		return "", ErrNoCredentials
	case len(fields) == 1:
		return "", &BearerError{Detail: "Invalid token header. No backend provided."}
	case len(fields) > 2:
		return "", &BearerError{Detail: "Invalid token header. Token string should not contain spaces."}
	}
	return fields[1], nil
}
