package postgres_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/plio/internal/postgres"
)

func TestServeMakesADatabaseFromNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "a", "home")
	began := time.Now()
	server := serve(t, dir)
	t.Logf("from nothing in %v", time.Since(began))
	for _, rule := range []struct{ query, want string }{
		{"SELECT current_database()", "plio"},
		{"SHOW is_superuser", "on"},
		{"SHOW server_encoding", "UTF8"},
		{"SHOW listen_addresses", ""},
		{"SHOW fsync", "on"},
		{"SHOW full_page_writes", "on"},
		{"SHOW data_checksums", "on"},
		{"SHOW jit", "off"},
		{"SHOW max_locks_per_transaction", "256"},
		{"SHOW logging_collector", "on"},
		{"SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['a','B','ä','Z','क']) x", "BZaäक"},
		{"SELECT upper('bär')", "BÄR"},
		{"SELECT setting::bigint * 8192 >= 64 << 20 FROM pg_settings WHERE name = 'shared_buffers'", "t"},
	} {
		if got := ask(t, server, rule.query); got != rule.want {
			t.Errorf("%s: %q, want %q", rule.query, got, rule.want)
		}
	}
	if version := ask(t, server, "SHOW server_version"); !strings.HasPrefix(version, server.Version()) {
		t.Errorf("Version is %s, PostgreSQL says %s", server.Version(), version)
	}
	for path, want := range map[string]os.FileMode{"postgres/data": 0o700, "postgres/run": 0o700} {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info, err)
		}
	}
	closed(t, server)
	if alive(server.PID()) {
		t.Error("it still runs after Close")
	}
	select {
	case <-server.Done():
	default:
		t.Error("Done is not closed after Close")
	}
}

func TestASecondServerIsToldWhoHasTheData(t *testing.T) {
	t.Parallel()
	dir := home(t)
	first := run(t, "serve", dir)
	began := time.Now()
	_, err := postgres.Serve(t.Context(), config(dir))
	if !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("it is %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a server is not waited for: %v", took)
	}
	wants(t, err, dir, "plio serve", fmt.Sprintf("process %d", first.cmd.Process.Pid), "--data")
	if !alive(first.pid) {
		t.Error("the first one's PostgreSQL is gone")
	}
}

func TestPostgreSQLEndsWithAKilledPlioAndIsTakenUpAtOnce(t *testing.T) {
	t.Parallel()
	dir := home(t)
	first := run(t, "serve", dir)
	first.kill()
	began := time.Now()
	server := serve(t, dir)
	t.Logf("served again in %v", time.Since(began))
	if got := ask(t, server, "SELECT answer FROM kept"); got != "42" || server.PID() == first.pid {
		t.Errorf("%s by %d", got, server.PID())
	}
	if alive(first.pid) {
		t.Error("the first one's PostgreSQL is still there")
	}
}

func TestAfterACrashOfEverythingItIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := home(t)
	first := run(t, "serve", dir)
	syscall.Kill(first.pid, syscall.SIGSTOP) //nolint:errcheck // the next shows it
	first.kill()
	syscall.Kill(first.pid, syscall.SIGKILL) //nolint:errcheck // the next shows it
	if _, err := os.Stat(filepath.Join(dir, "postgres/data/postmaster.pid")); err != nil {
		t.Fatalf("it was no crash: %v", err)
	}
	if got := ask(t, serve(t, dir), "SELECT answer FROM kept"); got != "42" {
		t.Error(got)
	}
}

func TestADeadPostgreSQLIsToldOf(t *testing.T) {
	t.Parallel()
	dir := home(t)
	server := serve(t, dir)
	if err := server.Err(); err != nil {
		t.Errorf("it runs, and Err is %v", err)
	}
	syscall.Kill(server.PID(), syscall.SIGKILL) //nolint:errcheck // the next shows it
	select {
	case <-server.Done():
		wants(t, server.Err(), "PostgreSQL ended", "killed")
	case <-time.After(10 * time.Second):
		t.Error("nobody told")
	}
	closed(t, server)
	if got := ask(t, serve(t, dir), "SELECT answer FROM kept"); got != "42" {
		t.Error(got)
	}
}

func TestAStartThatFailsShowsTheLog(t *testing.T) {
	t.Parallel()
	dir := home(t)
	auto, hba := filepath.Join(dir, "postgres/data/postgresql.auto.conf"), filepath.Join(dir, "postgres/data/pg_hba.conf")
	if err := os.WriteFile(auto, []byte("shared_preload_libraries = 'no_such_library'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := postgres.Serve(t.Context(), config(dir))
	wants(t, err, "did not start", "no_such_library")
	// A failure after the server's own log was opened is in that log alone.
	if err := errors.Join(os.WriteFile(auto, nil, 0o600), os.WriteFile(hba, []byte("local nonsense\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err = postgres.Serve(t.Context(), config(dir))
	wants(t, err, "did not start", "the end of "+dir, "could not load", "pg_hba.conf")
}

func TestAPlioThatIsKilledWhileItMakesTheDataLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "home")
	data := filepath.Join(dir, "postgres/data")
	first := launch(t, "serve", dir)
	eventually(t, "initdb is at work", func() bool {
		_, err := os.Stat(filepath.Join(data+".new", "PG_VERSION"))
		return err == nil
	})
	first.kill()
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Fatalf("it was not cut in the middle: %v", err)
	}
	if got := ask(t, serve(t, dir), "SELECT current_database()"); got != "plio" {
		t.Error(got)
	}
}

func TestAHomeThatPostgreSQLCannotReachIsNamed(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Log("only root's PostgreSQL runs as another user")
		return
	}
	secret := filepath.Join(folder(t), "secret")
	if err := os.Mkdir(secret, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := postgres.Serve(t.Context(), config(filepath.Join(secret, "plio")))
	wants(t, err, "cannot enter "+secret+":", "chmod o+x "+secret, "/var/lib")
}

func TestPsqlOpensPliosDatabase(t *testing.T) {
	t.Setenv("PGHOST", "elsewhere.invalid")
	t.Setenv("PGDATABASE", "elsewhere")
	server := serve(t, home(t))
	psql, err := server.Psql("-Atc", "SELECT current_database(), answer FROM kept")
	if err != nil {
		t.Fatal(err)
	}
	psql.Stdin, psql.Stdout, psql.Stderr = nil, nil, nil
	if out, err := psql.CombinedOutput(); string(out) != "plio|42\n" {
		t.Errorf("%q %v", out, err)
	}
}
