package tenancy_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

var errBoom = errors.New("boom")

// one opens a DB with one connection for tenants, so that each transaction meets
// what the last one has left, and makes two tenants.
func one(t *testing.T) (db *tenancy.DB, red, blue tenancy.Tenant) {
	t.Helper()
	db = template.Open(t, func(c *tenancy.Config) { c.MaxConns, c.SharedConns = 2, 1 })
	return db, newTenant(t, db, "red"), newTenant(t, db, "blue")
}

func note(ctx context.Context, tx pgx.Tx, text string) error {
	_, err := tx.Exec(ctx, "INSERT INTO note (text) VALUES ($1)", text)
	return err
}

// wantNotes fails t unless the tenant has so many notes, and the connection's
// next user meets an empty path.
func wantNotes(t *testing.T, db *tenancy.DB, tenant tenancy.Tenant, want int) {
	t.Helper()
	var n int
	if err := db.Shared().QueryRow(t.Context(), "SELECT count(*) FROM "+tenant.Schema()+".note").Scan(&n); err != nil || n != want {
		t.Errorf("%s has %d notes, %v; want %d", tenant.Key(), n, err, want)
	}
	if path, err := tenancy.PathMet(t.Context(), db, tenant); path != "" && path != `""` || err != nil { // the role's is written so
		t.Errorf("the next user meets the path %q, %v", path, err)
	}
}

func TestATransactionThatFailsIsRolledBackAndKeepsItsConnection(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(cancel func()) error{
		"an error":             func(func()) error { return errBoom },
		"a panic":              func(func()) error { panic(errBoom) },
		"a request that ended": func(cancel func()) error { cancel(); return errBoom },
	} {
		db, red, _ := one(t)
		closed := db.Stats().Closed
		ctx, cancel := context.WithCancel(t.Context())
		err := func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = p.(error)
				}
			}()
			return db.InTx(ctx, red, func(tx tenancy.Tx) error {
				if err := note(ctx, tx, "x"); err != nil {
					return err
				}
				return end(cancel)
			})
		}()
		if cancel(); err != errBoom || db.Stats().Closed != closed {
			t.Errorf("%s: %v, want boom itself; or the connection was lost", name, err)
		}
		wantNotes(t, db, red, 0)
	}
}

func TestARoguePathIsUndoneAndARogueEndClosesTheConnection(t *testing.T) {
	t.Parallel()
	type step = func(*tenancy.DB, context.Context, tenancy.Tenant, func(tenancy.Tx) error) error
	for _, tt := range []struct {
		rogue string
		run   step
		want  error
		kept  bool // the connection
	}{
		{"SET search_path TO blue", (*tenancy.DB).InTx, tenancy.ErrPathChanged, true},
		{"SET LOCAL search_path TO blue", (*tenancy.DB).InTx, tenancy.ErrPathChanged, true},
		{"RESET search_path", (*tenancy.DB).InTx, tenancy.ErrPathChanged, true},
		{"SET search_path TO blue", (*tenancy.DB).InReadTx, nil, true},
		{"COMMIT", (*tenancy.DB).InTx, tenancy.ErrPathChanged, false},
		{"COMMIT; SET search_path TO blue", (*tenancy.DB).InTx, tenancy.ErrPathChanged, false},
		{"SET search_path TO blue; COMMIT; BEGIN", (*tenancy.DB).InTx, tenancy.ErrPathChanged, false},
		{"ROLLBACK", (*tenancy.DB).InReadTx, nil, false},
	} {
		db, red, blue := one(t)
		before := db.Stats().Closed
		err := tt.run(db, t.Context(), red, func(tx tenancy.Tx) error {
			_, err := tx.Exec(t.Context(), strings.ReplaceAll(tt.rogue, "blue", blue.Schema()))
			if strings.Contains(tt.rogue, "blue") {
				note(t.Context(), tx, "stray") //nolint:errcheck // a read transaction takes none
			}
			return err
		})
		wantNotes(t, db, red, 0)
		wantNotes(t, db, blue, 0)
		if kept := db.Stats().Closed == before; !errors.Is(err, tt.want) || kept != tt.kept {
			t.Errorf("%s: %v, connection kept: %t; want %v, %t", tt.rogue, err, kept, tt.want, tt.kept)
		}
	}
}

func TestASessionsPathSetToTheTenantsOwnDoesNotOutliveTheTransaction(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error {
		_, err := tx.Exec(t.Context(), "SET search_path TO "+red.Schema())
		return errors.Join(err, note(t.Context(), tx, "kept"))
	})
	if err != nil {
		t.Error(err)
	}
	wantNotes(t, db, red, 1)
}

func TestTxIsEndedByInTxAlone(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	ctx := t.Context()
	var kept tenancy.Tx
	var objects pgx.LargeObjects
	err := db.InTx(ctx, red, func(tx tenancy.Tx) error {
		kept, objects = tx, tx.LargeObjects()
		if tx.Commit(ctx) != tenancy.ErrNotYours || tx.Rollback(ctx) != tenancy.ErrNotYours || tx.Conn() != nil {
			t.Error("tx can be ended from inside")
		}
		return note(ctx, tx, "still open")
	})
	_, objectErr := objects.Create(ctx, 0)
	if late := note(ctx, kept, "too late"); err != nil || !errors.Is(late, pgx.ErrTxClosed) || !errors.Is(objectErr, pgx.ErrTxClosed) {
		t.Errorf("%v; afterwards %v, %v; want none, then ErrTxClosed twice", err, late, objectErr)
	}
	wantNotes(t, db, red, 1)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[tenancy.Tx]()) {
		if f.IsExported() {
			t.Errorf("Tx has the exported field %s", f.Name)
		}
	}
}

// firsts are all that a transaction may begin with.
func firsts(t *testing.T) map[string]func(tx tenancy.Tx) error {
	ctx := t.Context()
	const count = "SELECT count(*) FROM note"
	return map[string]func(tx tenancy.Tx) error{
		"Query": func(tx tenancy.Tx) error {
			rows, err := tx.Query(ctx, "SELECT id FROM note WHERE id > $1", 0)
			rows.Close()
			return errors.Join(err, rows.Err())
		},
		"QueryRow":           func(tx tenancy.Tx) error { var n int; return tx.QueryRow(ctx, count).Scan(&n) },
		"Exec":               func(tx tenancy.Tx) error { return note(ctx, tx, "x") },
		"Exec of text":       func(tx tenancy.Tx) error { _, err := tx.Exec(ctx, count+"; "+count); return err },
		"Exec without names": func(tx tenancy.Tx) error { _, err := tx.Exec(ctx, count, pgx.QueryExecModeExec); return err },
		"named arguments": func(tx tenancy.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO note (text) VALUES (@text)", pgx.NamedArgs{"text": "x"})
			return err
		},
		"SendBatch": func(tx tenancy.Tx) error {
			var n int
			b := &pgx.Batch{}
			b.Queue("INSERT INTO note (text) VALUES ($1)", "x")
			b.Queue(count).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
			return tx.SendBatch(ctx, b).Close()
		},
		"CopyFrom": func(tx tenancy.Tx) error {
			_, err := tx.CopyFrom(ctx, pgx.Identifier{"note"}, []string{"text"}, pgx.CopyFromRows([][]any{{"x"}}))
			return err
		},
		"Prepare": func(tx tenancy.Tx) error {
			_, err := tx.Prepare(ctx, "mine", "INSERT INTO note (text) VALUES ($1)")
			if err == nil {
				_, err = tx.Exec(ctx, "mine", "x")
			}
			return err
		},
		"Begin": func(tx tenancy.Tx) error {
			return pgx.BeginFunc(ctx, tx, func(sp pgx.Tx) error {
				if sp.(tenancy.Tx).Tenant() != tx.Tenant() || sp.Conn() != nil {
					t.Error("the savepoint is not bound")
				}
				return note(ctx, sp, "x")
			})
		},
		"LargeObjects": func(tx tenancy.Tx) error {
			objects := tx.LargeObjects()
			oid, err := objects.Create(ctx, 0)
			if err != nil {
				return err
			}
			object, err := objects.Open(ctx, oid, pgx.LargeObjectModeWrite|pgx.LargeObjectModeRead)
			if err != nil {
				return err
			}
			_, err = io.WriteString(object, "hello")
			return err
		},
	}
}

func TestWhateverComesFirstIsBoundToItsTenant(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, first := range firsts(t) {
		db, red, blue := one(t)
		for round := range 2 { // cold, then with all prepared
			for _, tenant := range []tenancy.Tenant{red, blue} {
				err := db.InTx(ctx, tenant, func(tx tenancy.Tx) error {
					var path string
					return errors.Join(first(tx), tx.QueryRow(ctx, "SELECT current_setting('search_path')").Scan(&path), wantPath(path, tenant))
				})
				if err != nil {
					t.Errorf("%s, round %d: %v", name, round, err)
				}
			}
		}
		if n := db.Stats().Closed; n > 0 {
			t.Errorf("%s: %d connections were closed", name, n)
		}
	}
}

func wantPath(path string, tenant tenancy.Tenant) error {
	if path != "" && path != tenant.Schema() {
		return errors.New("the path is " + path)
	}
	return nil
}

func TestASavepointsRollbackUndoesWhatItDidAndNoMore(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	ctx := t.Context()
	err := db.InTx(ctx, red, func(tx tenancy.Tx) error {
		undone := pgx.BeginFunc(ctx, tx, func(sp pgx.Tx) error { return errors.Join(note(ctx, sp, "undone"), errBoom) })
		if !errors.Is(undone, errBoom) {
			t.Errorf("%v, want boom", undone)
		}
		sp, err := tx.Begin(ctx)
		if err != nil {
			return err
		}
		if err := errors.Join(note(ctx, sp, "kept"), sp.Commit(ctx)); err != nil {
			return err
		}
		if late := note(ctx, sp, "late"); !errors.Is(late, pgx.ErrTxClosed) {
			t.Errorf("a savepoint that was ended takes statements: %v", late)
		}
		return note(ctx, tx, "kept too")
	})
	if err != nil {
		t.Error(err)
	}
	wantNotes(t, db, red, 2)
}

func TestAReadTransactionCannotWrite(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	err := db.InReadTx(t.Context(), red, func(tx tenancy.Tx) error { return note(t.Context(), tx, "x") })
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "25006" {
		t.Errorf("%v, want 25006", err)
	}
	wantNotes(t, db, red, 0)
}

func TestAnErrorThatTheFunctionSwallowsStillRollsBack(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error {
		note(t.Context(), tx, "x")                    //nolint:errcheck // succeeds
		tx.Exec(t.Context(), "SELECT 1 / $1::int", 0) //nolint:errcheck // that is the point
		return nil
	})
	if !errors.Is(err, pgx.ErrTxCommitRollback) {
		t.Errorf("%v, want ErrTxCommitRollback", err)
	}
	wantNotes(t, db, red, 0)
}

func TestRowsLeftOpenCostTheConnectionNotTheNextUser(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	err := db.InTx(t.Context(), red, func(tx tenancy.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT generate_series(1, $1::int)", 100000)
		rows.Next()
		return err
	})
	if err == nil {
		t.Error("it was committed")
	}
	wantNotes(t, db, red, 0)
}
