package tenancy

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

func fileSet(names ...string) fs.FS {
	fsys := fstest.MapFS{}
	for _, name := range names {
		fsys[name] = &fstest.MapFile{Data: []byte("-- +goose Up\nSELECT 1;")}
	}
	return fsys
}

func TestASetOfMigrationsIsNumberedFromOneWithoutAGap(t *testing.T) {
	t.Parallel()
	broken := fileSet("0001_a.sql").(fstest.MapFS)
	broken["0002_b.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nSELECT '")}
	broken["0003_c.sql"] = &fstest.MapFile{Data: []byte("")}
	for _, tt := range []struct {
		files  fs.FS
		latest int64
		want   []string // parts of the error
	}{
		{nil, 0, nil},
		{fileSet(), 0, nil},
		{fileSet("README.md", "embed.go", "sub/9.sql"), 0, nil},
		{fileSet("0001_a.sql", "0002_b-c_D.sql", "00003_wide.sql"), 3, nil},
		{fileSet("0000_a.sql"), 0, []string{"0000_a.sql: the first migration is 0001"}},
		{fileSet("0002_a.sql"), 0, []string{"tenant migration 0001 is missing: 0002_a.sql follows"}},
		{fileSet("0001_a.sql", "0003_a.sql", "0007_b.sql"), 0, []string{"0002 is missing: 0003_a.sql", "0004 to 0006 are missing: 0007_b.sql"}},
		{fileSet("0001_a.sql", "0001_b.sql"), 0, []string{"0001_a.sql and 0001_b.sql have the same number"}},
		{fileSet("0001_a.sql", "001_b.sql"), 0, []string{"001_b.sql: the name is not of the form"}},
		{fileSet("20240101120000_a.sql"), 0, []string{"20240101120000_a.sql: the name"}},
		{fileSet("0001_.sql"), 0, []string{"the name is not"}},
		{fileSet("0001_a b.sql"), 0, []string{"the name is not"}},
		{fileSet("notes.sql"), 0, []string{"the name is not"}},
		{broken, 0, []string{"0002_b.sql: line 2: a quoted text", "0003_c.sql: there is no line"}},
	} {
		set, err := readSource(tt.files, "tenant")
		if (err == nil) != (tt.want == nil) || err == nil && set.latest() != tt.latest {
			t.Errorf("%v: %d, %v; want %d, %v", tt.files, set.latest(), err, tt.latest, tt.want)
		}
		for _, part := range tt.want {
			if err != nil && !strings.Contains(err.Error(), part) {
				t.Errorf("%v: %v\nwant %s", tt.files, err, part)
			}
		}
	}
}

func TestTheForeignKeyThatLeavesTheSchemaWaitsUntilAllElseIsDone(t *testing.T) {
	t.Parallel()
	const key = "ALTER TABLE person ADD CONSTRAINT person_user FOREIGN KEY (user_id) REFERENCES public.user_key (id)"
	for name, tt := range map[string]struct {
		sql     string // before and after key
		waiting bool
	}{
		"a later table":                   {"CREATE TABLE note (n int);", true},
		"a later column":                  {"ALTER TABLE person ADD COLUMN size int;", true},
		"a later key to it":               {"ALTER TABLE note ADD CONSTRAINT note_person FOREIGN KEY (p) REFERENCES person (user_id);", true},
		"the constraint is dropped":       {"ALTER TABLE person DROP CONSTRAINT person_user;", false},
		"the constraint is quoted":        {`ALTER TABLE person VALIDATE CONSTRAINT "person_user";`, false},
		"the table is renamed":            {"ALTER TABLE person RENAME TO human;", false},
		"the table is dropped":            {"DROP TABLE person;", false},
		"its type changes":                {"ALTER TABLE person ALTER COLUMN user_id TYPE text;", false},
		"another table loses a column":    {"ALTER TABLE note DROP COLUMN size;", true},
		"it is named in a text or remark": {"INSERT INTO note VALUES ('person_user'); -- person_user", true},
	} {
		statements, err := parse("-- +goose Up\nCREATE TABLE person (user_id bigint);\n" + key + ";\n" + tt.sql)
		if err != nil {
			t.Fatal(err)
		}
		inside, outward := source{{statements: statements}}.split()
		if waits := len(outward) == 1 && outward[0].sql == key; waits != tt.waiting || len(inside)+len(outward) != 3 {
			t.Errorf("%s: %v, and then %v", name, inside, outward)
		}
	}
	for sql, want := range map[string]bool{
		key: true, `alter table only "person" add constraint "x" foreign key ("a") references "public" . "user"`: true,
		"ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES d (e)":                                       false,
		"ALTER TABLE a ADD COLUMN b int REFERENCES public.c (d)":                                                false,
		"ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES public.d (e), ADD CONSTRAINT f CHECK (true)": false,
		"CREATE TABLE a (b int REFERENCES public.c (d))":                                                        false,
		"ALTER TABLE": false, "ALTER TABLE only": false, "ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (c)": false, "ALTER TABLE a ADD CONSTRAINT b CHECK (c)": false,
	} {
		tokens, err := lex(sql)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := newStatement(sql, tokens)
		if table, _ := s.outward(); (table != "") != want {
			t.Errorf("%s: %q", sql, table)
		}
	}
}

func TestAKeyIsWhatItsFormSays(t *testing.T) {
	t.Parallel()
	f, err := newFleet(Config{Reserved: []string{"Admin", "me"}})
	if err != nil {
		t.Fatal(err)
	}
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9_-]{0,60}`), rapid.SampledFrom([]string{"admin", "ADMIN", "Me", "me\n", "adminx"})).Draw(t, "key")
		form := key != "" && len(key) <= 50 && strings.Trim(key, allowed) == ""
		reserved := strings.EqualFold(key, "admin") || strings.EqualFold(key, "me")
		switch err := f.checkKey(key); {
		case !form && !errors.Is(err, ErrInvalidKey), form && reserved && !errors.Is(err, ErrReserved), form && !reserved && err != nil:
			t.Fatalf("%q: %v", key, err)
		}
	})
}

func TestASchemasNameIsTenLettersThatNobodyChose(t *testing.T) {
	t.Parallel()
	seen, letters := map[string]bool{}, map[rune]int{}
	for range 2000 {
		name := newSchema()
		if !regexp.MustCompile(`^[a-z]{10}$`).MatchString(name) || seen[name] {
			t.Fatalf("%q", name)
		}
		seen[name] = true
		for _, r := range name {
			letters[r]++
		}
	}
	for r := 'a'; r <= 'z'; r++ { // 769 each, give or take 27
		if letters[r] < 600 || letters[r] > 940 {
			t.Errorf("%c comes %d times in 20000", r, letters[r])
		}
	}
}

func TestBuiltInTenantsAreChecked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		builtIn []BuiltIn
		want    string
	}{
		{[]BuiltIn{{"home", "personal"}, {"void", "void"}}, ""},
		{[]BuiltIn{{"a b", "personal"}}, `"a b"`},
		{[]BuiltIn{{"home", "public"}}, `"public" cannot be a tenant's schema`},
		{[]BuiltIn{{"home", "Personal"}}, `"Personal" cannot be a tenant's schema`},
		{[]BuiltIn{{"home", "a"}, {"home", "b"}}, "two built-in tenants"},
		{[]BuiltIn{{"home", "a"}, {"void", "a"}}, "two built-in tenants"},
	} {
		_, err := newFleet(Config{BuiltIn: tt.builtIn, Reserved: []string{"home", "void"}})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q", tt.builtIn, err, tt.want)
		}
	}
}
