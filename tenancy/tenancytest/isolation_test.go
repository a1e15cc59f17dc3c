package tenancytest_test

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

const (
	people = "CREATE TABLE public.user_key (id bigserial PRIMARY KEY); CREATE TABLE public.note_all (id bigserial PRIMARY KEY, text text);"
	notes  = `CREATE TABLE person (user_id bigint PRIMARY KEY, name text NOT NULL);
		CREATE TABLE note (id bigserial PRIMARY KEY, text varchar(10) NOT NULL, person_id bigint NOT NULL, state text NOT NULL, UNIQUE (text));
		ALTER TABLE note ADD CONSTRAINT note_state CHECK (state IN ('a', 'b') AND text IS NOT NULL);
		ALTER TABLE note ADD CONSTRAINT note_person FOREIGN KEY (person_id) REFERENCES person (user_id);
		CREATE UNIQUE INDEX note_once ON note (coalesce(state, ''));
		CREATE TABLE "Odd name" (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (a, c));
		CREATE TABLE event (at date, n int, PRIMARY KEY (at, n)) PARTITION BY RANGE (at);
		CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
		CREATE VIEW note_short AS SELECT id, text FROM note;`
	outward = "ALTER TABLE person ADD CONSTRAINT person_user FOREIGN KEY (user_id) REFERENCES public.user_key (id);"
)

func files(sql string) fs.FS {
	return fstest.MapFS{"0001_initial.sql": &fstest.MapFile{Data: []byte("-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n" + sql)}}
}

// application opens a database whose migrations are these.
func application(t *testing.T, shared, tenant string) *tenancy.DB {
	t.Helper()
	cfg := tenancy.Config{URL: template.EmptyURL(t), Shared: files(shared), Tenant: files(tenant), MaxConns: 4}
	if _, err := tenancy.Migrate(t.Context(), cfg, tenancy.MigrateOptions{}); err != nil {
		t.Fatal(err)
	}
	db, err := tenancy.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// recorder is a test that fails without failing.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Error(args ...any)            { r.said = append(r.said, fmt.Sprint(args...)) }
func (r *recorder) Errorf(f string, args ...any) { r.said = append(r.said, fmt.Sprintf(f, args...)) }
func (r *recorder) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }

// isolation runs Isolation and returns what it found.
func isolation(t *testing.T, db *tenancy.DB, opts tenancytest.IsolationOptions) []string {
	t.Helper()
	r := &recorder{TB: t}
	opts.Transactions = 100
	func() {
		defer func() {
			if p := recover(); p != nil {
				r.said = append(r.said, fmt.Sprint(p))
			}
		}()
		tenancytest.Isolation(r, db, opts)
	}()
	return r.said
}

func TestIsolationFindsNothingInAnApplicationThatIsTight(t *testing.T) {
	t.Parallel()
	db := application(t, people, notes+outward)
	if _, err := db.Create(t.Context(), "blue", nil); err != nil {
		t.Fatal(err)
	}
	opts := tenancytest.IsolationOptions{ForeignKeys: []string{"person.person_user"}}
	if said := isolation(t, db, opts); len(said) > 0 {
		t.Error(strings.Join(said, "\n"))
	}
	infos, err := db.List(t.Context())
	if err != nil || len(infos) != 4 || infos[0].State != tenancy.Active || infos[3].State != tenancy.Trashed {
		t.Errorf("afterwards there are %+v, %v", infos, err)
	}
	if said := isolation(t, db, opts); len(said) > 0 {
		t.Error("a second time: ", strings.Join(said, "\n"))
	}
}

func TestIsolationFindsAPlantedLeak(t *testing.T) {
	t.Parallel()
	const function = "\n-- +goose StatementBegin\nCREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE i text; BEGIN %s RETURN NEW; END $$;\n-- +goose StatementEnd\n"
	for name, tt := range map[string]struct {
		shared, tenant string // added to people and notes
		afterwards     string // with %s for the schema of a tenant
		want           string
	}{
		"a view on a shared table":                   {"", "CREATE VIEW memo AS SELECT id, text FROM public.note_all;", "", "depends on table public.note_all"},
		"a foreign key nobody listed":                {"", outward, "", "constraint person_user on table"},
		"a shared sequence":                          {"CREATE SEQUENCE public.one;", "CREATE TABLE memo (id bigint DEFAULT nextval('public.one') PRIMARY KEY);", "", "depends on sequence public.one"},
		"a sequence by its name":                     {"CREATE SEQUENCE public.one;", "CREATE TABLE memo (id bigint DEFAULT nextval('public.one'::text) PRIMARY KEY);", "", "takes its default by a name"},
		"a shared parent":                            {"CREATE TABLE public.parent (id int);", "CREATE TABLE memo () INHERITS (public.parent);", "", "depends on table public.parent"},
		"a shared type":                              {"CREATE TYPE public.mood AS ENUM ('good');", "CREATE TABLE memo (id int PRIMARY KEY, mood public.mood);", "", "depends on type public.mood"},
		"a rule that writes elsewhere":               {"", "CREATE RULE copy AS ON INSERT TO note DO ALSO INSERT INTO public.note_all (text) VALUES (NEW.text);", "", "depends on table public.note_all"},
		"a shared trigger function":                  {fmt.Sprintf(function, "public.spy", "NULL;"), "CREATE TRIGGER spy BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION public.spy();", "", "depends on function public.spy()"},
		"a function that names public":               {"", fmt.Sprintf(function, "spy", "INSERT INTO public.note_all (text) VALUES (NEW.text);") + "CREATE TRIGGER spy BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION spy();", "", "names the schema public"},
		"a function with a path of its own":          {"", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';", "", "sets its own search path"},
		"a table with a name that is public's":       {"CREATE TABLE public.memo (id int);", "CREATE TABLE memo (id int PRIMARY KEY);", "", "public.memo has the name of a tenant's table"},
		"a table with a name that is the catalog's":  {"", "CREATE TABLE pg_class (id int PRIMARY KEY);", "", "the name pg_class is pg_catalog.pg_class"},
		"a tenant that lost a table":                 {"", "", "DROP TABLE %s.event", "the name event is no table"},
		"a shared view on a tenant's table":          {"", "", "CREATE VIEW public.spy AS SELECT id FROM %s.note", "rule _RETURN on view public.spy depends on table"},
		"a table that is a view on another tenant's": {"", "", "CREATE SCHEMA other; CREATE TABLE other.memo (id int); CREATE VIEW %s.memo AS SELECT * FROM other.memo", "depends on table other.memo"},
		"a trigger that writes to every other tenant": {"", fmt.Sprintf(function, "spy", `
			IF pg_trigger_depth() = 1 THEN
				FOR i IN SELECT attrelid::regclass FROM pg_catalog.pg_attribute WHERE attname = 'isolation_marker' AND attrelid::regclass::text LIKE '%.note' LOOP
					EXECUTE format('INSERT INTO %s (isolation_marker) VALUES (''leaked'')', i);
				END LOOP;
			END IF;`) + "CREATE TRIGGER spy BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION spy();", "", "a tenant has"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := application(t, people+tt.shared, notes+tt.tenant)
			tenant, err := db.Create(t.Context(), "blue", nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.afterwards != "" {
				if _, err := db.Shared().Exec(t.Context(), fmt.Sprintf(tt.afterwards, tenant.Schema())); err != nil {
					t.Fatal(err)
				}
			}
			said := isolation(t, db, tenancytest.IsolationOptions{})
			if !strings.Contains(strings.Join(said, "\n"), tt.want) {
				t.Errorf("found %q\nwant %s", said, tt.want)
			}
		})
	}
}

func TestIsolationAllowsWhatIsListedAndNothingElse(t *testing.T) {
	t.Parallel()
	db := application(t, people+"CREATE FUNCTION public.slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';",
		notes+outward+"CREATE TABLE memo (title text PRIMARY KEY, slug text DEFAULT public.slug('A'));")
	for _, tt := range []struct {
		opts tenancytest.IsolationOptions
		want int
	}{
		{tenancytest.IsolationOptions{}, 2},
		{tenancytest.IsolationOptions{ForeignKeys: []string{"person.person_user"}}, 1},
		{tenancytest.IsolationOptions{ForeignKeys: []string{"note.person_user"}, Uses: []string{"public.slug"}}, 1},
		{tenancytest.IsolationOptions{ForeignKeys: []string{"person.person_user"}, Uses: []string{"public.slug"}}, 0},
	} {
		kinds := map[string]bool{}
		for _, s := range isolation(t, db, tt.opts) {
			kinds[fmt.Sprint(strings.Contains(s, "slug"))] = true
		}
		if len(kinds) != tt.want {
			t.Errorf("%+v: %d kinds of findings, want %d", tt.opts, len(kinds), tt.want)
		}
	}
}

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]bool{}
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			db := template.Open(t, func(c *tenancy.Config) { c.MaxConns = 2 })
			home, err := db.Get(t.Context(), "setup")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Create(t.Context(), "mine", nil); err != nil {
				t.Error(err)
			}
			var database string
			if err := db.Shared().QueryRow(t.Context(), "SELECT current_database()").Scan(&database); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[database] || home.ID() != 1 {
				t.Errorf("%s is used twice, or was not set up", database)
			}
			seen[database] = true
		})
	}
}
