package cli_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the help as it is now to testdata/help.txt")

// everyCommand is all that can be typed; "" is plio alone.
var everyCommand = []string{
	"", "serve", "migrate", "status", "org list", "org create", "org show", "org rename", "org suspend", "org resume",
	"user list", "user create", "user token", "user link", "import json", "psql", "version",
}

func TestTheHelpIsAsItWasRead(t *testing.T) {
	t.Parallel()
	p := install(t, "COLUMNS=100", "PLIO_CLIENT_ID=web", "PLIO_CLIENT_SECRET=hush-1", "PLIO_ENCRYPTION_KEY=hush-2",
		"PLIO_DATABASE_URL=postgres://plio:hush-3@db/plio")
	var all strings.Builder
	for _, command := range everyCommand {
		help := p.must(append(strings.Fields(command), "--help")...)
		all.WriteString("$ plio " + strings.TrimSpace(command+" --help") + "\n" + help + "\n\n")
	}
	got := all.String()
	if strings.Contains(got, "hush") {
		t.Error("the help tells a secret")
	}
	if *update {
		if err := os.WriteFile("testdata/help.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/help.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the help has changed; read it, and if it is right: go test ./internal/cli -run Help -update\n%s", got)
	}
	for _, command := range everyCommand[1:] {
		if !strings.Contains(got, "\n  "+command+" ") {
			t.Errorf("plio --help does not name %s", command)
		}
	}
	if alone := p.run(); !strings.Contains(alone.stdout, "Commands:") {
		t.Errorf("plio alone does not help: %+v", alone)
	}
}
