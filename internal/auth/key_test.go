package auth_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/plio/internal/auth"
)

func loadKey(t *testing.T, setting, dir string) auth.Key {
	t.Helper()
	k, err := auth.LoadKey(setting, dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var setting = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

func TestAKeyOpensWhatItSealedAndNothingElse(t *testing.T) {
	t.Parallel()
	k, other := loadKey(t, setting, ""), loadKey(t, "", t.TempDir())
	one, err := k.Seal("SkW4DIBX4sYyWWAliy0z")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := k.Seal("SkW4DIBX4sYyWWAliy0z")
	if bytes.Equal(one, two) || bytes.Contains(one, []byte("SkW4")) {
		t.Error("what is sealed tells something")
	}
	if got, err := k.Open(one); got != "SkW4DIBX4sYyWWAliy0z" || err != nil {
		t.Errorf("opened %q, %v", got, err)
	}
	changed := bytes.Clone(one)
	changed[len(changed)-1] ^= 1
	for what, open := range map[string]func() (string, error){
		"by another key": func() (string, error) { return other.Open(one) },
		"changed":        func() (string, error) { return k.Open(changed) },
		"cut":            func() (string, error) { return k.Open(one[:5]) },
		"by no key":      func() (string, error) { return auth.Key{}.Open(one) },
	} {
		if got, err := open(); err == nil || got != "" {
			t.Errorf("%s: %q", what, got)
		}
	}
	if _, err := (auth.Key{}).Seal("x"); err == nil {
		t.Error("no key seals")
	}
}

func TestAKeyIsMadeOnceAndOnlyItsOwnerReadsIt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	keys := make([]auth.Key, 20)
	atOnce(20, func(i int) {
		var err error
		if keys[i], err = auth.LoadKey("", dir); err != nil {
			t.Error(err)
		}
	})
	for _, k := range keys {
		if !bytes.Equal(k.Fingerprint(), keys[0].Fingerprint()) {
			t.Fatal("twenty first starts have different keys")
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "encryption.key" {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "encryption.key"))
	if fromSetting := loadKey(t, string(text), ""); !bytes.Equal(fromSetting.Fingerprint(), keys[0].Fingerprint()) {
		t.Error("the file's text as a setting is another key")
	}
}

func TestAKeyThatIsNoneIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what, setting, file string
		mode                os.FileMode
		want                string
	}{
		{"no base64", "!", "", 0, "PLIO_ENCRYPTION_KEY"},
		{"too short", base64.StdEncoding.EncodeToString(make([]byte, 16)), "", 0, "16 bytes"},
		{"an empty file", "", " ", 0o600, "encryption.key is no encryption key"},
		{"half a file", "", setting[:20], 0o600, "put the right file back"},
		{"a file that all can read", "", setting, 0o644, "chmod 600"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "encryption.key")
		if tt.file != "" {
			if err := os.WriteFile(path, []byte(tt.file), tt.mode); err != nil {
				t.Fatal(err)
			}
		}
		_, err := auth.LoadKey(tt.setting, dir)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.what, err)
		}
		if tt.setting != "" && err != nil && strings.Contains(err.Error(), tt.setting+" ") {
			t.Errorf("%s: the error tells the setting: %v", tt.what, err)
		}
		if text, _ := os.ReadFile(path); string(text) != tt.file {
			t.Errorf("%s: the file was changed to %q", tt.what, text)
		}
	}
}

func TestADatabaseKeepsItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k, other := loadKey(t, setting, ""), loadKey(t, "", t.TempDir())
	for range 2 {
		if err := auth.CheckKey(t.Context(), w.shared, k); err != nil {
			t.Fatal(err)
		}
	}
	err := auth.CheckKey(t.Context(), w.shared, other)
	if _, ok := errors.AsType[*auth.KeyMismatchError](err); !ok {
		t.Fatalf("another key: %v", err)
	}
	for _, want := range []string{"PLIO_ENCRYPTION_KEY", "encryption.key", "another encryption key"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if err := auth.CheckKey(t.Context(), w.shared, k); err != nil {
		t.Errorf("the right one afterwards: %v", err)
	}
}

func TestNoKeyIsMadeForADatabaseThatHasOne(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(t), t.TempDir()
	first, err := auth.OpenKey(t.Context(), w.shared, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := auth.OpenKey(t.Context(), w.shared, "", dir); err != nil || !bytes.Equal(again.Fingerprint(), first.Fingerprint()) {
		t.Errorf("the second start: %v", err)
	}
	path := filepath.Join(dir, auth.KeyFile)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = auth.OpenKey(t.Context(), w.shared, "", dir)
	if _, ok := errors.AsType[*auth.KeyMissingError](err); !ok || !strings.Contains(err.Error(), path) {
		t.Errorf("the file is gone: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("another key was made")
	}
}
