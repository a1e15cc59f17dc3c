package tenancy_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.org/plio/tenancy"
)

func TestASinglePathChangeIsRefusedAndOutlivesNothing(t *testing.T) {
	t.Parallel()
	for rogue, want := range map[string]error{
		"SET search_path TO pg_catalog":                         tenancy.ErrPathChanged,
		"RESET search_path":                                     tenancy.ErrPathChanged,
		"SELECT set_config('search_path', 'pg_catalog', false)": tenancy.ErrPathChanged,
		"COMMIT": tenancy.ErrPathChanged,
		"DO $$ BEGIN SET search_path TO pg_catalog; END $$": tenancy.ErrPathChanged,
		"SET timezone TO 'UTC'":                             nil,
		"SELECT 1":                                          nil,
		"-- the search_path is not changed here\nSELECT count(*) FROM note": nil,
	} {
		db, red, _ := one(t)
		for range 2 {
			if _, err := db.Single(red).Exec(t.Context(), rogue); !errors.Is(err, want) || want == nil && err != nil {
				t.Errorf("%s: %v, want %v", rogue, err, want)
			}
			wantNotes(t, db, red, 0)
		}
	}
}

func TestASingleGivesItsConnectionBack(t *testing.T) {
	t.Parallel()
	db, red, _ := one(t)
	ctx := t.Context()
	s := db.Single(red)
	var n int
	for name, fn := range map[string]func() error{
		"no row": func() error {
			err := s.QueryRow(ctx, "SELECT id FROM note WHERE id = $1", 1).Scan(&n)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return errors.Join(err, errBoom)
		},
		"more rows than asked for": func() error { return s.QueryRow(ctx, "SELECT generate_series(1, 10000)").Scan(&n) },
		"rows closed early": func() error {
			rows, err := s.Query(ctx, "SELECT generate_series(1, 10000)")
			rows.Next()
			rows.Close()
			return errors.Join(err, rows.Err())
		},
		"a statement that fails":    func() error { _, err := s.Exec(ctx, "SELECT 1 / $1::int", 0); return code(err, "22012") },
		"one that cannot be parsed": func() error { _, err := s.Exec(ctx, "SELEC"); return code(err, "42601") },
		"two statements":            func() error { _, err := s.Exec(ctx, "SELECT 1; SELECT 2"); return code(err, "42601") },
		"a scan that fails": func() error {
			if err := s.QueryRow(ctx, "SELECT 'x'::text").Scan(&n); err == nil {
				return errBoom
			}
			return nil
		},
		"an argument too many": func() error {
			if _, err := s.Exec(ctx, "SELECT 1", 2); err == nil {
				return errBoom
			}
			return nil
		},
	} {
		if err := fn(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if st := db.Stats(); st.InUse != 0 || st.Closed != 0 {
			t.Errorf("%s: %d in use, %d closed", name, st.InUse, st.Closed)
		}
	}
}

// code returns nil when err is PostgreSQL's of that code.
func code(err error, want string) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == want {
		return nil
	}
	return errors.Join(errBoom, err)
}

func TestTwoTenantsInOneTransaction(t *testing.T) {
	t.Parallel()
	db, red, blue := one(t)
	ctx := t.Context()
	for range 2 {
		err := db.InTxs(ctx, red, blue, func(a, b tenancy.Tx) error {
			if err := note(ctx, a, "from red"); err != nil {
				return err
			}
			undone := pgx.BeginFunc(ctx, b, func(sp pgx.Tx) error {
				return errors.Join(note(ctx, sp, "undone"), note(ctx, a, "undone too"), errBoom)
			})
			if !errors.Is(undone, errBoom) {
				return undone
			}
			var text string
			if err := a.QueryRow(ctx, "SELECT text FROM note ORDER BY id DESC LIMIT $1", 1).Scan(&text); err != nil {
				return err
			}
			batch := &pgx.Batch{}
			batch.Queue("INSERT INTO note (text) VALUES ($1)", text)
			return b.SendBatch(ctx, batch).Close()
		})
		if err != nil {
			t.Error(err)
		}
	}
	wantNotes(t, db, red, 2)
	wantNotes(t, db, blue, 2)
	for name, end := range map[string]func(a, b tenancy.Tx) error{
		"an error": func(_, _ tenancy.Tx) error { return errBoom },
		"a rogue path at the end": func(a, _ tenancy.Tx) error {
			_, err := a.Exec(ctx, "SET search_path TO pg_catalog")
			return err
		},
		"a rogue path in between": func(a, b tenancy.Tx) error {
			if _, err := a.Exec(ctx, "SET search_path TO pg_catalog"); err != nil {
				return err
			}
			return note(ctx, b, "x")
		},
	} {
		err := db.InTxs(ctx, red, blue, func(a, b tenancy.Tx) error {
			return errors.Join(note(ctx, a, "x"), note(ctx, b, "x"), end(a, b))
		})
		if !errors.Is(err, errBoom) && !errors.Is(err, tenancy.ErrPathChanged) {
			t.Errorf("%s: %v", name, err)
		}
		wantNotes(t, db, red, 2)
		wantNotes(t, db, blue, 2)
	}
}
