package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "example.org/plio/"

// arrows says which of our own rooms each room may import. A room that is not
// listed may import none of ours.
var arrows = map[string][]string{
	"cmd/plio":            {"internal/cli"},
	"internal/api":        {"internal/auth", "internal/drf", "internal/store", "tenancy"},
	"internal/auth":       {"internal/notify", "internal/store", "tenancy"},
	"internal/cli":        {"internal/api", "internal/auth", "internal/config", "internal/importer", "internal/notify", "internal/postgres", "internal/server", "internal/store", "internal/welcome", "migrations", "tenancy"},
	"internal/importer":   {"migrations", "internal/store", "tenancy"},
	"internal/plitest":    {"internal/api", "internal/auth", "internal/notify", "internal/postgres", "internal/store", "migrations", "tenancy", "tenancy/tenancytest"},
	"internal/postgres":   {"tenancy/localpg"},
	"internal/store":      {"internal/store/shareddb", "internal/store/tenantdb", "tenancy"},
	"internal/welcome":    {"internal/auth"},
	"tenancy/example":     {"tenancy"},
	"tenancy/tenancytest": {"tenancy", "tenancy/localpg"},
	"bench":               {"tenancy", "tenancy/localpg"},
}

var std = regexp.MustCompile(`^[^.]+$`)

// foreign says what of others a room may import, if not everything.
var foreign = map[string]*regexp.Regexp{
	"internal/config":  std,
	"internal/drf":     std,
	"migrations":       std,
	"tenancy":          regexp.MustCompile(`^([^.]+|github.com/jackc/pgx/v5(/.*)?)$`),
	"tenancy/localpg":  std,
	"internal/api":     regexp.MustCompile(`^([^.]+|[^.]+\.[^/]+/([^j]|j[^a]).*)$`), // no pgx
	"internal/welcome": std,
}

// worlds are the rooms that only tests import, by who may.
func worlds(room string) string {
	if strings.HasPrefix(room, "tenancy") {
		return "tenancy/tenancytest"
	}
	return "internal/plitest"
}

// testsOnly are what a room's tests need beyond its arrows.
var testsOnly = map[string][]string{
	"tenancy":        {"tenancy/localpg"},
	"internal/store": {"tenancy/tenancytest"},
}

// mayImport reports whether a file may import what.
func mayImport(file, what string) bool {
	room, test := path.Dir(file), strings.HasSuffix(file, "_test.go")
	ours, ok := strings.CutPrefix(what, module)
	switch {
	case !ok:
		return test || foreign[room] == nil || foreign[room].MatchString(what)
	case slices.Contains(arrows[room], ours):
		return true
	default:
		return test && (ours == room || ours == worlds(room) || slices.Contains(testsOnly[room], ours))
	}
}

// binding takes any connection; store.go, which does it, asks for a tenancy.Tx.
var binding = regexp.MustCompile(`\b(shareddb|tenantdb)\.New\(|\.WithTx\(`)

func TestArrows(t *testing.T) {
	t.Parallel()
	root := os.DirFS("..")
	files := 0
	err := fs.WalkDir(root, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".go" || strings.HasPrefix(file, "tools/") {
			return err
		}
		files++
		source, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			if what, _ := strconv.Unquote(imp.Path.Value); !mayImport(file, what) {
				t.Errorf("%s imports %s: no such arrow", file, what)
			}
		}
		generated := strings.HasPrefix(file, "internal/store/shareddb/") || strings.HasPrefix(file, "internal/store/tenantdb/")
		if binding.Match(source) && !generated && file != "internal/store/store.go" && file != "internal/arrows_test.go" {
			t.Errorf("%s binds queries: store.go does, which asks for a tenancy.Tx, and nothing else", file)
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files: %v", files, err)
	}
}

// TestArrowsFindWhatIsForbidden shows that the rule above can fail.
func TestArrowsFindWhatIsForbidden(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file, what string
		want       bool
	}{
		{"internal/api/plio.go", "net/http", true},
		{"internal/api/plio.go", module + "internal/store", true},
		{"internal/api/plio.go", module + "internal/store/tenantdb", false},
		{"internal/api/plio.go", "github.com/jackc/pgx/v5", false},
		{"internal/api/plio.go", "golang.org/x/text/unicode/norm", true},
		{"internal/api/plio_test.go", module + "internal/plitest", true},
		{"internal/api/plio.go", module + "internal/plitest", false},
		{"internal/drf/body.go", "golang.org/x/text/unicode/norm", false},
		{"tenancy/run.go", "github.com/jackc/pgx/v5/pgconn", true},
		{"tenancy/run.go", "github.com/google/uuid", false},
		{"tenancy/run.go", module + "internal/store", false},
		{"internal/server/server.go", module + "internal/api", false},
	} {
		if got := mayImport(tt.file, tt.what); got != tt.want {
			t.Errorf("%s may import %s: %t, want %t", tt.file, tt.what, got, tt.want)
		}
	}
}
