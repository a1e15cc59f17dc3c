package tenancy

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed migrations/*.sql
var ownFiles embed.FS

// fleet is what a Config says of the tenants, read and checked.
type fleet struct {
	cfg                 Config
	own, shared, tenant source
	reserved            map[string]bool // in small letters
	builtIn             map[string]bool // by schema
	newSchema           func() string

	listener *listener
	mu       sync.Mutex
	caches   []*cache // that the listener tells
}

// lazyFleet reads the files once for all that a DB does.
type lazyFleet struct {
	once  sync.Once
	fleet *fleet
	err   error
}

// registry returns what db's Config says of the tenants.
func (db *DB) registry() (*fleet, error) {
	l := db.cfg.fleet
	l.once.Do(func() { l.fleet, l.err = newFleet(db.cfg) })
	return l.fleet, l.err
}

// closeFleet ends what Middleware began. Close calls it before it closes the
// connections.
func (db *DB) closeFleet() {
	if f, err := db.registry(); err == nil {
		f.close()
	}
}

// newCache makes a cache that hears of changes, and lives until close.
func (f *fleet) newCache(load func(ctx context.Context, key string) (Info, error), opts MiddlewareOptions) *cache {
	c := newCache(f.listener.ctx, load, opts.MaxAge, opts.MaxUnknown)
	f.mu.Lock()
	f.caches = append(f.caches, c)
	f.mu.Unlock()
	f.listener.add(c.forget)
	return c
}

// close waits until nothing runs any more.
func (f *fleet) close() {
	f.listener.close()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.caches {
		c.close()
	}
}

// newFleet reads every migration and checks all that can be checked without a
// database.
func newFleet(cfg Config) (*fleet, error) {
	cfg = cfg.withDefaults()
	f := &fleet{cfg: cfg, reserved: map[string]bool{}, builtIn: map[string]bool{}, newSchema: newSchema, listener: newListener(cfg)}
	dir, err := fs.Sub(ownFiles, "migrations")
	if err != nil {
		return nil, err
	}
	var errs [4]error
	f.own, errs[0] = readSource(dir, "tenancy's own")
	f.shared, errs[1] = readSource(cfg.Shared, "shared")
	f.tenant, errs[2] = readSource(cfg.Tenant, "tenant")
	for _, key := range cfg.Reserved {
		f.reserved[strings.ToLower(key)] = true
	}
	errs[3] = f.checkBuiltIn()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *fleet) checkBuiltIn() error {
	keys := map[string]bool{}
	for _, b := range f.cfg.BuiltIn {
		if err := wellFormed(b.Key); err != nil {
			return fmt.Errorf("%w (built-in tenant)", err)
		}
		if _, err := TenantFromRow(0, b.Key, b.Schema); err != nil {
			return fmt.Errorf("%w (built-in tenant %q)", err, b.Key)
		}
		if keys[b.Key] || f.builtIn[b.Schema] {
			return fmt.Errorf("tenancy: two built-in tenants have the key %q or the schema %q", b.Key, b.Schema)
		}
		keys[b.Key], f.builtIn[b.Schema] = true, true
	}
	return nil
}

func (f *fleet) builtInKeys() (keys []string) {
	for _, b := range f.cfg.BuiltIn {
		keys = append(keys, b.Key)
	}
	return keys
}

func (f *fleet) builtInSchemas() (schemas []string) {
	for _, b := range f.cfg.BuiltIn {
		schemas = append(schemas, b.Schema)
	}
	return schemas
}
