// Command example is an application for companies that write invoices: each
// company has a schema of its own. It shows package tenancy at work, and is
// what docs/tenancy.md walks through.
//
//	DATABASE_URL=postgres:///invoices go run ./example
//	curl -d key=acme -d name=Acme 127.0.0.1:8080/companies
//	curl -H 'Company: acme' -d number=2026-1 -d cents=9900 127.0.0.1:8080/invoices
//	curl -H 'Company: acme' 127.0.0.1:8080/invoices
package main

import (
	"context"
	"embed"
	"io/fs"
	"log"
	"net/http"
	"os"

	"example.org/plio/tenancy"
)

//go:embed migrations
var migrations embed.FS

// config is what the application tells of itself.
func config(url string) tenancy.Config {
	shared, _ := fs.Sub(migrations, "migrations/shared") // the names are constants
	tenant, _ := fs.Sub(migrations, "migrations/tenant")
	return tenancy.Config{
		URL:      url,
		Shared:   shared,
		Tenant:   tenant,
		Reserved: []string{"www", "admin", "login"},
	}
}

func main() {
	ctx := context.Background()
	db, err := start(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	log.Print("listening on 127.0.0.1:8080")
	log.Print(http.ListenAndServe("127.0.0.1:8080", routes(db)))
}

// start migrates and opens the database.
func start(ctx context.Context, url string) (*tenancy.DB, error) {
	cfg := config(url)
	if _, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{}); err != nil {
		return nil, err
	}
	return tenancy.Open(ctx, cfg)
}
