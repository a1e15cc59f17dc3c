package api

import (
	"context"
	"errors"
	"net/http"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/drf"
)

// oneTimePasswordJSON is a one-time password on the wire, without its code.
type oneTimePasswordJSON struct {
	ID        int64    `json:"id"`
	Mobile    string   `json:"mobile"`
	ExpiresAt drf.Time `json:"expires_at"`
	CreatedAt drf.Time `json:"created_at"`
	UpdatedAt drf.Time `json:"updated_at"`
}

// tokensJSON is a pair of tokens on the wire. ExpiresIn is in seconds.
type tokensJSON struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
}

// otpRequest sends a code to a mobile number. The code is not in the answer.
func (a *API) otpRequest(ctx context.Context, c *call) (drf.Response, error) {
	mobile, err := c.required("mobile", 20)
	if err != nil {
		return drf.Response{}, err
	}
	p, err := a.auth.RequestCode(ctx, mobile, c.client())
	if errors.Is(err, auth.ErrMobile) {
		return drf.Response{}, drf.Invalid("mobile", "Enter a valid mobile number, with its country code.")
	} else if err != nil {
		return drf.Response{}, err
	}
	return drf.OK(oneTimePasswordJSON{p.ID, mobile, drf.Time(p.ExpiresAt), drf.Time(p.CreatedAt), drf.Time(p.UpdatedAt)}), nil
}

// otpVerify signs in whoever has the code. The first time makes the user.
func (a *API) otpVerify(ctx context.Context, c *call) (drf.Response, error) {
	mobile, err := c.required("mobile", 20)
	if err != nil {
		return drf.Response{}, err
	}
	code, err := c.required("otp", 20)
	if err != nil {
		return drf.Response{}, err
	}
	t, err := a.auth.VerifyCode(ctx, mobile, code, c.client())
	if errors.Is(err, auth.ErrWrongCode) || errors.Is(err, auth.ErrMobile) {
		return drf.Response{}, drf.Unauthorized("unauthorized", "")
	} else if err != nil {
		return drf.Response{}, err
	}
	return drf.OK(tokensJSON{t.Access, "Bearer", int64(t.ExpiresIn.Seconds()), t.Refresh, t.Scope}), nil
}

// required returns a text of the body; a missing one is told the way logins do.
func (c *call) required(field string, longest int) (string, error) {
	var in drf.Opt[string]
	d := c.Body.Decoder(true)
	d.String(field, &in, drf.Max(longest), drf.Blank(), drf.Null())
	if err := d.Err(); err != nil {
		return "", err
	}
	if in.Value == "" {
		return "", drf.Refuse(http.StatusBadRequest, field+" not provided")
	}
	return in.Value, nil
}
