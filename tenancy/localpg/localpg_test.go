package localpg_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/plio/tenancy/localpg"
)

func TestATemporaryClusterIsPrivateAndGoneAfterwards(t *testing.T) {
	t.Parallel()
	server, err := localpg.Start(t.Context(), localpg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct{ query, want string }{
		{"SELECT current_user::text", "postgres"},
		{"SELECT current_database()::text", "postgres"},
		{"SHOW server_encoding", "UTF8"},
		{"SHOW listen_addresses", ""},
		{"SHOW fsync", "off"},
		{"SHOW max_connections", "200"},
		{"SHOW max_locks_per_transaction", "256"},
		{"SHOW timezone", "UTC"},
		{"SHOW lc_messages", "C"},
		{"SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['a','B','ä','Z']) x", "BZaä"},
		{"SELECT lower('ÄÖ')", "äö"},
	} {
		if got := ask(t, server.URL(), rule.query); got != rule.want {
			t.Errorf("%s: %q, want %q", rule.query, got, rule.want)
		}
	}
	if info, err := os.Stat(server.SocketDir()); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder is %v %v", info, err)
	}
	if group, err := syscall.Getpgid(server.PID()); err != nil || group != server.PID() {
		t.Errorf("Ctrl-C would stop the server before its parent does: group %d %v", group, err)
	}
	stop(t, server)
	if _, err := os.Stat(filepath.Dir(server.DataDir())); !os.IsNotExist(err) {
		t.Errorf("its folder is still there: %v", err)
	}
	stop(t, server) // again does no harm
}

func TestManyStartAtOnceFromAnEmptyCache(t *testing.T) {
	t.Parallel()
	cache := filepath.Join(t.TempDir(), "cache")
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			server := start(t, localpg.Config{Cache: cache})
			if got := ask(t, server.URL(), "SELECT 'here'"); got != "here" {
				t.Error(got)
			}
		})
	}
	t.Cleanup(func() {
		if kept, _ := filepath.Glob(cache + "/*"); len(kept) != 1 || strings.Contains(kept[0], "new-") {
			t.Errorf("the cache holds %v", kept)
		}
	})
}

func TestABrokenTemplateIsMadeAnew(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	stop(t, start(t, localpg.Config{Cache: cache}))
	broken, _ := filepath.Glob(cache + "/*/global/pg_control")
	if len(broken) != 1 {
		t.Fatalf("the cache holds %v", broken)
	}
	if err := os.Truncate(broken[0], 100); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := ask(t, start(t, localpg.Config{Cache: cache}).URL(), "SELECT 'here'"); got != "here" {
			t.Error(got)
		}
	}
	if info, err := os.Stat(broken[0]); err != nil || info.Size() == 100 {
		t.Errorf("the broken one was kept: %v", err)
	}
}

func TestDataIsKeptAndOperatorsSettingsGoFirst(t *testing.T) {
	t.Parallel()
	cfg := localpg.Config{Dir: filepath.Join(openDir(t), "deep", "er"), Durable: true, Databases: []string{`app "1"`},
		Settings: map[string]string{"work_mem": "5MB", "maintenance_work_mem": "70MB", "application_name": `it's \1`}}
	server := start(t, cfg)
	for _, rule := range []struct{ query, want string }{
		{"SHOW fsync", "on"},
		{"SHOW data_checksums", "on"},
		{"SHOW work_mem", "5MB"},
		{"SELECT setting FROM pg_settings WHERE name = 'application_name'", `it's \1`},
		{"SELECT count(*) FROM pg_database WHERE datname = 'app \"1\"'", "1"},
		{"CREATE TABLE kept AS SELECT 42 AS answer", "<nil>"},
		{"ALTER SYSTEM SET work_mem = '6MB'", "<nil>"},
	} {
		if got := ask(t, server.URLFor(`app "1"`), rule.query); got != rule.want {
			t.Errorf("%s: %q, want %q", rule.query, got, rule.want)
		}
	}
	stop(t, server)
	if err := server.Err(); err != nil {
		t.Errorf("a clean end is no error: %v", err)
	}
	began := time.Now()
	server = start(t, cfg)
	t.Logf("started again in %v", time.Since(began))
	for query, want := range map[string]string{"SELECT answer FROM kept": "42", "SHOW work_mem": "6MB", "SHOW maintenance_work_mem": "70MB"} {
		if got := ask(t, server.URLFor(`app "1"`), query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestAStartThatFailsSaysWhatPostgreSQLSaid(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	wants(t, refused(t, localpg.Config{Dir: dir, Settings: map[string]string{"no_such_thing": "1"}}),
		"did not start", `unrecognized configuration parameter "no_such_thing"`)
	wants(t, refused(t, localpg.Config{Dir: dir, Settings: map[string]string{"a b": "1"}}), `"a b" is no name of a setting`)
	start(t, localpg.Config{Dir: dir})
}

func TestAStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := openDir(t)
	if server, err := localpg.Start(ctx, localpg.Config{Dir: dir}); err == nil {
		stop(t, server)
		t.Error("it started")
	}
	start(t, localpg.Config{Dir: dir})
}

func TestATooLongPathHasItsSocketElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), strings.Repeat("long", 25))
	server := start(t, localpg.Config{Dir: dir})
	if got := ask(t, server.URL(), "SELECT 'here'"); got != "here" || strings.HasPrefix(server.SocketDir(), dir) {
		t.Errorf("%s by %s", got, server.SocketDir())
	}
	if info, err := os.Stat(server.SocketDir()); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder is %v %v", info, err)
	}
	stop(t, server)
	if _, err := os.Stat(server.SocketDir()); !os.IsNotExist(err) {
		t.Errorf("the socket's folder is still there: %v", err)
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		server, err := localpg.Start(b.Context(), localpg.Config{})
		if err != nil {
			b.Fatal(err)
		}
		if err := server.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
