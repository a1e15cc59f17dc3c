package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// step is a command, and what it has to do. says is a part of what is printed,
// on stdout where the code is 0, else on stderr.
type step struct {
	args string
	code int
	says string
}

// aLife is what an installation goes through, in this order. Words that belong
// together are joined by underscores.
var aLife = []step{
	{"org list", 0, "There is no organization yet"},
	{"psql --data=/tmp -c SELECT", 2, "--data is plio's, and stands before the word psql"},
	{"user list", 0, "There is no user yet"},
	{"org create af --name Avanti_Fellows", 0, "Its API key is "},
	{"org create af --name Again", 1, "another organization has this shortcode; choose another one"},
	{"org create AF --name Other_letters", 0, "Made Other letters (AF)"},
	{"org create metrics --name Watch", 1, "this shortcode is a word that addresses need"},
	{"org create a/b --name Slash", 1, "a shortcode is 1 to 50 letters"},
	{"org create kc --name _", 2, "the name is empty"},
	{"org create kc", 2, "missing flags: --name=NAME; plio org create --help says more"},
	{"org create kc --name कला_केंद्र", 0, "Made कला केंद्र (kc)"},
	{"org list", 0, "कला केंद्र"},
	{"org show af", 0, "It has no members yet."},
	{"org show nobody", 1, "no organization has this shortcode"},
	{"org show plio", 1, "no organization has this shortcode"},
	{"org rename af", 2, "nothing to rename"},
	{"org rename af kc", 1, "another organization has this shortcode"},
	{"org rename af avanti --name Avanti", 0, "it is Avanti (avanti) now"},
	{"org rename avanti --name Avanti_Fellows", 0, "it is Avanti Fellows (avanti) now"},
	{"org show af", 1, "no organization has this shortcode"},
	{"org suspend avanti", 0, "plio org resume avanti"},
	{"org suspend avanti", 1, `cannot suspend "avanti": it is suspended`},
	{"org list", 0, "suspended"},
	{"import json ../importer/testdata/legacy-json/bucket --org avanti --creator ann@example.org", 1, "plio org resume avanti"},
	{"org resume avanti", 0, "is in service again"},
	{"org resume avanti", 1, `cannot resume "avanti": it is active`},
	{"user create ann@example.org --name Ann_Lee --org avanti --role org-admin", 0, "plio user link ann@example.org"},
	{"user create ann@example.org --org kc", 0, "was there already, and is org-view of kc now"},
	{"user create ann@example.org --org kc", 1, "ann@example.org is a member of kc already"},
	{"user create Ann@Example.org", 1, "somebody has this e-mail address already"},
	{"user create ann", 2, `"ann" is no e-mail address`},
	{"user create bob@example.org --org nobody", 1, "no organization has this shortcode"},
	{"user create bob@example.org --role king", 2, "--role must be one of"},
	{"user list", 0, "Ann Lee"},
	{"org show avanti", 0, "org-admin"},
	{"user token ann", 2, "is no e-mail address"},
	{"user token bob@example.org", 0, ""},
	{"user list", 0, "bob@example.org"},
	{"user link eve@example.org", 0, "/start/"},
	{"user link eve@example.org --superuser", 0, "/start/"},
	{"user list", 0, "super-admin"},
	{"status", 0, "5 active, 0 suspended, 0 trashed"},
	{"migrate --plan", 0, "there is nothing to do"},
	{"migrate", 0, "Everything is up to date."},
	{"psql -XAtc SELECT_6*7", 0, "42"},
	{"psql -XAtc SELECT_x", 1, "does not exist"},
	{"psql -XAtc TABLE_video", 1, "does not exist"}, // no workspace is the shell's own
	{"version", 0, "plio "},
	{"nonsense", 2, "unexpected argument nonsense; plio --help says more"},
	{"org list --nonsense", 2, "unknown flag --nonsense; plio org list --help says more"},
	{"org list --jsn", 2, `did you mean "--json"? (plio org list --help says more)`},
	{"org", 2, "plio org what? There is list, create, show, rename, suspend, resume; plio org --help says more"},
	{"org list --max-conns 1", 2, "PLIO_MAX_CONNS is 1"},
}

func (p *plio) live(life []step) {
	p.Helper()
	for _, s := range life {
		args := strings.Fields(s.args)
		for i := range args {
			if !strings.Contains(args[i], "/") {
				args[i] = strings.ReplaceAll(args[i], "_", " ")
			}
		}
		r := p.run(args...)
		said, unsaid := r.stdout, r.stderr
		if s.code != 0 && args[0] != "psql" {
			said, unsaid = r.stderr, r.stdout
			if !strings.HasPrefix(r.stderr, "plio: ") || strings.Count(r.stderr, "\n") != 1 {
				p.Errorf("plio %s: an error is one line: %q", s.args, r.stderr)
			}
			if strings.Contains(r.stderr, "tenancy:") || strings.Contains(r.stderr, "SQLSTATE") {
				p.Errorf("plio %s: speaks to programmers: %q", s.args, r.stderr)
			}
		} else if s.code != 0 {
			said, unsaid = r.stderr, ""
		}
		if r.code != s.code || !strings.Contains(said, s.says) || (s.code != 0 && unsaid != "") {
			p.Errorf("plio %s: exit code %d, %q, %q; want %d, %q", s.args, r.code, r.stdout, r.stderr, s.code, s.says)
		}
	}
}

func TestCommandsWorkBesideARunningServer(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	p.live(aLife)
	if link := p.must("user", "link", "ann@example.org"); !strings.HasPrefix(link, s.url+"/start/") {
		t.Errorf("the link %s does not lead to the server at %s", link, s.url)
	}
	select {
	case <-s.ended:
		t.Error("a command has ended the server")
	default:
	}
	if status, _ := s.send("GET", "/readyz", "", "", ""); status != 200 {
		t.Errorf("the server is not ready any more: %d", status)
	}
}

func TestCommandsWorkWithoutAServer(t *testing.T) {
	t.Parallel()
	p := install(t)
	for _, command := range []string{"org list", "org show af", "user list", "status", "psql"} {
		r := p.run(strings.Fields(command)...)
		if r.code != 1 || !strings.Contains(r.stderr, "there is no Plio in "+p.data+" yet") {
			t.Errorf("plio %s where nothing is: %+v", command, r)
		}
	}
	if _, err := os.Stat(p.data); err == nil {
		t.Error("they have made the folder all the same")
	}
	p.must("migrate")
	p.live(aLife)
	if _, err := os.Stat(filepath.Join(p.data, "postgres", "data", "postmaster.pid")); err == nil {
		t.Error("a command has left PostgreSQL running")
	}
}

func TestACommandThatBringsSomethingInMayBeTheFirstOfAll(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"org create af --name A", "user create ann@example.org", "user token ann@example.org", "user link ann@example.org"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			p := install(t)
			r := p.run(strings.Fields(command)...)
			if r.code != 0 || r.stdout == "" {
				t.Errorf("%+v", r)
			}
			p.must("status")
		})
	}
}

func TestAUserTokenIsAllThatIsPrinted(t *testing.T) {
	t.Parallel()
	p := install(t)
	token := p.must("user", "token", "ann@example.org") // stderr may have the log
	if strings.TrimSpace(token) != token || strings.ContainsAny(token, " \n") || len(token) < 30 {
		t.Errorf("%q", token)
	}
	if again := p.must("user", "token", "ann@example.org"); again == token {
		t.Error("a token was given twice")
	}
	p.sql(`UPDATE public."user" SET is_active = false`)
	if r := p.run("user", "token", "ann@example.org"); r.code != 1 || !strings.Contains(r.stderr, "this user is deactivated") {
		t.Errorf("%+v", r)
	}
}

func TestEveryListIsJSONForAScript(t *testing.T) {
	t.Parallel()
	p := install(t)
	p.serve()
	made := map[string]any{}
	decode := func(into any, args ...string) {
		t.Helper()
		out := p.must(append(args, "--json")...)
		if err := json.Unmarshal([]byte(out), into); err != nil {
			t.Fatalf("plio %v: %v: %s", args, err, out)
		}
	}
	decode(&made, "org", "create", "af", "--name", "Avanti <&> Fellows")
	if made["shortcode"] != "af" || made["name"] != "Avanti <&> Fellows" || len(made["api_key"].(string)) != 20 {
		t.Errorf("made %v", made)
	}
	user := map[string]any{}
	decode(&user, "user", "create", "ann@example.org", "--org", "af", "--role", "org-admin")
	for _, tt := range []struct {
		args string
		has  map[string]any // in the first row, or in the one there is
	}{
		{"org list", map[string]any{"id": made["id"], "shortcode": "af", "state": "active", "behind": false, "version": 1.0}},
		{"org show af", map[string]any{"id": made["id"], "api_key": made["api_key"], "schema": made["schema"]}},
		{"user list", map[string]any{"id": user["id"], "email": "ann@example.org", "status": "approved", "organizations": 1.0, "superuser": false, "last_login": nil}},
		{"status", map[string]any{"key": "fits", "super_admin": false, "workspaces": map[string]any{"active": 3.0}}},
		{"migrate --plan", map[string]any{"up_to_date": true, "workspaces": 3.0}},
		{"migrate", map[string]any{"done": 0.0, "left": 0.0}},
		{"version", map[string]any{"modified": false}},
	} {
		var got any
		decode(&got, strings.Fields(tt.args)...)
		row, ok := got.(map[string]any)
		if list, isList := got.([]any); isList && len(list) > 0 {
			row, ok = list[0].(map[string]any)
		}
		if !ok {
			t.Errorf("plio %s: %v", tt.args, got)
		}
		for key, want := range tt.has {
			if a, b := encoded(row[key]), encoded(want); a != b {
				t.Errorf("plio %s: %s is %s, want %s", tt.args, key, a, b)
			}
		}
	}
	var shown struct{ Members []map[string]any }
	decode(&shown, "org", "show", "af")
	if len(shown.Members) != 1 || shown.Members[0]["role"] != "org-admin" {
		t.Errorf("the members of af: %v", shown.Members)
	}
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
