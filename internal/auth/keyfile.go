package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// KeyFile is the name of the file that holds the encryption key, in the data
// folder.
const KeyFile = "encryption.key"

// LoadKey returns the key in setting (base64 of 32 bytes), or else the one in
// the file encryption.key of dataDir, which it makes when it is not there.
func LoadKey(setting, dataDir string) (Key, error) {
	if setting != "" {
		k, err := parseKey(strings.TrimSpace(setting))
		if err != nil {
			return k, fmt.Errorf("PLIO_ENCRYPTION_KEY must be 32 random bytes in base64, as `openssl rand -base64 32` prints: %w", err)
		}
		return k, nil
	}
	path := filepath.Join(dataDir, KeyFile)
	text, err := readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKeyFile(path); err != nil {
			return Key{}, fmt.Errorf("making the encryption key: %w", err)
		}
		text, err = readKeyFile(path)
	}
	if err != nil {
		return Key{}, err
	}
	k, err := parseKey(strings.TrimSpace(text))
	if err != nil {
		return k, fmt.Errorf("%s is no encryption key: %w; put the right file back (a new key cannot read what the old one wrote)", path, err)
	}
	return k, nil
}

func readKeyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others (mode %04o); run: chmod 600 %[1]s", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// makeKeyFile writes a new key, whole or not at all. When another process made
// one meanwhile, that one stays.
func makeKeyFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, KeyFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(randomKey() + "\n")
	if err := errors.Join(err, giveAway(f, dir), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

// giveAway gives what root has made to whose folder it is in: their server could
// not read it else.
func giveAway(f *os.File, dir string) error {
	info, err := os.Stat(dir)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		return f.Chown(int(owner.Uid), int(owner.Gid))
	}
	return nil
}

// syncDir makes the name of a new file outlive a loss of power.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
