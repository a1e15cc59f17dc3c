package api

import (
	"errors"
	"net/http"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/drf"
)

// fail is the only place where an error becomes an answer. What is no answer
// yet is ours: it is logged with its cause, and not shown.
func (a *API) fail(r *http.Request, err error) drf.Response {
	if e, ok := errors.AsType[*drf.Error](err); ok {
		return e.Response
	}
	if errors.Is(err, auth.ErrNoCredentials) {
		return drf.Unauthorized("Authentication credentials were not provided.", "").Response
	}
	if e, ok := errors.AsType[*auth.BearerError](err); ok {
		challenge := ""
		if e.InvalidToken {
			challenge = `,error="invalid_token",error_description="The access token is invalid."`
		}
		return drf.Unauthorized(e.Detail, challenge).Response
	}
	if e, ok := errors.AsType[*auth.ThrottledError](err); ok {
		return drf.Throttled(e.Wait).Response
	}
	if r.Context().Err() != nil {
		a.log.InfoContext(r.Context(), "the client has gone", "method", r.Method, "path", r.URL.Path)
	} else {
		a.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	return drf.Refuse(http.StatusInternalServerError, "A server error occurred.").Response
}
