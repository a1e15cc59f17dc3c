// Package plio_test follows README.
package plio_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTheQuickStartDoesWhatItSays starts the platform, opens the sign-in link,
// and types README's own commands, with another port and a data folder of its
// own.
func TestTheQuickStartDoesWhatItSays(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl, which README's quick start uses")
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, quickStart, _ := strings.Cut(string(readme), "## Quick start")
	quickStart, _, _ = strings.Cut(quickStart, "\n## ")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(quickStart, -1)
	if len(blocks) != 6 {
		t.Fatalf("the quick start has %d blocks of commands; this test knows 6", len(blocks))
	}
	home := newHome(t)
	signIn(t, home.serve(t))
	answers := home.run(t, blocks)
	for i, want := range []struct {
		exit string
		says []string
	}{
		{"0", nil},
		{"0", []string{"af", "kc", "ann@example.org", "ken@example.org"}},
		{"3", []string{"MqzTwRRXnv.json", "plios", "sessions"}},
		{"0", []string{`"count":12,`, `"raw_count":12`}},
		{"0", []string{`"count":0,`, `"results":[]`}},
		{"0", []string{`"uuid":"kJUvzFjlQc"`, `"email":null`, `"correct_answer":`}},
	} {
		for _, says := range want.says {
			if !strings.Contains(answers[i].output, says) {
				t.Errorf("%s\ndoes not say %s, but:\n%s", blocks[i][1], says, answers[i].output)
			}
		}
		if answers[i].exit != want.exit {
			t.Errorf("%s\nexits with %s, want %s:\n%s", blocks[i][1], answers[i].exit, want.exit, answers[i].output)
		}
	}
}

// home is a machine of its own, as far as Plio is concerned.
type home struct{ plio, data, address string }

func newHome(t *testing.T) home {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "readme") // not below a folder that PostgreSQL's user cannot enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := home{plio: filepath.Join(dir, "plio"), data: filepath.Join(dir, "data"), address: freeAddress(t)}
	if out, err := exec.Command("go", "build", "-o", h.plio, "./cmd/plio").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return h
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (h home) env() []string {
	return append(os.Environ(), "PLIO_DATA_DIR="+h.data, "PLIO_LISTEN="+h.address)
}

// serve starts the platform, and returns the sign-in link that it prints.
func (h home) serve(t *testing.T) (link string) {
	t.Helper()
	cmd := exec.Command(h.plio, "serve")
	cmd.Env = h.env()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
		cmd.Wait()                          //nolint:errcheck // its last words are no part of this test
	})
	links := make(chan string, 1)
	go func() {
		defer close(links)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if line := strings.TrimSpace(lines.Text()); strings.HasPrefix(line, "http://") && strings.Contains(line, "/start/") {
				links <- line
			}
		}
	}()
	select {
	case link, ok := <-links:
		if ok {
			return link
		}
		t.Fatal("the server ended before it printed a link")
	case <-time.After(time.Minute):
		t.Fatal("the server prints no link")
	}
	return ""
}

// signIn opens the link the way a browser does, and gives e-mail and name.
func signIn(t *testing.T, link string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: time.Minute}
	for _, visit := range []func() (*http.Response, error){
		func() (*http.Response, error) { return browser.Get(link) },
		func() (*http.Response, error) {
			return browser.PostForm(link, url.Values{"email": {"root@example.org"}, "name": {"Asha Rao"}})
		},
	} {
		resp, err := visit()
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s: %v: %s", link, resp.Status, err, page)
		}
		if resp.Request.Method == http.MethodPost && strings.Count(string(page), "curl") < 2 {
			t.Errorf("the page does not say what to do next: %s", page)
		}
	}
}

type answer struct{ output, exit string }

// run types the blocks into one shell, in README's folder.
func (h home) run(t *testing.T, blocks [][]string) []answer {
	t.Helper()
	const mark = "\x01"
	script := "shopt -s expand_aliases\n"
	for _, block := range blocks {
		typed := strings.ReplaceAll(block[1], "127.0.0.1:8080", h.address)
		typed = strings.ReplaceAll(typed, "go run ./cmd/plio", h.plio) // the same program, built once
		script += typed + "printf '" + mark + "%s" + mark + "' $?\n"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Env = h.env()
	out, err := cmd.CombinedOutput()
	parts := strings.Split(string(out), mark)
	if err != nil || len(parts) != 2*len(blocks)+1 {
		t.Fatalf("%v: %s", err, out)
	}
	answers := make([]answer, len(blocks))
	for i := range answers {
		answers[i] = answer{parts[2*i], parts[2*i+1]}
	}
	return answers
}
