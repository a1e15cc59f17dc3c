package cli_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	inviting = regexp.MustCompile(`(?m)^\s*(http://\S+)(/start/\S+)$`)
	bearer   = regexp.MustCompile(`Bearer ([A-Za-z0-9]{30,})`)
)

// link is the one that the server printed.
func (s *serving) link() string {
	s.Helper()
	eventually(s.Context(), s.T, "a link on stdout", func() bool { return inviting.MatchString(s.stdout.String()) })
	found := inviting.FindStringSubmatch(s.stdout.String())
	if found[1] != s.url {
		s.Errorf("the link leads to %s, the server is at %s", found[1], s.url)
	}
	return found[2]
}

// admin makes the first super-admin, as somebody with a browser does, and
// returns the token that the page shows.
func (s *serving) admin() string {
	s.Helper()
	link := s.link()
	if status, page := s.send("GET", link, "", "", ""); status != 200 || !strings.Contains(page, "<form") {
		s.Fatalf("the page: %d %s", status, page)
	}
	form := url.Values{"email": {"root@example.org"}, "name": {"Root Person"}}
	status, page := s.send("POST", link, "", "", form.Encode())
	found := bearer.FindStringSubmatch(page)
	if status != 200 || found == nil {
		s.Fatalf("the page after the button: %d %s", status, page)
	}
	return found[1]
}

func TestFromNothingToTheFirstOrganization(t *testing.T) {
	t.Parallel()
	s := install(t).serve()
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if status, body := s.send("GET", path, "", "", ""); status != 200 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	link, token := s.link(), s.admin()
	if status, body := s.send("POST", "/api/v1/organizations/", token, "", `{"name": "Avanti Fellows", "shortcode": "af"}`); status != 201 {
		t.Errorf("making an organization: %d %s", status, body)
	}
	if status, body := s.send("GET", "/api/v1/plios/", token, "af", ""); status != 200 || !strings.Contains(body, `"results"`) {
		t.Errorf("its plios: %d %s", status, body)
	}
	s.waitFor("workspace=af")
	for what, text := range map[string]string{"log": s.stderr.String(), "metrics": must(s.send("GET", "/metrics", "", "", ""))} {
		for _, secret := range []string{token, strings.TrimPrefix(link, "/start/")} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s tells a secret:\n%s", what, text)
			}
		}
	}
	if status, _ := s.send("GET", link, "", "", ""); status == 200 {
		t.Error("the link works twice")
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	again := s.plio.serve()
	if strings.Contains(again.stdout.String(), "/start/") {
		t.Errorf("there is a super-admin, and a link all the same:\n%s", again.stdout)
	}
	if status, _ := again.send("GET", "/api/v1/plios/", token, "af", ""); status != 200 {
		t.Errorf("after a restart the token is worth nothing: %d", status)
	}
}

func must(_ int, body string) string { return body }

func TestEachStartKillsTheLinkBefore(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	first := s.link()
	s.stop()
	s = p.serve()
	if second := s.link(); second == first {
		t.Error("the link is the same")
	}
	if status, page := s.send("GET", first, "", "", ""); status == 200 && strings.Contains(page, "<form") {
		t.Errorf("the link before still works: %d", status)
	}
}

func TestASecondServerIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	for name, tt := range map[string]struct{ listen, says string }{
		"the same port": {strings.TrimPrefix(s.url, "http://"), "another program listens on " + strings.TrimPrefix(s.url, "http://") + " already"},
		"the same data": {"127.0.0.1:0", "is served by plio serve (process " + strconv.Itoa(s.cmd.Process.Pid) + ")"},
	} {
		r := p.run("serve", "--listen", tt.listen)
		if r.code != 1 || !strings.Contains(r.stderr, tt.says) || strings.Count(r.stderr, "\n") > 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if status, _ := s.send("GET", "/readyz", "", "", ""); status != 200 {
		t.Errorf("the first is disturbed: %d", status)
	}
	other := install(t)
	if r := other.run("serve", "--listen", strings.TrimPrefix(s.url, "http://")); r.code != 1 {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(other.data); err == nil {
		t.Error("it began to make a database before it knew that the port is taken")
	}
}

// upload begins a request, and leaves it half sent.
func (s *serving) upload(token, shortcode string) (finish func() (int, string)) {
	s.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { conn.Close() }) //nolint:errcheck // nothing is left to say
	body := fmt.Sprintf(`{"name": "Slow", "shortcode": %q}`, shortcode)
	fmt.Fprintf(conn, "POST /api/v1/organizations/ HTTP/1.1\r\nHost: plio\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n\r\n%s", token, len(body), body[:10]) //nolint:errcheck // seen in finish
	eventually(s.Context(), s.T, "the request", func() bool {
		_, metrics := s.send("GET", "/metrics", "", "", "")
		return strings.Contains(metrics, "http_requests_in_flight 2") // and this one
	})
	return func() (int, string) {
		io.WriteString(conn, body[10:]) //nolint:errcheck // seen in the answer
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return 0, err.Error()
		}
		defer resp.Body.Close() //nolint:errcheck // read to its end
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			return 0, err.Error()
		}
		return resp.StatusCode, string(b)
	}
}

func TestSIGTERMEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	token := p.must("user", "token", "root@example.org")
	p.sql(`UPDATE public."user" SET is_superuser = true`)
	finish := s.upload(token, "slow")
	s.signal(syscall.SIGTERM)
	s.waitFor("stopping")
	eventually(t.Context(), t, "a closed port", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err == nil {
			conn.Close() //nolint:errcheck // it was only a knock
		}
		return err != nil
	})
	select {
	case <-s.ended:
		t.Fatal("it did not wait")
	case <-time.After(200 * time.Millisecond):
	}
	if status, body := finish(); status != 201 {
		t.Errorf("the request under way: %d %s", status, body)
	}
	if code := s.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if list := p.must("org", "list"); !strings.Contains(list, "slow") {
		t.Errorf("what was answered is not there:\n%s", list)
	}
}

func TestARequestWithoutEndIsCutAndTold(t *testing.T) {
	t.Parallel()
	p := install(t, "PLIO_DRAIN_TIMEOUT=300ms")
	s := p.serve()
	s.upload("nobody", "slow")
	if code := s.stop(); code != 1 || !strings.Contains(s.stderr.String(), "1 requests had not ended after 300ms and were cut") {
		t.Errorf("exit code %d:\n%s", code, s.stderr)
	}
}

func TestASecondSignalEndsItAtOnce(t *testing.T) {
	t.Parallel()
	p := install(t, "PLIO_DRAIN_TIMEOUT=5m")
	s := p.serve()
	s.upload("nobody", "slow")
	s.signal(syscall.SIGINT)
	s.waitFor("stopping")
	s.signal(syscall.SIGINT)
	s.wait()
	if p.must("org", "list"); p.run("status").code != 0 {
		t.Error("the data suffered")
	}
}

func TestAServerWhosePostgreSQLDiesSaysSoAndEnds(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	pid, err := strconv.Atoi(p.postmaster())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := s.wait(); code != 1 || !strings.Contains(s.stderr.String(), "PostgreSQL ended while it was needed") {
		t.Errorf("exit code %d:\n%s", code, s.stderr)
	}
	p.serve().stop()
}

// postmaster is the process id of the PostgreSQL that runs.
func (p *plio) postmaster() string {
	p.Helper()
	file, err := os.ReadFile(p.data + "/postgres/data/postmaster.pid")
	if err != nil {
		p.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(file), "\n")
	return pid
}

func TestASignalBeforeItServesIsAnEndToo(t *testing.T) {
	t.Parallel()
	p := install(t)
	for _, word := range []string{"making a database", "PostgreSQL is running"} {
		s := p.start()
		s.waitFor(word)
		s.signal(syscall.SIGTERM)
		if code := s.wait(); code != 0 || strings.Contains(s.stderr.String(), "plio:") {
			t.Errorf("exit code %d:\n%s", code, s.stderr)
		}
		if _, err := os.Stat(p.data + "/postgres/data/postmaster.pid"); err == nil {
			t.Error("PostgreSQL still runs")
		}
		os.RemoveAll(p.data) //nolint:errcheck // the next one makes it anew
	}
	p.serve().stop()
}

func TestAOneTimePasswordIsALineOfTheLog(t *testing.T) {
	t.Parallel()
	s := install(t).serve()
	if status, body := s.send("POST", "/api/v1/otp/request/", "", "", `{"mobile": "+919812345678"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	s.waitFor("mobile=+919812345678")
	found := regexp.MustCompile(`mobile=\+919812345678 code=(\d{6})`).FindStringSubmatch(s.stderr.String())
	if found == nil {
		t.Fatal("no code in the log")
	}
	status, body := s.send("POST", "/api/v1/otp/verify/", "", "", `{"mobile": "+919812345678", "otp": "`+found[1]+`"}`)
	if status != 200 || !strings.Contains(body, `"access_token"`) {
		t.Errorf("%d %s", status, body)
	}
}
