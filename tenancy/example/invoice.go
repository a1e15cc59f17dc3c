package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"

	"example.org/plio/tenancy"
)

// app serves requests.
type app struct{ db *tenancy.DB }

// routes are those of a company, which need a tenant, and the one that makes
// companies, which does not.
func routes(db *tenancy.DB) http.Handler {
	a := app{db}
	inCompany := db.Middleware(tenancy.MiddlewareOptions{
		Resolve: tenancy.First(tenancy.FromHeader("Company"), tenancy.FromSubdomain("example.org")),
	})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /companies", a.companyCreate)
	mux.Handle("GET /invoices", inCompany(http.HandlerFunc(a.invoiceList)))
	mux.Handle("POST /invoices", inCompany(http.HandlerFunc(a.invoiceCreate)))
	return mux
}

// companyCreate makes a tenant and the application's own row: both or neither.
func (a app) companyCreate(w http.ResponseWriter, r *http.Request) {
	ctx, key, name := r.Context(), r.FormValue("key"), r.FormValue("name")
	_, err := a.db.Create(ctx, key, func(tx tenancy.Tx, t tenancy.Tenant) error {
		_, err := tx.Exec(ctx, "INSERT INTO public.company (id, name) VALUES ($1, $2)", t.ID(), name)
		return err
	})
	switch {
	case errors.Is(err, tenancy.ErrExists):
		http.Error(w, "there is such a company", http.StatusConflict)
	case errors.Is(err, tenancy.ErrInvalidKey), errors.Is(err, tenancy.ErrReserved):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case err != nil:
		fail(w, err)
	default:
		w.WriteHeader(http.StatusCreated)
	}
}

// Invoice is one as it is shown.
type Invoice struct {
	Number string `json:"number"`
	Cents  int64  `json:"cents"`
}

// invoiceList reads in the company's tenant: the table is that of its schema.
func (a app) invoiceList(w http.ResponseWriter, r *http.Request) {
	company, _ := tenancy.FromContext(r.Context())
	var invoices []Invoice
	err := a.db.InReadTx(r.Context(), company, func(tx tenancy.Tx) error {
		rows, err := tx.Query(r.Context(), "SELECT number, cents FROM invoice ORDER BY id")
		if err != nil {
			return err
		}
		invoices, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Invoice])
		return err
	})
	if err != nil {
		fail(w, err)
		return
	}
	json.NewEncoder(w).Encode(invoices) //nolint:errcheck // the client has gone
}

// invoiceCreate reads all of the request first: no connection waits for a slow
// client.
func (a app) invoiceCreate(w http.ResponseWriter, r *http.Request) {
	company, _ := tenancy.FromContext(r.Context())
	number := r.FormValue("number")
	cents, err := strconv.ParseInt(r.FormValue("cents"), 10, 64)
	if err != nil || number == "" {
		http.Error(w, "number and cents are needed", http.StatusBadRequest)
		return
	}
	err = a.db.InTx(r.Context(), company, func(tx tenancy.Tx) error {
		_, err := tx.Exec(r.Context(), "INSERT INTO invoice (number, cents) VALUES ($1, $2)", number, cents)
		return err
	})
	if err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, "internal error", http.StatusInternalServerError)
}
