package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

// behindPooler returns cfg with a URL that leads through a PgBouncer in
// transaction mode, which has so many connections, and ends with t.
func behindPooler(t *testing.T, cfg tenancy.Config, connections int) tenancy.Config {
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
	eventually(t, "PgBouncer", func() bool {
		conn, err := pgx.Connect(t.Context(), cfg.URL)
		if err == nil {
			conn.Close(t.Context()) //nolint:errcheck // it was there
		}
		return err == nil
	})
	return cfg
}

// poolerSettings writes PgBouncer's files into dir and returns the main one.
func poolerSettings(t *testing.T, dir string, server *pgconn.Config, connections int) string {
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
func ownerOf(t *testing.T, host string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(host)
	if err != nil {
		return &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	stat := info.Sys().(*syscall.Stat_t)
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}

func TestTheFleetIsMadeAndChangedThroughAPoolerWithOneConnection(t *testing.T) {
	t.Parallel()
	direct := template.ConfigFor(t)
	direct.DirectURL = direct.URL
	cfg := behindPooler(t, direct, 1)
	db, h := serving(t, cfg, tenancy.MiddlewareOptions{MaxAge: time.Hour})
	var wg sync.WaitGroup
	for _, key := range []string{"a", "b", "c", "a"} {
		wg.Go(func() {
			_, err := db.Create(t.Context(), key, func(tx tenancy.Tx, _ tenancy.Tenant) error {
				_, err := tx.Exec(t.Context(), "WITH m AS (INSERT INTO public.member (name) VALUES ('owner') RETURNING id) INSERT INTO note (text, member_id) SELECT 'hello', id FROM m")
				return err
			})
			if err != nil && !(key == "a" && errors.Is(err, tenancy.ErrExists)) {
				t.Errorf("%s: %v", key, err)
			}
		})
	}
	wg.Wait()
	wantTenants(t, direct.URL, 3)
	a, err := db.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	listening(t, direct.URL)
	for _, tt := range []struct {
		step   step
		key    string
		status int
	}{{suspend, "a", 403}, {resume, "a", 200}, {rename, "renamed", 200}, {trash, "renamed", 404}} {
		if err := tt.step(db, t, a, nil); err != nil {
			t.Fatal(err)
		}
		eventually(t, tt.key, func() bool { status, _, _ := get(h, tt.key); return status == tt.status })
	}
	boom := errors.New("boom")
	if _, err := db.Create(t.Context(), "d", func(tenancy.Tx, tenancy.Tenant) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("err = %v", err)
	}
	wantTenants(t, direct.URL, 3)
	newer := later(cfg, "0003_size.sql", "ALTER TABLE note ADD COLUMN size int;")
	if r := migrate(t, newer); r.Tenants != 3 {
		t.Errorf("%+v", r)
	}
}

func TestMigrateRefusesAPoolerAndLeavesNothingOnItsConnections(t *testing.T) {
	t.Parallel()
	direct := template.ConfigFor(t)
	direct.DirectURL = direct.URL
	through := behindPooler(t, direct, 1)
	through.DirectURL = ""
	for name, run := range map[string]func() error{
		"Migrate": func() error { _, err := tenancy.Migrate(t.Context(), through, tenancy.MigrateOptions{}); return err },
		"Plan":    func() error { _, err := tenancy.Plan(t.Context(), through); return err },
	} {
		if err := run(); !errors.Is(err, tenancy.ErrPooler) {
			t.Errorf("%s: %v", name, err)
		}
	}
	conn, err := pgx.Connect(t.Context(), through.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // done
	var source string
	err = conn.QueryRow(t.Context(), "SELECT source FROM pg_settings WHERE name = 'search_path'", pgx.QueryExecModeSimpleProtocol).Scan(&source)
	if err != nil || source != "database user" {
		t.Errorf("the path comes from %s, %v", source, err)
	}
}

func TestOpenBehindAPoolerSaysWhatToTypeWhenTheRolesPathIsNotEmpty(t *testing.T) {
	t.Parallel()
	direct := template.ConfigFor(t)
	direct.DirectURL = direct.URL
	var user, database string
	if err := connect(t, direct.URL).QueryRow(t.Context(), "SELECT current_user, current_database()").Scan(&user, &database); err != nil {
		t.Fatal(err)
	}
	do(t, direct.URL, "ALTER ROLE "+user+" IN DATABASE "+database+" RESET search_path")
	cfg := behindPooler(t, direct, 1)
	db, err := tenancy.Open(t.Context(), cfg)
	if err == nil {
		db.Close()
	}
	if !errors.Is(err, tenancy.ErrPathSet) {
		t.Errorf("err = %v", err)
	}
	migrate(t, cfg)
	console := strings.Replace(cfg.URL, "/"+database+"?", "/pgbouncer?", 1)
	do(t, console, "RECONNECT "+database)
	db, err = tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
}
