//go:build bundled

package postgres

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/plio/tenancy/localpg"
)

func bundledHome(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "plb")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // what is left shows nothing
	return dir
}

// TestWhatThisBuildBringsServesNewDataAndItsOwn is for a release build: new
// data where the machine has nothing, and that data where it has another.
func TestWhatThisBuildBringsServesNewDataAndItsOwn(t *testing.T) {
	cfg := Config{Dir: bundledHome(t), Log: slog.New(slog.DiscardHandler)}
	began := time.Now()
	brought, err := bring(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("unpacked PostgreSQL %s in %v", brought[0].Version, time.Since(began))
	for _, program := range []string{"psql", "pg_dump", "pg_upgrade", "pg_basebackup"} {
		if _, err := os.Stat(brought[0].Path(program)); err != nil {
			t.Error(err)
		}
	}
	cfg.BinDir = brought[0].Dir // as if the machine had nothing
	for range 2 {
		began = time.Now()
		server, err := Serve(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("served in %v", time.Since(began))
		psql, err := server.Psql("-Atc", "SELECT datlocprovider, datlocale, current_database(), current_user FROM pg_database WHERE datname = current_database()")
		if err != nil {
			t.Fatal(err)
		}
		psql.Stdin, psql.Stdout, psql.Stderr = nil, nil, nil
		if out, err := psql.CombinedOutput(); string(out) != "b|C.UTF-8|plio|postgres\n" || !strings.HasPrefix(psql.Path, brought[0].Dir) {
			t.Errorf("%s: %q %v", psql.Path, out, err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		cfg.BinDir = "" // the machine may have others: these made the data
	}
	local, err := localpg.Find()
	if err != nil {
		return // nothing else here
	}
	// Data of the machine's own stays with it.
	own := Config{Dir: filepath.Join(bundledHome(t), "home"), BinDir: local[len(local)-1].Dir, Log: cfg.Log}
	for range 2 {
		server, err := Serve(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		if server.Version() != local[len(local)-1].Version {
			t.Errorf("opened by %s", server.Version())
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		t.Setenv(localpg.EnvBin, brought[0].Dir)
		own.BinDir = ""
	}
}
