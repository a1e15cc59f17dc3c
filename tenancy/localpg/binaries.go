package localpg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oldest is the first major version that is taken.
const oldest = 14

// EnvBin names the environment variable whose folder of binaries goes before
// those that the machine has.
const EnvBin = "POSTGRES_BIN"

// ErrNoBinaries is returned when this machine has no PostgreSQL that will do.
var ErrNoBinaries = errors.New(`no PostgreSQL 14 or newer is installed here. To install one:
  Debian, Ubuntu:  sudo apt-get install postgresql
  Fedora:          sudo dnf install postgresql-server
  Alpine:          sudo apk add postgresql
  macOS:           brew install postgresql@18
or name the folder of its binaries in ` + EnvBin)

// Binaries are one installed PostgreSQL.
type Binaries struct {
	Dir     string // the folder that holds postgres and initdb, symlinks resolved
	Major   int    // as 17
	Version string // as "17.5"
}

// Find returns the installations of PostgreSQL 14 or newer: those in the
// folders extra first, then the one in $POSTGRES_BIN, then what the system
// has, newest first. It looks where Debian, Fedora, Alpine, Homebrew,
// MacPorts, Postgres.app and PostgreSQL's own packages put them, and in PATH.
// A folder of extra or POSTGRES_BIN without a PostgreSQL is an error; none at
// all is ErrNoBinaries. An empty folder name in extra is passed over.
func Find(extra ...string) ([]Binaries, error) {
	var found []Binaries
	for _, dir := range append(slices.Clone(extra), os.Getenv(EnvBin)) {
		if dir == "" {
			continue
		}
		b, err := inspect(dir)
		if err != nil {
			return nil, err
		}
		found = add(found, b)
	}
	var system []Binaries
	for _, dir := range systemDirs() {
		if b, err := inspect(dir); err == nil {
			system = add(system, b)
		}
	}
	slices.SortStableFunc(system, func(a, b Binaries) int {
		return cmp.Or(cmp.Compare(b.Major, a.Major), cmp.Compare(minor(b.Version), minor(a.Version)))
	})
	for _, b := range system {
		found = add(found, b)
	}
	if len(found) == 0 {
		return nil, ErrNoBinaries
	}
	return found, nil
}

// Path returns the path of a program, as "psql".
func (b Binaries) Path(program string) string { return filepath.Join(b.Dir, program) }

func add(to []Binaries, b Binaries) []Binaries {
	if slices.ContainsFunc(to, func(other Binaries) bool { return other.Dir == b.Dir }) {
		return to
	}
	return append(to, b)
}

func systemDirs() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", // Debian, Gentoo
		"/usr/lib/postgresql*/bin",  // SUSE
		"/usr/pgsql-*/bin",          // PostgreSQL's own rpms
		"/usr/libexec/postgresql*",  // Alpine
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/opt/local/lib/postgresql*/bin", // MacPorts
		"/Library/PostgreSQL/*/bin",      // EDB's installer
		"/usr/local/pgsql/bin",           // from source
	} {
		matches, _ := filepath.Glob(pattern) // fails for a bad pattern only
		dirs = append(dirs, matches...)
	}
	return append(dirs, filepath.SplitList(os.Getenv("PATH"))...)
}

// inspect asks the postgres in dir for its version.
func inspect(dir string) (Binaries, error) {
	resolved, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return Binaries{}, fmt.Errorf("no PostgreSQL in %s: %w", dir, err)
	}
	if resolved, err = filepath.Abs(resolved); err != nil {
		return Binaries{}, err
	}
	b := Binaries{Dir: filepath.Dir(resolved)}
	if _, err := os.Stat(b.Path("initdb")); err != nil {
		return Binaries{}, fmt.Errorf("the PostgreSQL in %s is not complete: %w", b.Dir, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, b.Path("postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("%s --version: %w", b.Path("postgres"), err)
	}
	if b.Version, b.Major = parseVersion(string(out)); b.Major < oldest {
		return Binaries{}, fmt.Errorf("the PostgreSQL in %s is %s; %d or newer is needed", b.Dir, strings.TrimSpace(string(out)), oldest)
	}
	return b, nil
}

// parseVersion reads "postgres (PostgreSQL) 15.18 (Debian …)" and "… 18beta1".
func parseVersion(line string) (version string, major int) {
	fields := strings.Fields(line)
	if len(fields) < 3 || fields[1] != "(PostgreSQL)" {
		return "", 0
	}
	version = fields[2]
	return version, leadingNumber(version)
}

func minor(version string) int {
	_, after, _ := strings.Cut(version, ".")
	return leadingNumber(after)
}

func leadingNumber(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	n, _ := strconv.Atoi(s[:end]) // 0 where there is none
	return n
}
