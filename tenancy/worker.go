package tenancy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// worker applies migrations over one connection.
type worker struct {
	m       *migrator
	conn    *pgx.Conn
	retries int
}

// Whoever waits for a lock makes everybody wait behind it. So a try waits for
// 50 ms at first and 200 ms at most, and then lets the others through.
const (
	tries       = 40
	firstWait   = 50 * time.Millisecond
	longestWait = 200 * time.Millisecond
)

// apply brings who from the version before set to the last of set, in one
// transaction, and keeps the error in the ledger if that fails. t is the zero
// Tenant for schema public.
func (w *worker) apply(ctx context.Context, who int64, t Tenant, set source) error {
	if len(set) == 0 {
		return nil
	}
	started := time.Now()
	var failed *MigrationError
	for try := range tries {
		wait := min(longestWait, firstWait+time.Duration(try)*15*time.Millisecond)
		failed = w.once(ctx, who, t, set, wait)
		if failed == nil || ctx.Err() != nil || !busy(failed.Err) {
			break
		}
		w.retries++
		pause(ctx, wait/2+rand.N(wait*2))
	}
	switch {
	case failed == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	w.keep(ctx, who, failed, set, started)
	return failed
}

// pause sleeps, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// once tries the transaction one time, in one trip.
func (w *worker) once(ctx context.Context, who int64, t Tenant, set source, wait time.Duration) *MigrationError {
	all := []command{cmd("BEGIN"),
		cmd("SELECT set_config('search_path', $1, true), set_config('lock_timeout', $2, true), set_config('statement_timeout', '0', true)",
			t.schema, fmt.Sprintf("%dms", wait.Milliseconds()))}
	for _, m := range set {
		all = append(all, m.commands()...)
	}
	all = append(all, entries(who, set)...)
	if t.key != "" {
		all = append(all, cmd("SELECT pg_notify($1, $2)", channel, t.key))
	}
	all = append(all,
		cmd("SELECT CASE WHEN current_setting('search_path') <> $1 THEN ('search_path is ' || current_setting('search_path'))::int END", t.schema),
		cmd("COMMIT"))
	done, err := pipeline(ctx, w.conn.PgConn(), all)
	if err == nil {
		return nil
	}
	w.rollback(ctx)
	failed := &MigrationError{Tenant: t, Version: set[len(set)-1].version, Err: err}
	if done < len(all) && all[done].version > 0 {
		failed.Version, failed.At = all[done].version, all[done].at
	}
	return failed
}

func (w *worker) rollback(ctx context.Context) {
	if w.conn.IsClosed() || w.conn.PgConn().TxStatus() == 'I' {
		return
	}
	if _, err := w.conn.Exec(ctx, "ROLLBACK", pgx.QueryExecModeSimpleProtocol); err != nil {
		hangUp(w.conn)
	}
}

// keep writes the failure into the ledger. If even that fails, as it does when
// the server is gone, the report is all that tells of it.
func (w *worker) keep(ctx context.Context, who int64, failed *MigrationError, set source, started time.Time) {
	if who == ofOwn {
		return
	}
	err := w.connect(ctx) // the failure may have ended the last one
	if err == nil {
		_, err = pipeline(ctx, w.conn.PgConn(), failure(who, failed, set, started))
	}
	if err != nil {
		w.m.f.cfg.Logger.WarnContext(ctx, "tenancy: the ledger does not know of a failed migration", "failed", failed, "err", err)
	}
}

// failure are the commands that write the ledger's row for what did not run.
func failure(who int64, failed *MigrationError, set source, started time.Time) []command {
	const at = "2006-01-02T15:04:05.999999Z07:00"
	i := slices.IndexFunc(set, func(m migration) bool { return m.version == failed.Version })
	what := strings.ToValidUTF8(strings.ReplaceAll(failed.Error(), "\x00", ""), "?")
	return []command{
		cmd("DELETE FROM public.tenancy_migration WHERE tenant_id = $1 AND state = 'failed'", who),
		cmd(`INSERT INTO public.tenancy_migration (tenant_id, version, checksum, state, error, started_at, finished_at)
			VALUES ($1, $2, $3, 'failed', $4, $5, $6) ON CONFLICT (tenant_id, version) DO NOTHING`,
			who, failed.Version, set[i].checksum, what, started.Format(at), time.Now().Format(at)),
	}
}

// connect gives w a connection when it has none that lives.
func (w *worker) connect(ctx context.Context) (err error) {
	if w.conn != nil && !w.conn.IsClosed() {
		return nil
	}
	w.conn, err = w.m.connect(ctx)
	return err
}

func (w *worker) close() {
	if w.conn != nil {
		hangUp(w.conn)
	}
}
