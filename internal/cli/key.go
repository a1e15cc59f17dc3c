package cli

import (
	"context"
	"errors"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/store"
)

// key is the encryption key, once it is known to be the database's.
func (e *env) key(ctx context.Context, shared store.Shared) (auth.Key, error) {
	return auth.OpenKey(ctx, shared, e.cfg.EncryptionKey, e.cfg.DataDir)
}

// keyState says whether the encryption key is the database's, and makes none.
func (e *env) keyState(ctx context.Context, shared store.Shared) (string, error) {
	if _, err := shared.KeyFingerprint(ctx); errors.Is(err, store.ErrNotFound) {
		return "not needed yet", nil
	}
	_, err := e.key(ctx, shared)
	if _, ok := errors.AsType[*auth.KeyMissingError](err); ok {
		return "missing", nil
	}
	if _, ok := errors.AsType[*auth.KeyMismatchError](err); ok {
		return "does not fit", nil
	}
	return "fits", err
}
