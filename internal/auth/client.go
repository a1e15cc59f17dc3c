package auth

import (
	"context"
	"errors"

	"example.org/plio/internal/store"
)

// EnsureClient returns the OAuth client of the web app: the one given, which it
// keeps, or else the one that is kept, or else a new one.
func EnsureClient(ctx context.Context, shared store.Shared, id, secret string) (clientID, clientSecret string, err error) {
	if (id == "") != (secret == "") {
		return "", "", errors.New("the id and the secret of the OAuth client belong together; set both or neither")
	}
	if id != "" {
		return id, secret, shared.OAuthClientUpsert(ctx, id, secret)
	}
	c, err := shared.OAuthClient(ctx)
	if errors.Is(err, store.ErrNotFound) {
		// one id, so that two first starts at once make one client
		if err := shared.OAuthClientInsert(ctx, "plio", newToken()); err != nil {
			return "", "", err
		}
		c, err = shared.OAuthClient(ctx)
	}
	return c.ID, c.ClientSecret, err
}
