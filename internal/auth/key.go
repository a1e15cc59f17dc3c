package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.org/plio/internal/store"
)

// Key encrypts what must be shown again, such as an organization's API key.
type Key struct {
	gcm         cipher.AEAD
	fingerprint []byte
}

const keySize = 32

func newKey(secret []byte) (Key, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return Key{}, err
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, err
	}
	fingerprint := sha256.Sum256(append([]byte("plio encryption key\x00"), secret...))
	return Key{gcm, fingerprint[:]}, nil
}

// about binds what is sealed to what it is, so that it opens as nothing else.
var about = []byte("plio organization api_key")

// Seal encrypts a secret (AES-256-GCM, a random nonce each time).
func (k Key) Seal(secret string) ([]byte, error) {
	if k.gcm == nil {
		return nil, errNoKey
	}
	return k.gcm.Seal(nil, nil, []byte(secret), about), nil
}

// Open decrypts what Seal made.
func (k Key) Open(sealed []byte) (string, error) {
	if k.gcm == nil {
		return "", errNoKey
	}
	secret, err := k.gcm.Open(nil, nil, sealed, about)
	if err != nil {
		return "", errors.New("auth: a kept secret cannot be read: it was changed, or another key wrote it")
	}
	return string(secret), nil
}

var errNoKey = errors.New("auth: no encryption key was loaded")

// SealAPIKey returns an API key the two ways it is kept: encrypted, to be shown
// again, and as the hash that finds it.
func (k Key) SealAPIKey(key string) (sealed, sha256 []byte, err error) {
	sealed, err = k.Seal(key)
	return sealed, HashToken(key), err
}

// NewAPIKey returns a new API key: 20 letters and digits, 100 random bits.
func NewAPIKey() string { return rand.Text()[:20] }

// Fingerprint tells keys apart without telling them.
func (k Key) Fingerprint() []byte { return k.fingerprint }

// KeyMismatchError is returned for a key that is not the database's.
type KeyMismatchError struct{ Database, Given string }

// Error implements error.
func (e *KeyMismatchError) Error() string {
	return fmt.Sprintf("this database was written with another encryption key (fingerprint %s) than the one given (%s); "+
		"set PLIO_ENCRYPTION_KEY to the right one, or put back the file %s that was in the data folder when the database was made",
		e.Database, e.Given, KeyFile)
}

// KeyMissingError is a file that is gone, although the database was written with
// the key in it.
type KeyMissingError struct{ Path, Database string }

func (e *KeyMissingError) Error() string {
	return fmt.Sprintf("the encryption key %s of this database is missing: put the file %s back, or set PLIO_ENCRYPTION_KEY", e.Database, e.Path)
}

// OpenKey is LoadKey and CheckKey. It makes no key for a database that has one.
func OpenKey(ctx context.Context, shared store.Shared, setting, dataDir string) (Key, error) {
	path := filepath.Join(dataDir, KeyFile)
	if _, err := os.Stat(path); setting == "" && errors.Is(err, fs.ErrNotExist) {
		kept, err := shared.KeyFingerprint(ctx)
		if err == nil {
			return Key{}, &KeyMissingError{path, short(kept)}
		} else if !errors.Is(err, store.ErrNotFound) {
			return Key{}, err
		}
	}
	k, err := LoadKey(setting, dataDir)
	if err != nil {
		return Key{}, err
	}
	return k, CheckKey(ctx, shared, k)
}

// CheckKey makes sure that k is the key that the database was written with; the
// first start of all notes it. It returns a *KeyMismatchError.
func CheckKey(ctx context.Context, shared store.Shared, k Key) error {
	if err := shared.KeyFingerprintInsert(ctx, k.fingerprint); err != nil {
		return err
	}
	kept, err := shared.KeyFingerprint(ctx)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(kept, k.fingerprint) != 1 {
		return &KeyMismatchError{short(kept), short(k.fingerprint)}
	}
	return nil
}

func short(fingerprint []byte) string { return hex.EncodeToString(fingerprint)[:12] }

// parseKey reads a key as it is written in the setting and in the file.
func parseKey(text string) (Key, error) {
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Key{}, errors.New("it is not base64")
	}
	if len(secret) != keySize {
		return Key{}, fmt.Errorf("it holds %d bytes, not %d", len(secret), keySize)
	}
	return newKey(secret)
}

func randomKey() string {
	secret := make([]byte, keySize)
	rand.Read(secret) // never fails
	return base64.StdEncoding.EncodeToString(secret)
}
