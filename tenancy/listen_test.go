package tenancy_test

import (
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

// line is a way to a server that can go dead without a word, as a network does.
type line struct {
	url   string
	calls atomic.Int32
	dead  atomic.Int32 // the last call over which nothing comes any more
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	server, err := pgconn.ParseConfig(to)
	if err != nil {
		t.Fatal(err)
	}
	network, address := "unix", filepath.Join(server.Host, ".s.PGSQL."+strconv.Itoa(int(server.Port)))
	if server.Host[0] != '/' {
		network, address = "tcp", net.JoinHostPort(server.Host, strconv.Itoa(int(server.Port)))
	}
	dir, err := os.MkdirTemp("", "line")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	l := &line{url: "postgres:///" + server.Database + "?" + url.Values{"host": {dir}, "port": {"5432"}, "user": {server.User}, "password": {server.Password}, "sslmode": {"disable"}}.Encode()}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()  //nolint:errcheck // it is over
		os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		wg.Wait()
	})
	wg.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(network, address)
			if err != nil {
				near.Close() //nolint:errcheck // the caller will tell
				continue
			}
			n := l.calls.Add(1)
			wg.Go(func() { io.Copy(far, near); far.Close() }) //nolint:errcheck // one end hung up
			wg.Go(func() { l.relay(n, near, far) })
		}
	})
	return l
}

// relay passes on what the server says, as long as the line is not dead.
func (l *line) relay(n int32, near, far net.Conn) {
	defer near.Close() //nolint:errcheck // one end hung up
	buf := make([]byte, 4096)
	for {
		got, err := far.Read(buf)
		if err != nil {
			return
		}
		if l.dead.Load() >= n {
			continue
		}
		if _, err := near.Write(buf[:got]); err != nil {
			return
		}
	}
}

func TestAListenerThatHearsNothingForLongKeepsItsConnection(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	other := open(t, cfg)
	blue := newTenant(t, other, "blue")
	l := newLine(t, cfg.URL)
	cfg.DirectURL = l.url
	db := open(t, cfg)
	tenancy.TryListening(db, 200*time.Millisecond, time.Second)
	h := db.Middleware(tenancy.MiddlewareOptions{Resolve: tenancy.FromHeader("Organization"), MaxAge: time.Hour})(handler(db))
	listening(t, cfg.URL)
	eventually(t, "blue", func() bool { status, _, _ := get(h, "blue"); return status == 200 })
	time.Sleep(700 * time.Millisecond)
	if err := suspend(other, t, blue, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "suspended", func() bool { status, _, _ := get(h, "blue"); return status == 403 })
	if n := l.calls.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestALineThatWentDeadWithoutAWordIsNoticed(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	other := open(t, cfg)
	blue := newTenant(t, other, "blue")
	l := newLine(t, cfg.URL)
	cfg.DirectURL = l.url
	db := open(t, cfg)
	tenancy.TryListening(db, 200*time.Millisecond, 200*time.Millisecond)
	h := db.Middleware(tenancy.MiddlewareOptions{Resolve: tenancy.FromHeader("Organization"), MaxAge: time.Hour})(handler(db))
	listening(t, cfg.URL)
	eventually(t, "blue", func() bool { status, _, _ := get(h, "blue"); return status == 200 })
	l.dead.Store(l.calls.Load())
	if err := suspend(other, t, blue, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "suspended", func() bool { status, _, _ := get(h, "blue"); return status == 403 })
	if n := l.calls.Load(); n < 2 {
		t.Errorf("%d connections, want another", n)
	}
}
