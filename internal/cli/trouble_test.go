package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAWorkspaceThatCannotBeMigratedIsNamedAndTheOthersAreServed(t *testing.T) {
	t.Parallel()
	p := install(t)
	for _, shortcode := range []string{"good", "bad"} {
		p.must("org", "create", shortcode, "--name", shortcode)
	}
	token := p.must("user", "token", "root@example.org")
	p.sql(`UPDATE public."user" SET is_superuser = true`)
	// The ledger forgets that bad has its tables: they are in the way then.
	p.sql(`DELETE FROM public.tenancy_migration m USING public.tenancy_tenant t WHERE t.id = m.tenant_id AND t.key = 'bad'`)

	if r := p.run("migrate", "--plan"); r.code != 0 || !strings.Contains(r.stdout, "bad") || strings.Contains(r.stdout, "good") {
		t.Errorf("the plan: %+v", r)
	}
	r := p.run("migrate")
	if r.code != 3 || !strings.Contains(r.stderr, `"bad"`) || !strings.Contains(r.stderr, "already exists") || strings.Contains(r.stderr, "good") {
		t.Errorf("migrate: %+v", r)
	}
	r = p.run("migrate", "--json")
	var report struct {
		Failed []struct{ Shortcode, Error string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.code != 3 || len(report.Failed) != 1 || report.Failed[0].Shortcode != "bad" {
		t.Errorf("migrate --json: %v, %+v", err, r)
	}
	if r := p.run("status"); r.code != 3 || !strings.Contains(r.stdout, "bad") || !strings.Contains(r.stdout, "plio migrate") {
		t.Errorf("status: %+v", r)
	}
	if list := p.must("org", "list"); !strings.Contains(list, "active, behind") {
		t.Errorf("org list:\n%s", list)
	}

	s := p.serve()
	s.waitFor("a workspace is not served")
	for org, want := range map[string]int{"good": 200, "bad": 503} {
		if status, body := s.send("GET", "/api/v1/plios/", token, org, ""); status != want {
			t.Errorf("%s: %d %s; want %d", org, status, body, want)
		}
	}
}

func TestSharedTablesThatCannotBeMigratedKeepTheServerFromStarting(t *testing.T) {
	t.Parallel()
	p := install(t)
	p.must("migrate")
	p.sql(`DELETE FROM public.tenancy_migration WHERE tenant_id = 0`)
	r := p.run("serve")
	if r.code != 1 || !strings.Contains(r.stderr, "already exists") {
		t.Errorf("%+v", r)
	}
	if r := p.run("status"); r.code != 3 || !strings.Contains(r.stdout, "the shared tables are not up to date") || strings.Contains(r.stdout, "0 active") {
		t.Errorf("status: %+v", r)
	}
	if r := p.run("org", "list"); r.code != 1 || !strings.Contains(r.stderr, "run: plio migrate") {
		t.Errorf("a command: %+v", r)
	}
}

func TestAnotherKeyThanTheDatabasesIsRefused(t *testing.T) {
	t.Parallel()
	p := install(t)
	p.must("org", "create", "af", "--name", "Avanti")
	key := filepath.Join(p.data, "encryption.key")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key's file: %v, %v", info, err)
	}
	const other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	p.env = append(p.env, "PLIO_ENCRYPTION_KEY="+other)
	for _, command := range []string{"serve", "org show af", "org create kc --name K"} {
		r := p.run(strings.Fields(command)...)
		if r.code != 1 || !strings.Contains(r.stderr, "another encryption key") || strings.Contains(r.stderr, other) {
			t.Errorf("plio %s: %+v", command, r)
		}
	}
	if r := p.run("status"); r.code != 3 || !strings.Contains(r.stdout, "does not fit") {
		t.Errorf("status: %+v", r)
	}
	p.env = p.env[:len(p.env)-1]
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if r := p.run("status"); r.code != 3 || !strings.Contains(r.stdout, "missing") {
		t.Errorf("status without the file: %+v", r)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("status has made a key")
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}
	p.must("status")
	p.must("org", "show", "af")
}

func TestAnImportTellsByItsExitCodeHowItWent(t *testing.T) {
	t.Parallel()
	p := install(t)
	p.must("org", "create", "af", "--name", "Avanti")
	const dir, creator = "../importer/testdata/legacy-json", "ann@example.org"
	store := dir
	if _, err := os.Stat(filepath.Join(dir, "videos")); err != nil {
		store = filepath.Join(dir, "bucket")
	}
	clean := t.TempDir()
	if err := os.CopyFS(clean, os.DirFS(store)); err != nil {
		t.Fatal(err)
	}
	run := func(dir string, more ...string) ran {
		return p.run(append([]string{"import", "json", dir, "--org", "af", "--creator", creator}, more...)...)
	}
	if r := run(t.TempDir()); r.code != 1 || !strings.Contains(r.stderr, "no JSON store") {
		t.Errorf("an empty folder: %+v", r)
	}
	if r := run(store, "--plan"); r.code != 3 || !strings.Contains(r.stdout, "WOULD BE NEW") {
		t.Errorf("the plan: %+v", r)
	}
	if n := p.sql(`SELECT count(*) FROM public."user"`); n != "0" {
		t.Errorf("the plan has made %s users", n)
	}
	r := run(store, "--json")
	var report struct {
		Counts []struct {
			Kind          string
			Found, New    int
			There, Failed int
		}
		Broken []struct{ File, Reason string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.code != 3 || len(report.Broken) == 0 || len(report.Counts) == 0 {
		t.Fatalf("the import: %v, %+v", err, r)
	}
	for _, b := range report.Broken {
		if b.Reason == "" {
			t.Errorf("%s has no reason", b.File)
		}
		if err := os.Remove(filepath.Join(clean, b.File)); err != nil {
			t.Error(err)
		}
	}
	if r := run(clean); r.code != 0 || !strings.Contains(r.stdout, "THERE BEFORE") {
		t.Errorf("what is whole, again: %+v", r)
	}
	if r := run(store); r.code != 3 || !strings.Contains(r.stdout, report.Broken[0].File) {
		t.Errorf("again with the broken files: %+v", r)
	}
	if plios := p.sql(`SELECT count(*) FROM ` + p.sql(`SELECT schema_name FROM public.tenancy_tenant WHERE key = 'af'`) + `.plio`); plios == "0" {
		t.Error("no plio has come in")
	}
}
