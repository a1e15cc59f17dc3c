package tenancy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
)

// migration is one file of a set of migrations.
type migration struct {
	version    int64
	file       string // its name, NNNN_name.sql
	statements []statement
	checksum   string // of the statements: comments and what is below Down do not count
}

// source is a set of migrations: versions 1, 2, 3 … without a gap.
type source []migration

// latest returns the last version, 0 when there is none.
func (s source) latest() int64 { return int64(len(s)) }

var fileName = regexp.MustCompile(`^([0-9]{4,9})_[A-Za-z0-9][A-Za-z0-9_-]*\.sql$`)

// readSource reads every .sql file in the root of fsys; nil has none. All that
// is wrong with them is in the error, not only the first.
func readSource(fsys fs.FS, of string) (source, error) {
	if fsys == nil {
		return nil, nil
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("tenancy: %s migrations: %w", of, err)
	}
	var set source
	var wrong []error
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".sql" {
			continue
		}
		m, err := readMigration(fsys, e.Name())
		if err != nil {
			wrong = append(wrong, fmt.Errorf("tenancy: %s migration %s: %w", of, e.Name(), err))
		}
		if m.version > 0 {
			set = append(set, m)
		}
	}
	slices.SortStableFunc(set, func(a, b migration) int { return cmp.Compare(a.version, b.version) })
	return set, errors.Join(append(wrong, set.numbered(of)...)...)
}

// numbered says where the versions are not 1, 2, 3 ….
func (s source) numbered(of string) (wrong []error) {
	var last migration
	for _, m := range s {
		switch {
		case m.version == last.version:
			wrong = append(wrong, fmt.Errorf("tenancy: %s migrations %s and %s have the same number", of, last.file, m.file))
		case m.version == last.version+2:
			wrong = append(wrong, fmt.Errorf("tenancy: %s migration %04d is missing: %s follows", of, last.version+1, m.file))
		case m.version > last.version+2:
			wrong = append(wrong, fmt.Errorf("tenancy: %s migrations %04d to %04d are missing: %s follows", of, last.version+1, m.version-1, m.file))
		}
		last = m
	}
	return wrong
}

func readMigration(fsys fs.FS, file string) (migration, error) {
	match := fileName.FindStringSubmatch(file)
	if match == nil {
		return migration{}, errors.New("the name is not of the form 0001_what_it_does.sql")
	}
	version, err := strconv.ParseInt(match[1], 10, 64)
	if err != nil {
		return migration{}, err
	}
	if version == 0 {
		return migration{}, errors.New("the first migration is 0001")
	}
	m := migration{version: version, file: file}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return m, err
	}
	if m.statements, err = parse(string(data)); err != nil {
		return m, err
	}
	m.checksum = checksum(m.statements)
	return m, nil
}

// checksum changes when what a migration runs does.
func checksum(statements []statement) string {
	h := sha256.New()
	for _, s := range statements {
		h.Write([]byte(s.sql))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
