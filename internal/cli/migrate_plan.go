package cli

import (
	"context"
	"time"

	"example.org/plio/tenancy"
)

// pendingJSON is a plan as scripts read it.
type pendingJSON struct {
	UpToDate   bool         `json:"up_to_date"`
	Shared     []string     `json:"shared"`
	BuiltIn    []string     `json:"built_in"`
	SearchPath bool         `json:"search_path"` // the role's is to be set
	Behind     []behindJSON `json:"behind"`
	Workspaces int          `json:"workspaces"`
	Latest     int64        `json:"latest"`
}

type behindJSON struct {
	ID        int64  `json:"id"`
	Shortcode string `json:"shortcode"`
	Schema    string `json:"schema"`
	Version   int64  `json:"version"`
	Error     string `json:"error,omitempty"` // of the last try
}

func behindToJSON(all []tenancy.Behind) []behindJSON {
	list := make([]behindJSON, len(all))
	for i, b := range all {
		list[i] = behindJSON{b.Tenant.ID(), b.Tenant.Key(), b.Tenant.Schema(), b.Version, b.Error}
	}
	return list
}

func pendingToJSON(p tenancy.Pending) pendingJSON {
	return pendingJSON{p.Empty(), append(append([]string{}, p.Own...), p.Shared...), append([]string{}, p.BuiltIn...),
		p.RoleSet, behindToJSON(p.Behind), p.Tenants, p.Latest}
}

func (c *migrateCmd) plan(ctx context.Context, e *env, cfg tenancy.Config) error {
	pending, err := tenancy.Plan(ctx, cfg)
	if err != nil {
		return err
	}
	p := pendingToJSON(pending)
	if c.JSON {
		return e.json(p)
	}
	if p.UpToDate {
		return e.say("Everything is up to date: there is nothing to do.")
	}
	t := newTable("TO DO", "WHAT")
	for _, file := range p.Shared {
		t.add("shared tables", file)
	}
	for _, key := range p.BuiltIn {
		t.add("make workspace", key)
	}
	if p.SearchPath {
		t.add("database role", "an empty search path")
	}
	for _, b := range p.Behind {
		t.add("migrate workspace", named(b))
	}
	return t.write(e.stdout)
}

// named is a workspace that is behind; one that was put away has no shortcode.
func named(b behindJSON) string {
	name := b.Shortcode
	if name == "" {
		name = "schema " + b.Schema
	}
	if b.Error != "" {
		return name + " (failed before: " + b.Error + ")"
	}
	return name
}

// reportJSON is a roll-out as scripts read it.
type reportJSON struct {
	Shared  []string     `json:"shared"`
	BuiltIn []string     `json:"built_in"`
	Done    int          `json:"done"`
	Failed  []failedJSON `json:"failed"`
	Left    int          `json:"left"`
	Retries int          `json:"retries"`
	Seconds float64      `json:"seconds"`
}

type failedJSON struct {
	ID        int64  `json:"id"`
	Shortcode string `json:"shortcode"`
	Version   int64  `json:"version"`
	Error     string `json:"error"`
}

func migratedJSON(r tenancy.Report) reportJSON {
	failed := make([]failedJSON, len(r.Failed))
	for i, f := range r.Failed {
		failed[i] = failedJSON{f.Tenant.ID(), f.Tenant.Key(), f.Version, f.Error()}
	}
	return reportJSON{append(append([]string{}, r.Own...), r.Shared...), append([]string{}, r.BuiltIn...),
		r.Tenants, failed, r.Left, r.Retries, r.Took.Round(time.Millisecond).Seconds()}
}
