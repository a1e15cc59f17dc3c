package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/store"
)

// keyFile is where auth.LoadKey keeps a key that no setting gives.
func (e *env) keyFile() string { return filepath.Join(e.cfg.DataDir, "encryption.key") }

// key is the encryption key, once it is known to be the database's.
func (e *env) key(ctx context.Context, shared store.Shared) (auth.Key, error) {
	key, err := auth.LoadKey(e.cfg.EncryptionKey, e.cfg.DataDir)
	if err == nil {
		err = errors.Join(e.giveKeyAway(), auth.CheckKey(ctx, shared, key))
	}
	return key, err
}

// giveKeyAway gives a key that root has made to whose data it is: their server
// could not read it else.
func (e *env) giveKeyAway() error {
	dir, err := os.Stat(e.cfg.DataDir)
	if err != nil || os.Geteuid() != 0 {
		return nil //nolint:nilerr // the key is in a setting, or its owner's already
	}
	owner := dir.Sys().(*syscall.Stat_t)
	if err := os.Lchown(e.keyFile(), int(owner.Uid), int(owner.Gid)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// keyState says whether the encryption key is the database's, and makes none.
func (e *env) keyState(ctx context.Context, shared store.Shared) (string, error) {
	if _, err := shared.KeyFingerprint(ctx); errors.Is(err, store.ErrNotFound) {
		return "not needed yet", nil
	}
	if _, err := os.Stat(e.keyFile()); e.cfg.EncryptionKey == "" && errors.Is(err, os.ErrNotExist) {
		return "missing", nil
	}
	key, err := auth.LoadKey(e.cfg.EncryptionKey, e.cfg.DataDir)
	if err != nil {
		return "", err
	}
	err = auth.CheckKey(ctx, shared, key)
	if _, ok := errors.AsType[*auth.KeyMismatchError](err); ok {
		return "does not fit", nil
	}
	return "fits", err
}
