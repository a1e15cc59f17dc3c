package tenancy

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
)

var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)

// wellFormed checks the letters of a key.
func wellFormed(key string) error {
	if keyForm.MatchString(key) {
		return nil
	}
	if len(key) > 60 {
		key = key[:60] + "…"
	}
	return fmt.Errorf("%w: %q", ErrInvalidKey, key)
}

// checkKey checks a new key: one that Create or Rename is to give.
func (f *fleet) checkKey(key string) error {
	if err := wellFormed(key); err != nil {
		return err
	}
	if f.reserved[strings.ToLower(key)] {
		return fmt.Errorf("%w: %q", ErrReserved, key)
	}
	return nil
}

// newSchema returns a schema's name that tells nothing, and that nobody chose:
// 10 letters, 47 bits.
func newSchema() string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	name := make([]byte, 0, 10)
	var b [1]byte
	for len(name) < cap(name) {
		rand.Read(b[:]) //nolint:errcheck // it ends the program rather than fail
		if b[0] < 234 { // 9 × 26: each letter is as likely
			name = append(name, letters[b[0]%26])
		}
	}
	return string(name)
}
