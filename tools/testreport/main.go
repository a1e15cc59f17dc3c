// Command testreport reads what `go test -json` prints and tells it in short: a
// line a package, the output of what failed, how many tests there were. Its last
// line names every suite that did not run and why. It exits with 1 when a test
// has failed, and where CI is set also when one was skipped.
//
//	go test -json ./... | testreport [-missing "reason"]...
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	r := report{out: os.Stdout, output: map[string]*strings.Builder{}}
	for i, arg := range os.Args[1:] {
		if arg == "-missing" && i+2 < len(os.Args) && os.Args[i+2] != "" {
			r.skips = append(r.skips, os.Args[i+2])
		}
	}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	if !r.close(os.Getenv("CI") != "") {
		os.Exit(1)
	}
}

// event is one line of `go test -json`, and of the builds before it.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

type report struct {
	out                     io.Writer
	output                  map[string]*strings.Builder
	passed, failed, skipped int
	packagesFailed          int
	skips                   []string            // reasons
	without                 map[string][]string // the tests of a reason
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(r.out, lines.Text()) // not an event: what the go command itself has to say
			continue
		}
		r.take(e)
	}
	return lines.Err()
}

func (r *report) take(e event) {
	key := e.Package + e.ImportPath + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if r.output[key] == nil {
			r.output[key] = &strings.Builder{}
		}
		r.output[key].WriteString(e.Output)
		return
	case "build-fail":
		fmt.Fprint(r.out, r.text(key))
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.packageEnded(e, key)
		} else {
			r.testEnded(e, key)
		}
	default:
		return
	}
	delete(r.output, key)
}

func (r *report) testEnded(e event, key string) {
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		fmt.Fprint(r.out, r.text(key))
	case "skip":
		r.skipped++
		why := reason(r.text(key))
		r.skips = append(r.skips, why)
		if r.without == nil {
			r.without = map[string][]string{}
		}
		r.without[why] = append(r.without[why], e.Test)
	}
}

func (r *report) packageEnded(e event, key string) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(r.out, "ok  \t%s\t%.1fs\n", e.Package, e.Elapsed)
	case "fail":
		r.packagesFailed++
		fmt.Fprintf(r.out, "%sFAIL\t%s\t%.1fs\n", r.text(key), e.Package, e.Elapsed)
	}
}

func (r *report) text(key string) string {
	if b := r.output[key]; b != nil {
		return b.String()
	}
	return ""
}

// reason returns what a test said when it skipped itself: the line before its
// "--- SKIP", less the file and the number.
func reason(output string) string {
	for line := range strings.Lines(output) {
		if _, said, ok := strings.Cut(line, ".go:"); ok {
			_, said, _ = strings.Cut(said, ": ")
			return strings.TrimSpace(said)
		}
	}
	return "no reason given"
}

func (r *report) close(ci bool) bool {
	fmt.Fprintf(r.out, "\n%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	good := r.failed == 0 && r.packagesFailed == 0 && r.passed > 0
	slices.Sort(r.skips)
	if skips := slices.Compact(r.skips); len(skips) > 0 {
		for i, why := range skips {
			if tests := r.without[why]; len(tests) > 0 {
				skips[i] += " (" + strings.Join(tests, ", ") + ")"
			}
		}
		fmt.Fprintln(r.out, "not run:", strings.Join(skips, "; "))
		return good && !ci
	}
	fmt.Fprintln(r.out, "every suite was run")
	return good
}
