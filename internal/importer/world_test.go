package importer_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/internal/importer"
	"example.org/plio/internal/plitest"
	"example.org/plio/tenancy"
)

// sample is the store that the repository carries.
const sample = "testdata/legacy-json/bucket"

// world is plitest's, and a workspace to import into: af, if no other is said.
type world struct {
	*plitest.World
	org string
	tx  *tenancy.Tx // queries run in it, when it is set
}

func newWorld(t testing.TB) world {
	t.Helper()
	return world{World: plitest.New(t), org: "af"}
}

func (w world) in(org string) world { w.org = org; return w }

func (w world) tenant() tenancy.Tenant {
	w.Helper()
	tenant, err := w.DB.Get(context.Background(), w.org)
	if err != nil {
		w.Fatal(err)
	}
	return tenant
}

// run imports the store in dir.
func (w world) run(ctx context.Context, dir string, change ...func(*importer.Options)) (importer.Report, error) {
	w.Helper()
	js, err := importer.OpenJSON(dir)
	if err != nil {
		w.Fatal(err)
	}
	defer js.Close() //nolint:errcheck // only read
	opt := importer.Options{Tenant: w.tenant(), CreatorID: plitest.ID("ann")}
	for _, c := range change {
		c(&opt)
	}
	return js.Run(ctx, w.DB, opt)
}

// bring imports the store in dir, which has to succeed.
func (w world) bring(dir string, change ...func(*importer.Options)) importer.Report {
	w.Helper()
	r, err := w.run(context.Background(), dir, change...)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func planOnly(o *importer.Options) { o.PlanOnly = true }

// exec runs SQL in the workspace.
func (w world) exec(sql string, args ...any) {
	w.Helper()
	err := w.DB.InTx(context.Background(), w.tenant(), func(tx tenancy.Tx) error {
		_, err := tx.Exec(context.Background(), sql, args...)
		return err
	})
	if err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

// texts are the first column of what a query of the workspace finds.
func (w world) texts(sql string, args ...any) (found []string) {
	w.Helper()
	query := func(tx tenancy.Tx) error {
		rows, err := tx.Query(context.Background(), sql, args...)
		if err == nil {
			found, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	}
	var err error
	if w.tx != nil {
		err = query(*w.tx)
	} else {
		err = w.DB.InReadTx(context.Background(), w.tenant(), query)
	}
	if err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return found
}

func (w world) text(sql string, args ...any) string {
	w.Helper()
	found := w.texts(sql, args...)
	if len(found) != 1 {
		w.Fatalf("%s: %d rows", sql, len(found))
	}
	return found[0]
}

// tables are those of a workspace that an import may write.
var tables = []string{"person", "video", "plio", "item", "question", "experiment", "experiment_plio", "session", "session_answer", "event", "tag", "plio_tag"}

// rows are all rows of the workspace and of the users, whole.
func (w world) rows() (rows []string) {
	w.Helper()
	for _, table := range append(slices.Clone(tables), `public."user"`, "public.user_identity", "public.user_key") {
		rows = append(rows, w.texts(fmt.Sprintf(`SELECT '%s ' || to_jsonb(t)::text FROM %[1]s t ORDER BY 1`, table))...)
	}
	return rows
}

// emptied is the world for the next of several cases: the workspace is empty
// again.
func (w world) emptied(t testing.TB) world {
	t.Helper()
	inner := *w.World
	inner.TB = t
	w.World = &inner
	for _, table := range slices.Backward(tables) {
		w.exec("DELETE FROM " + table)
	}
	return w
}

// files is a store to be: contents by name, as "videos/x.json".
type files map[string]string

// write writes the store into a new folder.
func (f files) write(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range f {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// with is the store with some files changed or added.
func (f files) with(changed files) files {
	all := maps.Clone(f)
	maps.Copy(all, changed)
	return all
}

// without is the store without the files that r names as broken.
func (f files) without(r importer.Report) files {
	sound := maps.Clone(f)
	for _, b := range r.Broken {
		delete(sound, b.File)
	}
	return sound
}
