package tenancy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const page = "../docs/tenancy.md"

// squeeze makes texts equal that differ in indentation.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestAllCodeInTheDocumentationIsCodeThatRuns(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	for _, pattern := range []string{"example_test.go", "example/*.go", "example/migrations/*/*.sql"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			code.WriteString(readFile(t, name))
		}
	}
	all := squeeze(code.String())
	blocks := regexp.MustCompile("(?s)```(go|sql)\n(.*?)```").FindAllStringSubmatch(readFile(t, page), -1)
	if len(blocks) < 10 {
		t.Errorf("only %d blocks of code", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(all, squeeze(block[2])) {
			t.Errorf("this is in no example:\n%s", block[2])
		}
	}
}

func TestWhatTheDocumentationNamesExists(t *testing.T) {
	t.Parallel()
	names := exported(t)
	text := readFile(t, page)
	for _, m := range regexp.MustCompile(`\b(tenancy|tenancytest|db|Info|Config|MiddlewareOptions|template)\.([A-Z]\w*)`).FindAllStringSubmatch(text, -1) {
		if !names[m[2]] {
			t.Errorf("%s does not exist", m[0])
		}
	}
	for _, m := range regexp.MustCompile("`(Err[A-Z]\\w*)`").FindAllStringSubmatch(text, -1) {
		if !names[m[1]] {
			t.Errorf("%s does not exist", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\]\((\.\.[^)#]*)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("../docs", m[1])); err != nil {
			t.Errorf("the link %s leads nowhere", m[1])
		}
	}
}

// exported returns the names that packages tenancy and tenancytest show.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, dir := range []string{".", "tenancytest"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && id.IsExported() {
					names[id.Name] = true
				}
				_, body := n.(*ast.BlockStmt)
				return !body
			})
		}
	}
	return names
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
