package tenancy

import "context"

// InTx runs fn in one transaction bound to t, and commits when fn returns nil.
// The transaction begins with its first statement, in the same network trip; if
// fn runs none, nothing is sent.
//
// An error of fn's rolls back and comes back unchanged; a panic rolls back and
// goes on; so does the end of ctx, even where nothing noticed it. Before
// PostgreSQL commits, it checks that the search path is still t's: otherwise all
// is rolled back, and the error is [ErrPathChanged].
//
// fn may be run twice, so it touches nothing but the database: when a migration
// has changed the columns that a prepared statement returns, PostgreSQL refuses
// it once.
//
// tx is good until fn returns. It is used by one goroutine at a time, and its
// rows are closed before its next statement.
func (db *DB) InTx(ctx context.Context, t Tenant, fn func(tx Tx) error) error {
	return db.run(ctx, work{tenants: []Tenant{t}}, func(w *work) error { return fn(w.tx(0)) })
}

// InReadTx is InTx for work that only reads: PostgreSQL refuses to write in it
// (25006). It ends with a rollback, which also undoes whatever fn did to the
// search path.
func (db *DB) InReadTx(ctx context.Context, t Tenant, fn func(tx Tx) error) error {
	return db.run(ctx, work{tenants: []Tenant{t}, readOnly: true}, func(w *work) error { return fn(w.tx(0)) })
}

// InTxs is InTx over two tenants, for copying between them: two views of one
// transaction on one connection. Every statement is bound to its own tenant anew,
// in its own network trip, which is slower than InTx: PostgreSQL then plans
// again what it has planned.
func (db *DB) InTxs(ctx context.Context, a, b Tenant, fn func(a, b Tx) error) error {
	return db.run(ctx, work{tenants: []Tenant{a, b}}, func(w *work) error { return fn(w.tx(0), w.tx(1)) })
}

// run runs fn, and once more if that may help.
func (db *DB) run(ctx context.Context, w work, fn func(w *work) error) error {
	for _, t := range w.tenants {
		if t.schema == "" {
			return ErrNoTenant
		}
	}
	err := db.once(ctx, w, fn)
	if err != nil && again(err) {
		db.retries.Add(1)
		err = db.once(ctx, w, fn)
	}
	return err
}

func (db *DB) once(ctx context.Context, w work, fn func(w *work) error) error {
	b, err := db.pool.acquire(ctx, w.tenants[0].schema)
	if err != nil {
		return err
	}
	w.b, w.ctx = b, ctx
	defer func() {
		w.end()
		db.pool.release(b)
	}()
	if err := fn(&w); err != nil || w.readOnly {
		return err
	}
	return w.commit(ctx)
}
