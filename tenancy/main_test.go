package tenancy_test

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

// template is a small application: members in public, and in each tenant notes
// that members write.
var template = tenancytest.Template{
	Config: tenancy.Config{Shared: sharedFiles, Tenant: tenantFiles, Reserved: []string{"admin", "WWW"}},
}

var sharedFiles = files("0001_member.sql", "CREATE TABLE public.member (id bigserial PRIMARY KEY, name text NOT NULL);")

var tenantFiles = files(
	"0001_note.sql", `CREATE TABLE note (id bigserial PRIMARY KEY, text varchar(100) NOT NULL, member_id bigint);
		ALTER TABLE note ADD CONSTRAINT note_member FOREIGN KEY (member_id) REFERENCES public.member (id);`,
	"0002_tag.sql", "CREATE TABLE tag (name text PRIMARY KEY); CREATE INDEX note_text ON note (text);")

func TestMain(m *testing.M) { template.Main(m) }

// files makes migrations of pairs: a name, and what stands below +goose Up.
func files(pairs ...string) fs.FS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + pairs[i+1] + "\n")}
	}
	return fsys
}

// newTenant creates a tenant.
func newTenant(t testing.TB, db *tenancy.DB, key string) tenancy.Tenant {
	t.Helper()
	tenant, err := db.Create(t.Context(), key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

// ask returns the one value that a query answers with, over a connection of
// its own.
func ask[T any](t testing.TB, url, query string, args ...any) (answer T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // done
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// do runs statements over a connection of its own, when t is over too.
func do(t testing.TB, url, sql string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // done
	if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
