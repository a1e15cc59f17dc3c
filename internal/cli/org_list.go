package cli

import (
	"context"
	"time"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type orgListCmd struct {
	JSON bool `help:"Print JSON."`
}

// orgJSON is an organization as scripts read it.
type orgJSON struct {
	ID        int64     `json:"id"`
	Shortcode string    `json:"shortcode"`
	Name      string    `json:"name"`
	Schema    string    `json:"schema"`
	State     string    `json:"state"`
	Version   int64     `json:"version"`
	Behind    bool      `json:"behind"`
	CreatedAt time.Time `json:"created_at"`
}

func orgToJSON(o store.Organization, i tenancy.Info) orgJSON {
	return orgJSON{o.ID, o.Shortcode, o.Name, o.SchemaName, string(i.State), i.Version, i.Behind > 0, o.CreatedAt}
}

func (c *orgListCmd) Run(ctx context.Context, e *env) error {
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	rows, err := store.BindShared(db.Shared()).OrganizationList(ctx, true, 0)
	if err != nil {
		return err
	}
	infos, err := db.List(ctx)
	if err != nil {
		return err
	}
	byID := map[int64]tenancy.Info{}
	for _, i := range infos {
		byID[i.Tenant.ID()] = i
	}
	orgs := make([]orgJSON, len(rows))
	for i, row := range rows {
		orgs[i] = orgToJSON(store.Organization(row), byID[row.ID])
	}
	if c.JSON {
		return e.json(orgs)
	}
	if len(orgs) == 0 {
		return e.say("There is no organization yet. To make one: plio org create SHORTCODE --name NAME")
	}
	t := newTable("ID>", "SHORTCODE", "NAME", "STATE", "MADE")
	for _, o := range orgs {
		t.add(o.ID, o.Shortcode, o.Name, state(o), day(o.CreatedAt))
	}
	return t.write(e.stdout)
}

// state is a workspace's state, with what else keeps it from being served.
func state(o orgJSON) string {
	if o.Behind {
		return o.State + ", behind"
	}
	return o.State
}

func day(t time.Time) string { return t.Local().Format("2006-01-02") }
