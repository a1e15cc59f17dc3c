package localpg_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"example.org/plio/tenancy/localpg"
)

// installed makes a folder of binaries that say they are this version.
func installed(t *testing.T, version string, programs ...string) string {
	t.Helper()
	dir := openDir(t)
	for _, name := range programs {
		script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s'\n", version)
		writeProgram(t, filepath.Join(dir, name), []byte(script))
	}
	return dir
}

func TestBinariesAreFoundInOrder(t *testing.T) {
	named := installed(t, "14.2", "postgres", "initdb")
	variable := installed(t, "18beta1", "postgres", "initdb")
	old := installed(t, "13.22", "postgres", "initdb")
	part := installed(t, "17.1", "postgres")
	newest := installed(t, "99.2 (Debian 99.2-1)", "postgres", "initdb")
	newer := installed(t, "99.10", "postgres", "initdb")
	t.Setenv(localpg.EnvBin, variable)
	t.Setenv("PATH", old+":"+newest+":"+part+":"+newer+":"+newest+":/nowhere")
	found, err := localpg.Find("", named)
	if err != nil {
		t.Fatal(err)
	}
	want := []localpg.Binaries{
		{Dir: named, Major: 14, Version: "14.2"},
		{Dir: variable, Major: 18, Version: "18beta1"},
		{Dir: newer, Major: 99, Version: "99.10"},
		{Dir: newest, Major: 99, Version: "99.2"},
	}
	if len(found) < len(want) {
		t.Fatalf("found %v", found)
	}
	for i := range want {
		if found[i] != want[i] {
			t.Errorf("%d: %v, want %v", i, found[i], want[i])
		}
	}
	for _, b := range found[len(want):] { // what this machine has
		if b.Dir == old || b.Dir == part {
			t.Errorf("found %v", b)
		}
	}
}

func TestANamedFolderWithoutAPostgreSQLThatWillDoIsAnError(t *testing.T) {
	t.Parallel()
	for dir, said := range map[string]string{
		"/nowhere": "no PostgreSQL in /nowhere",
		openDir(t): "no PostgreSQL in ",
		installed(t, "13.22", "postgres", "initdb"): "14 or newer is needed",
		installed(t, "17.1", "postgres"):            "not complete",
	} {
		_, err := localpg.Find(dir)
		wants(t, err, said, dir)
	}
}

func TestNoBinariesSayOneCommandPerSystem(t *testing.T) {
	t.Parallel()
	wants(t, localpg.ErrNoBinaries, "apt-get install postgresql", "dnf install postgresql-server", "brew install postgresql", localpg.EnvBin)
	if _, err := localpg.Choose(openDir(t), nil); !errors.Is(err, localpg.ErrNoBinaries) {
		t.Error(err)
	}
}

func TestDataIsOpenedByItsOwnMajorVersionAlone(t *testing.T) {
	t.Parallel()
	newest, own := localpg.Binaries{Dir: "/new", Major: 99, Version: "99.1"}, localpg.Binaries{Dir: "/own", Major: 15, Version: "15.4"}
	empty, data := openDir(t), openDir(t)
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct {
		data  string
		found []localpg.Binaries
		want  localpg.Binaries
	}{
		{empty, []localpg.Binaries{newest, own}, newest},
		{data, []localpg.Binaries{newest, own}, own},
	} {
		if got, err := localpg.Choose(rule.data, rule.found); err != nil || got != rule.want {
			t.Errorf("%v %v, want %v", got, err, rule.want)
		}
	}
	_, err := localpg.Choose(data, []localpg.Binaries{newest})
	if e, ok := errors.AsType[*localpg.VersionError](err); !ok || e.Major != 15 {
		t.Error(err)
	}
	wants(t, err, data, "PostgreSQL 15", "99.1 in /new", "apt-get install postgresql-15", "brew install postgresql@15")
	_, err = localpg.Choose(data, nil)
	wants(t, err, "PostgreSQL 15", "no PostgreSQL is installed here")
}

func TestDataOfAnotherVersionIsNotTouched(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	server := start(t, localpg.Config{Dir: dir})
	stop(t, server)
	version := filepath.Join(server.DataDir(), "PG_VERSION")
	own, err := os.ReadFile(version)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(version, []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, server.DataDir())
	wants(t, refused(t, localpg.Config{Dir: dir}), "made by PostgreSQL 12")
	if after := listing(t, server.DataDir()); after != before {
		t.Errorf("it was:\n%s\nand is:\n%s", before, after)
	}
	if err := os.WriteFile(version, own, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, start(t, localpg.Config{Dir: dir}).URL(), "SELECT 'whole'"); got != "whole" {
		t.Error(got)
	}
}

func TestAFolderThatIsNoDataIsNotTouched(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	letter := filepath.Join(dir, "data", "letter.txt")
	if err := os.Mkdir(filepath.Dir(letter), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(letter, []byte("Dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Dir(letter), uidOf(t, "nobody"), -1); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, refused(t, localpg.Config{Dir: dir}), "not empty, and not PostgreSQL's data")
	if text, err := os.ReadFile(letter); string(text) != "Dear" {
		t.Error(err)
	}
}

// listing is every file with its size and time.
func listing(t *testing.T, dir string) (all string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil {
			all += fmt.Sprintln(path, info.Size(), info.ModTime(), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
