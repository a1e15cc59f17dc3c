package postgres_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"example.org/plio/internal/postgres"
	"example.org/plio/tenancy/localpg"
)

func TestDataOfAVersionThatIsNotHereIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	dir := home(t)
	version := filepath.Join(dir, "postgres/data/PG_VERSION")
	if err := os.WriteFile(version, []byte("13\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*postgres.Server, error){
		"serve": func() (*postgres.Server, error) { return postgres.Serve(t.Context(), config(dir)) },
		"join":  func() (*postgres.Server, error) { return postgres.Join(t.Context(), config(dir)) },
	} {
		_, err := open()
		if e, ok := errors.AsType[*localpg.VersionError](err); !ok || e.Major != 13 || len(e.Found) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		wants(t, err, dir, "PostgreSQL 13", "here is", "apt-get install postgresql-13")
	}
	if text, err := os.ReadFile(version); string(text) != "13\n" {
		t.Error(err)
	}
}

func TestTheFolderThatIsNamedAloneWillDo(t *testing.T) {
	t.Parallel()
	cfg := config(folder(t))
	cfg.BinDir = cfg.Dir
	_, err := postgres.Serve(t.Context(), cfg)
	wants(t, err, "no PostgreSQL in "+cfg.Dir)

	cfg = config(home(t))
	server := serve(t, cfg.Dir)
	psql, err := server.Psql()
	if err != nil {
		t.Fatal(err)
	}
	closed(t, server)
	cfg.BinDir = filepath.Dir(psql.Path)
	if server, err = postgres.Serve(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	closed(t, server)

	// It is of another version than the data: others here are not asked.
	cfg.BinDir = saysItIs(t, "99.1")
	_, err = postgres.Serve(t.Context(), cfg)
	wants(t, err, "here is 99.1 in "+cfg.BinDir)
}

// saysItIs makes a folder of programs that say they are this version.
func saysItIs(t *testing.T, version string) string {
	t.Helper()
	dir := folder(t)
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
		// Else a process that is started meanwhile has it open for writing.
		syscall.ForkLock.RLock()
		err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755)
		syscall.ForkLock.RUnlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDataIsOpenedByItsOwnVersionWhicheverIsNewest(t *testing.T) {
	dir := home(t)
	t.Setenv("PATH", saysItIs(t, "99.1")+":"+os.Getenv("PATH"))
	found, err := localpg.Find()
	if err != nil || found[0].Major != 99 && os.Getenv(localpg.EnvBin) == "" {
		t.Fatalf("found %v %v", found, err)
	}
	server := serve(t, dir)
	if got := ask(t, server, "SELECT answer FROM kept"); got != "42" || server.Version() == "99.1" {
		t.Errorf("%s by %s", got, server.Version())
	}
}
