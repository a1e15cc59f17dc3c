package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"

	"example.org/plio/internal/config"
)

// env is what a command has to work with.
type env struct {
	cfg    config.Config
	stdout io.Writer // answers
	stderr io.Writer // everything else
	live   bool      // somebody looks at stderr
	log    *slog.Logger
}

func newEnv(cfg config.Config) *env {
	e := &env{cfg: cfg, stdout: os.Stdout, stderr: os.Stderr, live: term.IsTerminal(int(os.Stderr.Fd()))}
	e.log = newLog(cfg, e.stderr, e.live)
	return e
}

// json writes an answer for a script.
func (e *env) json(answer any) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(answer)
}

// say prints an answer for people.
func (e *env) say(format string, args ...any) error {
	_, err := fmt.Fprintf(e.stdout, format+"\n", args...)
	return err
}
