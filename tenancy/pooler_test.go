package tenancy_test

import (
	"encoding/json"
	"errors"
	"testing"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

// pooled is one behind a PgBouncer with one connection.
func pooled(t *testing.T) (db *tenancy.DB, red, blue tenancy.Tenant) {
	t.Helper()
	cfg := tenancytest.BehindPooler(t, template.ConfigFor(t), 1)
	cfg.MaxConns, cfg.SharedConns = 4, 2
	db = open(t, cfg)
	return db, newTenant(t, db, "red"), newTenant(t, db, "blue")
}

func TestOpenSeesWhetherAPoolerIsBetween(t *testing.T) {
	t.Parallel()
	direct, _, _ := one(t)
	behind, _, _ := pooled(t)
	if direct.Stats().Pooler || !behind.Stats().Pooler {
		t.Errorf("direct: %t, behind a pooler: %t", direct.Stats().Pooler, behind.Stats().Pooler)
	}
}

func TestBehindAPoolerNothingIsPreparedAndNothingSet(t *testing.T) {
	t.Parallel()
	db, red, blue := pooled(t)
	ctx := t.Context()
	for i := range 12 {
		tenant := []tenancy.Tenant{red, blue}[i%2]
		if _, err := db.Single(tenant).Exec(ctx, "INSERT INTO note (text) VALUES ($1)", "x"); err != nil {
			t.Fatal(err)
		}
		if err := db.InTx(ctx, tenant, func(tx tenancy.Tx) error { return note(ctx, tx, "x") }); err != nil {
			t.Fatal(err)
		}
	}
	var statements, set int
	err := db.Shared().QueryRow(ctx, `SELECT (SELECT count(*) FROM pg_prepared_statements),
		(SELECT count(*) FROM pg_settings WHERE name = 'search_path' AND source = 'session')`).Scan(&statements, &set)
	if err != nil || statements != 0 || set != 0 {
		t.Errorf("%d prepared statements, %d paths set for the session, %v", statements, set, err)
	}
	wantNotes(t, db, red, 12)
	wantNotes(t, db, blue, 12)
}

func TestBehindAPoolerWhateverComesFirstIsBoundToItsTenant(t *testing.T) {
	t.Parallel()
	db, red, blue := pooled(t)
	for name, first := range firsts(t) {
		for _, tenant := range []tenancy.Tenant{red, blue} {
			if err := db.InTx(t.Context(), tenant, first); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestBehindAPoolerARogueIsRefusedAndItsPathMetByNobody(t *testing.T) {
	t.Parallel()
	db, red, blue := pooled(t)
	ctx := t.Context()
	for _, path := range []string{blue.Schema(), red.Schema()} {
		err := db.InTx(ctx, red, func(tx tenancy.Tx) error {
			_, err := tx.Exec(ctx, "SET search_path TO "+path)
			return err
		})
		if (err == nil) != (path == red.Schema()) || err != nil && !errors.Is(err, tenancy.ErrPathChanged) {
			t.Errorf("SET search_path TO %s: %v", path, err)
		}
		wantNotes(t, db, red, 0)
		_, err = db.Single(red).Exec(ctx, "SET search_path TO "+path)
		if (err == nil) != (path == red.Schema()) || err != nil && !errors.Is(err, tenancy.ErrPathChanged) {
			t.Errorf("SET search_path TO %s alone: %v", path, err)
		}
		wantNotes(t, db, red, 0)
	}
	err := db.InTxs(ctx, red, blue, func(a, b tenancy.Tx) error {
		return errors.Join(note(ctx, a, "x"), note(ctx, b, "x"), note(ctx, a, "x"))
	})
	if err != nil {
		t.Error(err)
	}
	wantNotes(t, db, red, 2)
	wantNotes(t, db, blue, 1)
}

func TestBehindAPoolerAJSONBIsARawMessage(t *testing.T) {
	t.Parallel()
	db, red, _ := pooled(t)
	var got json.RawMessage
	err := db.InReadTx(t.Context(), red, func(tx tenancy.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT $1::jsonb", json.RawMessage(`{"a": 1}`)).Scan(&got)
	})
	if err != nil || string(got) != `{"a": 1}` {
		t.Errorf("%s, %v", got, err)
	}
	_, err = db.Single(red).Exec(t.Context(), "SELECT $1::jsonb", []byte(`{"a": 1}`))
	if code(err, "22P02") != nil {
		t.Errorf("a []byte: %v, want 22P02", err)
	}
}
