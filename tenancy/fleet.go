package tenancy

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed migrations/*.sql
var ownFiles embed.FS

// fleet is what a Config says of the tenants, read and checked.
type fleet struct {
	cfg                 Config
	own, shared, tenant source
	reserved            map[string]bool // in small letters
	builtIn             map[string]bool // by schema
}

// newFleet reads every migration and checks all that can be checked without a
// database.
func newFleet(cfg Config) (*fleet, error) {
	cfg = cfg.withDefaults()
	f := &fleet{cfg: cfg, reserved: map[string]bool{}, builtIn: map[string]bool{}}
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

// close stops what Middleware started.
func (f *fleet) close() {}

// registry returns what db's Config says of the tenants.
func (db *DB) registry() (*fleet, error) { return newFleet(db.cfg) }

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
