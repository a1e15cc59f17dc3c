// Package importer brings what other stores hold into a workspace: the JSON
// files that Plio kept before its database.
package importer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// JSONStore is a folder of JSON files, one for each entity: videos, users,
// answers, experiments and tags.
type JSONStore struct {
	dir  string
	root *os.Root
}

// folders are those that a store has; only the first has to be there.
func folders() []string { return []string{"videos", "users", "answers", "experiments", "tags"} }

// OpenJSON opens the store in dir. The error says what dir is instead.
func OpenJSON(dir string) (*JSONStore, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("no JSON store: %w", err)
	}
	if err := check(root, dir); err != nil {
		root.Close() //nolint:errcheck // nothing was written
		return nil, err
	}
	return &JSONStore{dir, root}, nil
}

// Close closes the folder.
func (s *JSONStore) Close() error { return s.root.Close() }

func check(root *os.Root, dir string) error {
	for _, name := range folders() {
		info, err := root.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && name != "videos":
		case errors.Is(err, fs.ErrNotExist):
			return noStore(root, dir)
		case err != nil:
			return fmt.Errorf("no JSON store: %w", err)
		case !info.IsDir():
			return fmt.Errorf("no JSON store: %s in %s is no folder", name, dir)
		}
	}
	return nil
}

// noStore says where a store may be, when it is not in dir itself.
func noStore(root *os.Root, dir string) error {
	deeper, _ := fs.Glob(root.FS(), "*/videos")
	for _, d := range deeper {
		return fmt.Errorf("no JSON store in %s: it has no folder videos; did you mean %s/%s?", dir, strings.TrimSuffix(dir, "/"), strings.TrimSuffix(d, "/videos"))
	}
	return fmt.Errorf("no JSON store in %s: it has no folder videos; name the folder that holds videos, users, answers, experiments and tags", dir)
}

// others returns what is in the store's folder beside its own folders.
func (s *JSONStore) others() (names []string, err error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	for _, d := range entries {
		if !slices.Contains(folders(), d.Name()) {
			names = append(names, d.Name())
		}
	}
	return names, err
}

// entry is a file of a folder.
type entry struct {
	file   string // as answers/x.json
	name   string // as x
	reason string // why it is not read; "" when it is
}

// isJSON reports whether the entry counts as one of the store's.
func (e entry) isJSON() bool { return strings.HasSuffix(e.file, ".json") }

// list returns what is in a folder, by name; nothing when there is no folder.
func (s *JSONStore) list(folder string) ([]entry, error) {
	dir, err := s.root.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close() //nolint:errcheck // only read
	var entries []entry
	for {
		some, err := dir.ReadDir(1000)
		for _, d := range some {
			entries = append(entries, newEntry(folder, d))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.file, b.file) })
	return entries, nil
}

func newEntry(folder string, d fs.DirEntry) entry {
	e := entry{file: folder + "/" + d.Name()}
	e.name = strings.TrimSuffix(e.file[len(folder)+1:], ".json")
	switch typ := d.Type(); {
	case typ&fs.ModeSymlink != 0:
		e.reason = "a symbolic link: not followed"
	case typ.IsDir():
		e.reason = "a folder: not read"
	case !typ.IsRegular():
		e.reason = "not a regular file: not read"
	case !e.isJSON():
		e.reason = "not JSON: ignored"
	case !utf8.ValidString(e.name):
		e.reason = "the name of the file is not UTF-8"
	}
	return e
}

// read returns the whole of a file. The error is the reason why not.
func (s *JSONStore) read(file string) ([]byte, error) {
	f, err := s.root.Open(file)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("larger than %d MB", maxFile>>20)
	}
	return bytes.TrimPrefix(b, []byte("\ufeff")), nil
}

// unreadable leaves off the path, which the report has beside.
func unreadable(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fmt.Errorf("cannot be read: %w", err)
}
