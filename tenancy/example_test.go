package tenancy_test

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

//go:embed example/migrations
var migrations embed.FS

// config is what the application tells of itself. Its migrations lie in two
// folders.
func config(url string) tenancy.Config {
	shared, _ := fs.Sub(migrations, "example/migrations/shared")
	tenant, _ := fs.Sub(migrations, "example/migrations/tenant")
	return tenancy.Config{
		URL:      url,
		Shared:   shared,
		Tenant:   tenant,
		Reserved: []string{"www", "admin", "login"},
	}
}

// start is the beginning of the application's main.
func start(ctx context.Context, url string) (*tenancy.DB, error) {
	cfg := config(url)
	if _, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{}); err != nil {
		return nil, err
	}
	return tenancy.Open(ctx, cfg)
}

// Migrate makes what is missing, in public and in every tenant; Open connects.
func Example() {
	ctx := context.Background()
	url, done := database()
	defer done()

	db, err := start(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	acme, err := db.Create(ctx, "acme", nil)
	if err != nil {
		log.Fatal(err)
	}
	err = db.InTx(ctx, acme, func(tx tenancy.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO invoice (number, cents) VALUES ($1, $2)", "2026-1", 9900)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	infos, err := db.List(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, info := range infos {
		fmt.Println(info.Tenant.ID(), info.Tenant.Key(), info.State, "version", info.Version)
	}
	// Output: 1 acme active version 2
}

// A company is a tenant and a row of the application's own. Both are there, or
// neither is.
func ExampleDB_Create() {
	ctx := context.Background()
	db, done := demo()
	defer done()

	create := func(key, name string) error {
		_, err := db.Create(ctx, key, func(tx tenancy.Tx, t tenancy.Tenant) error {
			_, err := tx.Exec(ctx, "INSERT INTO public.company (id, name) VALUES ($1, $2)", t.ID(), name)
			return err
		})
		return err
	}
	fmt.Println(create("initech", "Initech"))
	fmt.Println(create("initech", "Another"))
	fmt.Println(create("Admin", "Another"))
	fmt.Println(create("no spaces", "Another"))
	// Output:
	// <nil>
	// tenancy: the key is taken: "initech"
	// tenancy: the key is reserved: "Admin"
	// tenancy: a key is 1 to 50 ASCII letters, digits, underscores or hyphens: "no spaces"
}

// Rows that used to have a company_id become the rows of a tenant, a company at
// a time. Ids stay, so the sequence goes on behind the highest.
func ExampleDB_Create_moving() {
	ctx := context.Background()
	db, done := demo()
	defer done()
	setup(db, `CREATE TABLE public.old_invoice (id bigserial, company_id bigint, number text, cents bigint);
		INSERT INTO public.old_invoice (company_id, number, cents) VALUES (7, '2025-1', 100), (8, '2025-1', 200), (7, '2025-2', 300)`)

	move := func(key string, companyID int64) error {
		_, err := db.Create(ctx, key, func(tx tenancy.Tx, t tenancy.Tenant) error {
			_, err := tx.Exec(ctx, `INSERT INTO invoice (id, number, cents)
				SELECT id, number, cents FROM public.old_invoice WHERE company_id = $1`, companyID)
			if err != nil {
				return err
			}
			var last int64
			if err := tx.QueryRow(ctx, "SELECT coalesce(max(id), 1) FROM invoice").Scan(&last); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "SELECT setval(pg_get_serial_sequence('invoice', 'id'), $1)", last)
			return err
		})
		return err
	}
	for id, key := range map[int64]string{7: "seven", 8: "eight"} {
		if err := move(key, id); err != nil {
			log.Fatal(err)
		}
	}
	for _, key := range []string{"seven", "eight"} {
		fmt.Println(key, numbers(db, key))
	}
	// Output:
	// seven [2025-1 2025-2]
	// eight [2025-1]
}

// Nothing but the function's result decides: nil commits, an error rolls back
// and comes back as it is.
func ExampleDB_InTx() {
	ctx := context.Background()
	db, done := demo()
	defer done()

	acme, err := db.Get(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	errTooMuch := errors.New("that is too much")
	book := func(number string, cents int64) error {
		return db.InTx(ctx, acme, func(tx tenancy.Tx) error {
			var sum int64
			err := tx.QueryRow(ctx, `WITH booked AS (INSERT INTO invoice (number, cents) VALUES ($1, $2) RETURNING cents)
				SELECT coalesce(sum(cents), 0) + $2 FROM invoice`, number, cents).Scan(&sum)
			if err == nil && sum > 1000 {
				err = errTooMuch
			}
			return err
		})
	}
	fmt.Println(book("2026-1", 600), book("2026-2", 600), book("2026-3", 400))
	fmt.Println(numbers(db, "acme"), numbers(db, "globex"))
	// Output:
	// <nil> that is too much <nil>
	// [2026-1 2026-3] []
}

// One statement needs no function: it goes with its tenant in one network trip,
// and is a transaction of its own.
func ExampleDB_Single() {
	ctx := context.Background()
	db, done := demo()
	defer done()

	acme, err := db.Get(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	one := db.Single(acme)
	for number, cents := range map[string]int64{"2026-1": 500, "2026-2": 700} {
		if _, err := one.Exec(ctx, "INSERT INTO invoice (number, cents) VALUES ($1, $2)", number, cents); err != nil {
			log.Fatal(err)
		}
	}
	var sum int64
	if err := one.QueryRow(ctx, "SELECT sum(cents)::bigint FROM invoice").Scan(&sum); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sum)
	// Output: 1200
}

// A branch becomes a company of its own: its invoices leave one tenant and come
// into another in one transaction.
func ExampleDB_InTxs() {
	ctx := context.Background()
	db, done := demo()
	defer done()

	acme, err := db.Get(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	globex, err := db.Get(ctx, "globex")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Single(acme).Exec(ctx, "INSERT INTO invoice (number, cents) VALUES ('A-1', 1), ('G-1', 2), ('G-2', 3)"); err != nil {
		log.Fatal(err)
	}
	err = db.InTxs(ctx, acme, globex, func(from, to tenancy.Tx) error {
		rows, err := from.Query(ctx, "DELETE FROM invoice WHERE number LIKE 'G-%' RETURNING number, cents")
		if err != nil {
			return err
		}
		type invoice struct {
			Number string
			Cents  int64
		}
		moved, err := pgx.CollectRows(rows, pgx.RowToStructByPos[invoice])
		if err != nil {
			return err
		}
		for _, i := range moved {
			if _, err := to.Exec(ctx, "INSERT INTO invoice (number, cents) VALUES ($1, $2)", i.Number, i.Cents); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(numbers(db, "acme"), numbers(db, "globex"))
	// Output: [A-1] [G-1 G-2]
}

// A query that forgot its tenant fails: outside of a tenant's transaction no
// tenant's table has a name.
func ExampleDB_Shared() {
	ctx := context.Background()
	db, done := demo()
	defer done()

	var n int
	err := db.Shared().QueryRow(ctx, "SELECT count(*) FROM public.company").Scan(&n)
	fmt.Println(n, err)
	err = db.Shared().QueryRow(ctx, "SELECT count(*) FROM invoice").Scan(&n)
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// ERROR: relation "invoice" does not exist (SQLSTATE 42P01)
}

// An invoice's foreign key leads to member, and member's to public.login. So
// whoever books for the first time becomes a member with the same statement.
func ExampleTx() {
	ctx := context.Background()
	db, done := demo()
	defer done()

	acme, err := db.Get(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	var login int64
	err = db.Shared().QueryRow(ctx, "INSERT INTO public.login (email) VALUES ('ann@example.org') RETURNING id").Scan(&login)
	if err != nil {
		log.Fatal(err)
	}
	for _, number := range []string{"2026-1", "2026-2"} {
		err := db.InTx(ctx, acme, func(tx tenancy.Tx) error {
			_, err := tx.Exec(ctx, `WITH m AS (INSERT INTO member (login_id, name) VALUES ($1, 'Ann') ON CONFLICT (login_id) DO NOTHING)
				INSERT INTO invoice (number, cents, booked_by_id) VALUES ($2, 500, $1)`, login, number)
			return err
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	err = db.InReadTx(ctx, acme, func(tx tenancy.Tx) error {
		rows, err := tx.Query(ctx, `SELECT i.number, m.name, l.email FROM invoice i
			JOIN member m ON m.login_id = i.booked_by_id JOIN public.login l ON l.id = m.login_id ORDER BY i.id`)
		if err != nil {
			return err
		}
		var number, name, email string
		_, err = pgx.ForEachRow(rows, []any{&number, &name, &email}, func() error {
			fmt.Println(number, name, email)
			return nil
		})
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 2026-1 Ann ann@example.org
	// 2026-2 Ann ann@example.org
}

// Each request is served in the tenant that its subdomain names.
func ExampleDB_Middleware() {
	db, done := demo()
	defer done()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /invoices", func(w http.ResponseWriter, r *http.Request) {
		tenant, _ := tenancy.FromContext(r.Context())
		err := db.InReadTx(r.Context(), tenant, func(tx tenancy.Tx) error {
			var n int
			if err := tx.QueryRow(r.Context(), "SELECT count(*) FROM invoice").Scan(&n); err != nil {
				return err
			}
			_, err := fmt.Fprintf(w, "%s has %d invoices", tenant.Key(), n)
			return err
		})
		if err != nil {
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	})
	inTenant := db.Middleware(tenancy.MiddlewareOptions{Resolve: tenancy.FromSubdomain("example.org")})
	server := httptest.NewServer(inTenant(mux))
	defer server.Close()

	for _, host := range []string{"acme.example.org", "globex.example.org", "nobody.example.org", "example.org"} {
		status, body := fetch(server.URL+"/invoices", host)
		fmt.Println(host, status, body)
	}
	// Output:
	// acme.example.org 200 acme has 0 invoices
	// globex.example.org 200 globex has 0 invoices
	// nobody.example.org 404 Not Found
	// example.org 404 Not Found
}

// A deployment looks first, tries one tenant, and then does the others.
func ExampleMigrate() {
	ctx := context.Background()
	url, done := database()
	defer done()
	before(url, "0001_invoice.sql", "acme", "globex", "initech") // as the last version left it

	cfg := config(url)
	plan, err := tenancy.Plan(ctx, cfg)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("behind:", len(plan.Behind), "of", plan.Tenants)

	report, err := tenancy.Migrate(ctx, cfg, tenancy.MigrateOptions{
		Canary:   "acme",
		Progress: func(done, total int) { fmt.Println(done, "of", total) },
	})
	for _, failed := range report.Failed {
		log.Print(failed) // which tenant, which file and line, and why
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("migrated:", report.Tenants)
	// Output:
	// behind: 3 of 3
	// 1 of 3
	// 2 of 3
	// 3 of 3
	// migrated: 3
}

// fetch gets url as a browser would that found host at that address.
func fetch(url, host string) (status int, body string) {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		log.Fatal(err)
	}
	r.Host = host
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	return answer.StatusCode, string(text)
}

// numbers returns the numbers of a tenant's invoices.
func numbers(db *tenancy.DB, key string) (list []string) {
	ctx := context.Background()
	tenant, err := db.Get(ctx, key)
	if err != nil {
		log.Fatal(err)
	}
	err = db.InReadTx(ctx, tenant, func(tx tenancy.Tx) error {
		rows, err := tx.Query(ctx, "SELECT number FROM invoice ORDER BY id")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	return list
}
