package localpg_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy/localpg"
)

// start starts a server that ends with the test.
func start(t *testing.T, cfg localpg.Config) *localpg.Server {
	t.Helper()
	server, err := localpg.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server
}

// ask returns the one value that a query answers with.
func ask(t *testing.T, url, query string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // done
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestATemporaryClusterIsFastPrivateAndGoneAfterwards(t *testing.T) {
	t.Parallel()
	server, err := localpg.Start(t.Context(), localpg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct{ query, want string }{
		{"SELECT current_user", "postgres"},
		{"SELECT current_database()", "postgres"},
		{"SHOW server_encoding", "UTF8"},
		{"SHOW listen_addresses", ""},
		{"SHOW fsync", "off"},
		{"SHOW max_connections", "200"},
		{"SHOW max_locks_per_transaction", "256"},
		{"SHOW timezone", "UTC"},
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
	if err := server.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(server.DataDir())); !os.IsNotExist(err) {
		t.Errorf("its folder is still there: %v", err)
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Errorf("stopped again: %v", err)
	}
}

func TestManyStartAtOnce(t *testing.T) {
	t.Parallel()
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			server := start(t, localpg.Config{})
			if got := ask(t, server.URL(), "SELECT 'here'"); got != "here" {
				t.Error(got)
			}
		})
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
