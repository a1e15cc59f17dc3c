package importer_test

import (
	"context"
	"log/slog"
	"testing"

	"example.org/plio/internal/store"
	"example.org/plio/migrations"
	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

var template = tenancytest.Template{Env: "PLIO_TEST_DATABASE_URL", Config: tenancy.Config{
	Shared: migrations.Shared(), Tenant: migrations.Tenant(),
	BuiltIn: []tenancy.BuiltIn{{Key: "plio", Schema: "personal"}, {Key: "void", Schema: "void"}},
	Logger:  slog.New(slog.DiscardHandler),
}, Setup: func(ctx context.Context, db *tenancy.DB) error {
	for _, k := range []string{"af", "kc"} {
		if _, err := db.Create(ctx, k, nil); err != nil {
			return err
		}
	}
	id, _ := store.ByEmail("ann@example.org")
	_, _, err := store.BindShared(db.Shared()).FindOrCreateUser(ctx, id, "ann", "")
	return err
}}

type world struct{ DB *tenancy.DB }

func newWorld(t testing.TB) world {
	return world{template.Open(t, func(c *tenancy.Config) { c.MaxConns, c.SharedConns = 2, 1 })}
}

func TestMain(m *testing.M) { template.Main(m) }
