package importer_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"example.org/plio/internal/importer"
	"example.org/plio/tenancy"
)

const samples = "testdata/legacy-json/bucket"

func bring(t testing.TB, db *tenancy.DB, org, dir string, plan bool) importer.Report {
	t.Helper()
	store, err := importer.OpenJSON(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	tenant, err := db.Get(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	r, err := store.Run(t.Context(), db, importer.Options{Tenant: tenant, CreatorID: 1, PlanOnly: plan})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTry(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		start := time.Now()
		r := bring(t, w.DB, "af", samples, false)
		t.Log(time.Since(start))
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", " ")
		e.Encode(r)
	}
}
