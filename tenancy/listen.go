package tenancy

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// everything is what is told when any key may have changed. It cannot be a key.
const everything = "*"

// listener hears of changes to the registry that any process makes, over a
// connection to Config.DirectURL of its own, and tells those who asked for it.
type listener struct {
	url    string
	log    *slog.Logger
	idle   time.Duration // without news: then the connection is tried
	answer time.Duration // for the answer to that
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu   sync.Mutex
	tell []func(key string)
}

// newListener does nothing until the first add.
func newListener(cfg Config) *listener {
	l := &listener{url: cfg.DirectURL, log: cfg.Logger, idle: 15 * time.Second, answer: 5 * time.Second}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// add makes fn hear of changes, and begins to listen with the first. fn is also
// told everything whenever listening begins, as nothing was heard before.
func (l *listener) add(fn func(key string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tell = append(l.tell, fn); len(l.tell) == 1 && l.ctx.Err() == nil {
		l.wg.Go(l.run)
	}
}

func (l *listener) say(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, fn := range l.tell {
		fn(key)
	}
}

func (l *listener) close() {
	l.mu.Lock()
	l.cancel()
	l.mu.Unlock()
	l.wg.Wait()
}

// run listens, again and again, until close.
func (l *listener) run() {
	wait := 100 * time.Millisecond
	for l.ctx.Err() == nil {
		began := time.Now()
		err := l.listen()
		if l.ctx.Err() != nil {
			return
		}
		if time.Since(began) > 10*time.Second {
			wait = 100 * time.Millisecond
		}
		l.log.Warn("tenancy: changes of tenants are noticed late, as nothing is heard of them", "err", err, "again_in", wait)
		pause(l.ctx, wait/2+rand.N(wait))
		wait = min(2*wait, 5*time.Second)
	}
}

// listen returns when its connection is lost.
func (l *listener) listen() error {
	conn, err := l.connect()
	if err != nil {
		return err
	}
	defer hangUp(conn)
	l.say(everything)
	for {
		ctx, cancel := context.WithTimeout(l.ctx, l.idle)
		n, err := conn.WaitForNotification(ctx)
		quiet := errors.Is(ctx.Err(), context.DeadlineExceeded)
		cancel()
		switch {
		case err == nil:
			l.say(n.Payload)
			continue
		case !quiet || l.ctx.Err() != nil:
			return err
		}
		if err := l.try(conn); err != nil {
			return err
		}
	}
}

// connect returns a connection that listens.
func (l *listener) connect() (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(l.ctx, 2*l.answer)
	defer cancel()
	cfg, err := pgx.ParseConfig(l.url)
	if err != nil {
		return nil, err
	}
	conn, err := connectDirect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		hangUp(conn)
		return nil, err
	}
	return conn, nil
}

// try notices a connection that died without a word.
func (l *listener) try(conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(l.ctx, l.answer)
	defer cancel()
	return conn.Ping(ctx)
}
