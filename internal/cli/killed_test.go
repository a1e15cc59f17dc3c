package cli_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// kills is how often the server is killed while organizations are made.
const kills = 50

// TestKilledOrganizationsAreWholeOrAbsent kills the server at random while
// organizations are made, and looks at what is there afterwards. Each kill is in
// the middle of one: the server is halted first, and a transaction that has
// written, and waits for it, can then neither go on nor commit. Every second
// time PostgreSQL is killed too, so that it has to recover.
func TestKilledOrganizationsAreWholeOrAbsent(t *testing.T) {
	p := install(t)
	p.must("user", "token", "root@example.org")
	p.sql(`UPDATE public."user" SET is_superuser = true`)
	token := p.must("user", "token", "root@example.org")
	acknowledged := map[string]bool{}
	started, made, absent, tries := time.Now(), 0, 0, 0
	s := p.serve()
	for n := 0; n < kills; tries++ {
		if tries > 3*kills {
			t.Fatalf("only %d of %d kills were in the middle", n, tries)
		}
		cut := s.killWhileMaking(fmt.Sprintf("run%d", tries), token, n%2 == 1)
		if cut.unfinished {
			n++
		}
		maps.Copy(acknowledged, cut.answered)
		s = p.serve()
		there := p.afterwards(acknowledged)
		missing := 0
		for shortcode := range cut.sent {
			if !there[shortcode] {
				missing++
			}
		}
		if cut.unfinished && missing == 0 {
			t.Error("a transaction was in the middle, and every organization is there: it was not that of one")
		}
		made, absent = made+len(cut.sent)-missing, absent+missing
	}
	t.Logf("%d kills in the middle, of %d, in %v: %d organizations whole, %d absent", kills, tries, time.Since(started).Round(time.Second), made, absent)
	if made == 0 || absent < kills {
		t.Errorf("%d were whole and %d absent: the kills came too late or too early", made, absent)
	}
}

// cut is what the clients of a killed server know.
type cut struct {
	sent       map[string]bool // every shortcode that was asked for
	answered   map[string]bool // those that were answered 201
	unfinished bool            // a transaction was in the middle
}

// killWhileMaking has four clients make organizations, and kills the server.
func (s *serving) killWhileMaking(prefix, token string, database bool) cut {
	s.Helper()
	conn := s.connect()
	defer conn.Close(context.Background()) //nolint:errcheck // the server is gone then
	c := cut{sent: map[string]bool{}, answered: map[string]bool{}}
	var answers atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for client := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				shortcode := fmt.Sprintf("%s-%d-%d", prefix, client, i)
				mu.Lock()
				c.sent[shortcode] = true
				mu.Unlock()
				if status := s.make(token, shortcode); status != http.StatusCreated {
					return
				}
				mu.Lock()
				c.answered[shortcode] = true
				mu.Unlock()
				answers.Add(1)
			}
		})
	}
	for few := rand.IntN(3); answers.Load() < int64(few) && s.Context().Err() == nil; {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(rand.Int64N(int64(100 * time.Millisecond))))
	s.signal(syscall.SIGSTOP)
	c.unfinished = s.unfinished(conn)
	if database {
		s.killDatabase(conn)
	}
	s.signal(syscall.SIGKILL)
	<-s.ended
	wg.Wait()
	return c
}

// killDatabase kills every process of PostgreSQL, as a loss of power does.
func (s *serving) killDatabase(conn *pgx.Conn) {
	s.Helper()
	rows, err := conn.Query(s.Context(), "SELECT pid FROM pg_stat_activity")
	if err != nil {
		s.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		s.Fatal(err)
	}
	postmaster, err := strconv.Atoi(s.postmaster())
	if err != nil {
		s.Fatal(err)
	}
	for _, pid := range append([]int{postmaster}, pids...) {
		syscall.Kill(pid, syscall.SIGKILL) //nolint:errcheck // it went with the postmaster
	}
}

// make asks for an organization, and returns 0 when nobody answers.
func (s *serving) make(token, shortcode string) int {
	r, err := http.NewRequestWithContext(s.Context(), "POST", s.url+"/api/v1/organizations/",
		strings.NewReader(fmt.Sprintf(`{"name": "Of %s", "shortcode": %[1]q}`, shortcode)))
	if err != nil {
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no request is sent twice
	resp, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	if b, err := io.ReadAll(resp.Body); err != nil {
		return 0
	} else if resp.StatusCode != http.StatusCreated {
		s.Errorf("%s: %d %s", shortcode, resp.StatusCode, b)
	}
	return resp.StatusCode
}

// unfinished reports whether a creation is in the middle, now that the server
// is halted: a transaction that has written builds a schema, or waits. A halted
// server cannot tell it what comes next, and that it is to commit is the last.
func (s *serving) unfinished(conn *pgx.Conn) (yes bool) {
	s.Helper()
	err := conn.QueryRow(s.Context(), `SELECT EXISTS (
		SELECT FROM pg_stat_activity WHERE datname = 'plio' AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
		AND (state = 'idle in transaction' OR state = 'active' AND query ~ '^CREATE (SCHEMA|TABLE|INDEX|UNIQUE)'))`).Scan(&yes)
	if err != nil {
		s.Fatal(err)
	}
	return yes
}

// afterwards returns the shortcodes that are there, each with all that belongs
// to it.
func (p *plio) afterwards(acknowledged map[string]bool) map[string]bool {
	p.Helper()
	conn := p.connect()
	defer conn.Close(context.Background()) //nolint:errcheck // only read
	if found := incomplete(p.Context(), p.T, conn); len(found) > 0 {
		p.Fatalf("organizations are there in part:\n%s", strings.Join(found, "\n"))
	}
	rows, err := conn.Query(p.Context(), "SELECT key FROM public.tenancy_tenant WHERE key IS NOT NULL")
	if err != nil {
		p.Fatal(err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		p.Fatal(err)
	}
	there := map[string]bool{}
	for _, key := range keys {
		there[key] = true
	}
	for shortcode := range acknowledged {
		if !slices.Contains(keys, shortcode) {
			p.Errorf("%s was answered 201, and is gone", shortcode)
		}
	}
	return there
}
