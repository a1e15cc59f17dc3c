package localpg_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"example.org/plio/tenancy/localpg"
)

// without returns the binaries of a system that lacks these locales: all of
// this machine's, but for an initdb that refuses them.
func without(t *testing.T, locales string) localpg.Binaries {
	t.Helper()
	found, err := localpg.Find()
	if err != nil {
		t.Fatal(err)
	}
	dir := openDir(t)
	programs, _ := filepath.Glob(found[0].Path("*")) // fails for a bad pattern only
	for _, program := range programs {
		if filepath.Base(program) != "initdb" {
			if err := os.Symlink(program, filepath.Join(dir, filepath.Base(program))); err != nil {
				t.Fatal(err)
			}
		}
	}
	script := fmt.Sprintf(`#!/bin/sh
for arg; do
	case $arg in
	%s) echo "initdb: error: invalid locale name \"${arg#*=}\"" >&2; exit 1 ;;
	esac
done
exec %s "$@"
`, locales, found[0].Path("initdb"))
	writeProgram(t, filepath.Join(dir, "initdb"), []byte(script))
	found[0].Dir = dir
	return found[0]
}

func TestASystemWithoutTheLocaleHasUTF8AndTheSameOrder(t *testing.T) {
	t.Parallel()
	bin := without(t, "--locale=C.UTF-8|--lc-ctype=en_US.UTF-8")
	server := start(t, localpg.Config{Dir: openDir(t), Durable: true, Binaries: bin})
	for _, rule := range []struct{ query, want string }{
		{"SHOW server_encoding", "UTF8"},
		{"SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['a','B','ä','Z']) x", "BZaä"},
		{"SELECT length('äक')", "2"},
		{"SELECT datcollate::text FROM pg_database WHERE datname = 'postgres'", "C"},
	} {
		if got := ask(t, server.URL(), rule.query); got != rule.want {
			t.Errorf("%s: %q, want %q", rule.query, got, rule.want)
		}
	}
	if bin.Major >= 17 { // which has C.UTF-8's rules itself
		if got := ask(t, server.URL(), "SELECT lower('Ä')"); got != "ä" {
			t.Error(got)
		}
	}
}
