package store_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.org/plio/internal/plitest"
	"example.org/plio/tenancy"
)

func TestMain(m *testing.M) { plitest.Main(m) }

var generated = regexp.MustCompile("`(-- name: (\\w+) [^`]+)`")

// TestEveryQueryFindsItsTables prepares each generated query where it will run:
// a tenant query in a workspace's schema alone, a shared query with no search
// path at all. A query that forgot "public." fails here.
func TestEveryQueryFindsItsTables(t *testing.T) {
	t.Parallel()
	db := plitest.New(t).DB
	files, _ := filepath.Glob("*db/*.sql.go")
	if len(files) < 8 {
		t.Fatalf("generated queries: %q", files)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range generated.FindAllStringSubmatch(string(source), -1) {
			if err := prepare(t.Context(), db, filepath.Dir(file), query[2], query[1]); err != nil {
				t.Errorf("%s: %s: %v", file, query[2], err)
			}
		}
	}
}

func TestAQueryThatForgotPublicIsFound(t *testing.T) {
	t.Parallel()
	db := plitest.New(t).DB
	for _, dir := range []string{"shareddb", "tenantdb"} {
		if err := prepare(t.Context(), db, dir, "Forgot", `SELECT id FROM "user"`); err == nil {
			t.Errorf("%s: a query of public's tables that does not say so is prepared", dir)
		}
	}
}

func prepare(ctx context.Context, db *tenancy.DB, dir, name, sql string) error {
	if dir == "shareddb" {
		return pgx.BeginFunc(ctx, db.Shared(), func(tx pgx.Tx) error {
			_, err := tx.Prepare(ctx, name, sql)
			return err
		})
	}
	af, err := db.Get(ctx, "af")
	if err != nil {
		return err
	}
	return db.InTx(ctx, af, func(tx tenancy.Tx) error {
		_, err := tx.Prepare(ctx, name, sql)
		return err
	})
}
