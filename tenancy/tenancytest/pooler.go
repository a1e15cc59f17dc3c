package tenancytest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

// BehindPooler returns cfg with a URL that leads through a PgBouncer in
// transaction mode, which has so many connections to the server and ends with t.
// Where no PgBouncer is installed, t is skipped.
func BehindPooler(t testing.TB, cfg tenancy.Config, connections int) tenancy.Config {
	t.Helper()
	binary, err := exec.LookPath("pgbouncer")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			t.Skip("no PgBouncer")
		}
	}
	server, err := pgconn.ParseConfig(cfg.DirectURL)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "pgb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // a temporary folder
	ini := poolerSettings(t, dir, server, connections)
	cmd := exec.Command(binary, "-q", ini)
	if os.Getuid() == 0 { // it refuses root: whoever the server runs as will do
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: ownerOf(t, server.Host)}
		if err := os.Chown(dir, int(cmd.SysProcAttr.Credential.Uid), int(cmd.SysProcAttr.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(syscall.SIGINT); cmd.Wait() }) //nolint:errcheck // it ends
	cfg.URL = "postgres:///" + server.Database + "?" + url.Values{"host": {dir}, "port": {"6432"}, "user": {server.User}, "sslmode": {"disable"}}.Encode()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), cfg.URL)
		if err == nil {
			conn.Close(t.Context()) //nolint:errcheck // it was there
			return cfg
		}
		if time.Now().After(deadline) {
			t.Fatal("tenancytest: PgBouncer: ", err)
		}
	}
}

// poolerSettings writes PgBouncer's files into dir and returns the main one.
func poolerSettings(t testing.TB, dir string, server *pgconn.Config, connections int) string {
	t.Helper()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	password := ""
	if server.Password != "" {
		password = " password='" + server.Password + "'"
	}
	users := write("users", fmt.Sprintf("%q %q\n", server.User, ""))
	ini := write("ini", fmt.Sprintf(`[databases]
%[1]s = host=%[2]s port=%[3]d user=%[4]s%[5]s
[pgbouncer]
unix_socket_dir = %[6]s
listen_port = 6432
auth_type = trust
admin_users = %[4]s
auth_file = %[7]s
pool_mode = transaction
default_pool_size = %[8]d
max_client_conn = 200
`, server.Database, server.Host, server.Port, server.User, password, dir, users, connections))
	return ini
}

// ownerOf is who owns a socket's folder, and nobody for a host's name.
func ownerOf(t testing.TB, host string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(host)
	if err != nil {
		return &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	stat := info.Sys().(*syscall.Stat_t)
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}
