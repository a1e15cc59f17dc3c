package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// someoneElses is a PostgreSQL that plio does not run: that of another
// installation, with a database, a role of its own and a password.
func someoneElses(t *testing.T) (url, socket string) {
	t.Helper()
	host := install(t)
	host.serve()
	host.sql("CREATE ROLE app LOGIN PASSWORD 'hush-hush'")
	host.sql("CREATE DATABASE elsewhere OWNER app")
	host.connect() // learns the socket
	return "postgres://app:hush-hush@/elsewhere?host=" + host.socket, host.socket
}

func TestADatabaseOfSomebodyElsesIsServedAndLookedAfter(t *testing.T) {
	t.Parallel()
	url, _ := someoneElses(t)
	p := install(t, "PLIO_DATABASE_URL="+url)
	if r := p.run("org", "list"); r.code != 1 || !strings.Contains(r.stderr, "run: plio migrate") {
		t.Errorf("before there is anything in it: %+v", r)
	}
	if r := p.run("migrate", "--plan"); r.code != 0 || !strings.Contains(r.stdout, "make workspace") {
		t.Errorf("the plan: %+v", r)
	}
	p.must("migrate")
	s := p.serve()
	p.live(aLife)
	if _, err := os.Stat(filepath.Join(p.data, "postgres")); err == nil {
		t.Error("it has made a database of its own all the same")
	}
	if status := p.must("status"); !strings.Contains(status, "PostgreSQL") || strings.Contains(status, "run by plio") {
		t.Errorf("status:\n%s", status)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(s.stderr.String()+s.stdout.String(), "hush") {
		t.Errorf("the log tells the password:\n%s", s.stderr)
	}
	for name, tt := range map[string]struct{ url, says string }{
		"a wrong password":     {strings.Replace(url, "hush-hush", "hush-no", 1), "password authentication failed"},
		"no such database":     {strings.Replace(url, "/elsewhere", "/nowhere", 1), `database "nowhere" does not exist`},
		"nobody there":         {strings.Replace(url, "host=", "host=/nowhere", 1), "PLIO_DATABASE_URL"},
		"no URL":               {"postgres://app:hush@:x/", "PLIO_DATABASE_URL"},
		"a password in a text": {"host=/nowhere password=hush-hush", "PLIO_DATABASE_URL"},
	} {
		p.env = append(p.env, "PLIO_DATABASE_URL="+tt.url)
		for _, command := range []string{"org list", "serve", "migrate"} {
			r := p.run(strings.Fields(command)...)
			if r.code != 1 || !strings.Contains(r.stderr, tt.says) || strings.Contains(r.stderr, "hush") {
				t.Errorf("%s: plio %s: %+v", name, command, r)
			}
		}
	}
}

func TestAPoolerIsFoundAndWantsTheWayPastIt(t *testing.T) {
	t.Parallel()
	direct, socket := someoneElses(t)
	pooled := pooler(t, direct, socket)
	p := install(t, "PLIO_DATABASE_URL="+pooled)
	for _, command := range []string{"migrate", "serve"} {
		if r := p.run(command); r.code != 1 || !strings.Contains(r.stderr, "set PLIO_DATABASE_DIRECT_URL") {
			t.Errorf("plio %s without it: %+v", command, r)
		}
	}
	p.env = append(p.env, "PLIO_DATABASE_DIRECT_URL="+direct)
	p.must("migrate")
	if r := p.run("serve"); r.code != 1 || !strings.Contains(r.stderr, `RECONNECT "elsewhere"`) {
		t.Errorf("with connections of the pooler that are older than the database: %+v", r)
	}
	console, err := pgx.Connect(t.Context(), strings.Replace(pooled, "/elsewhere", "/pgbouncer", 1)+"&sslmode=disable&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	defer console.Close(t.Context()) //nolint:errcheck // nothing is left to say
	if _, err := console.Exec(t.Context(), "RECONNECT elsewhere"); err != nil {
		t.Fatal(err)
	}
	s := p.serve()
	p.must("org", "create", "af", "--name", "Avanti")
	token := p.must("user", "token", "root@example.org")
	if status, body := s.send("GET", "/api/v1/plios/", token, "af", ""); status != 200 {
		t.Errorf("through the pooler: %d %s", status, body)
	}
	if status := p.must("status"); !strings.Contains(status, "through a pooler") {
		t.Errorf("status:\n%s", status)
	}
	if status := p.must("status", "--json"); !strings.Contains(status, `"pooler": true`) {
		t.Errorf("status --json:\n%s", status)
	}
}

// pooler starts a PgBouncer in transaction mode before the database.
func pooler(t *testing.T, direct, socket string) (url string) {
	t.Helper()
	binary, err := exec.LookPath("pgbouncer")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			t.Skip("no PgBouncer")
		}
	}
	dir, err := os.MkdirTemp("", "plio-pgb-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // the system clears it up
	files := map[string]string{
		"users": `"app" "hush-hush"` + "\n",
		"ini": fmt.Sprintf(`[databases]
elsewhere = host=%s port=5432 user=app password=hush-hush
[pgbouncer]
unix_socket_dir = %s
listen_port = 6432
auth_type = plain
admin_users = app
auth_file = %[2]s/users
pool_mode = transaction
default_pool_size = 4
`, socket, dir),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary, "-q", filepath.Join(dir, "ini"))
	if os.Geteuid() == 0 { // it refuses root: who owns the socket will do
		info, err := os.Stat(socket)
		if err != nil {
			t.Fatal(err)
		}
		owner := info.Sys().(*syscall.Stat_t)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() }) //nolint:errcheck // it ends
	url = strings.Replace(direct, "host="+socket, "host="+dir+"&port=6432", 1)
	eventually(t.Context(), t, "PgBouncer", func() bool {
		_, err := os.Stat(filepath.Join(dir, ".s.PGSQL.6432"))
		return err == nil
	})
	return url
}
