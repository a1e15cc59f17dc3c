package cli

import (
	"context"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type statusCmd struct {
	JSON bool `help:"Print JSON."`
}

// Help is shown below the command's one line.
func (statusCmd) Help() string {
	return "Exit codes: 0 all is well; 1 the database does not answer; 3 something needs attention, and is named."
}

// statusJSON is how an installation is, as scripts read it.
type statusJSON struct {
	Plio     string         `json:"plio"`
	Database databaseJSON   `json:"database"`
	Key      string         `json:"key"` // "fits", "does not fit", "missing", "not needed yet"
	Pending  pendingJSON    `json:"pending"`
	States   map[string]int `json:"workspaces"`
	Admin    bool           `json:"super_admin"` // there is one
	Problems []string       `json:"problems"`
}

type databaseJSON struct {
	Own        bool   `json:"own"` // plio runs it
	Data       string `json:"data,omitempty"`
	PostgreSQL string `json:"postgresql"`
	Pooler     bool   `json:"pooler"`
}

func (c *statusCmd) Run(ctx context.Context, e *env) error {
	if err := e.exists(); err != nil {
		return err
	}
	place, err := e.join(ctx)
	if err != nil {
		return err
	}
	defer place.close()
	s, err := e.status(ctx, place)
	if err != nil {
		return err
	}
	if c.JSON {
		err = e.json(s)
	} else {
		err = e.sayStatus(s)
	}
	if err == nil && len(s.Problems) > 0 {
		return partly("%s, as said above", count(len(s.Problems), "problem"))
	}
	return err
}

func (e *env) status(ctx context.Context, place *place) (s statusJSON, err error) {
	s = statusJSON{Plio: thisVersion().Plio, States: map[string]int{}, Key: "not needed yet", Problems: []string{}}
	pending, err := tenancy.Plan(ctx, place.cfg)
	if err != nil {
		return s, err
	}
	s.Pending = pendingToJSON(pending)
	if place.server != nil {
		s.Database.Own, s.Database.Data = true, e.cfg.DataDir
	}
	if len(pending.Own)+len(pending.Shared) > 0 {
		s.Problems = append(s.Problems, "the shared tables are not up to date; run: plio migrate")
		return s, nil
	}
	if pending.RoleSet {
		s.Problems = append(s.Problems, "the database's role has a search path; run: plio migrate")
		return s, nil
	}
	db, err := tenancy.Open(ctx, place.cfg)
	if err != nil {
		return s, err
	}
	defer db.Close()
	if err := s.ask(ctx, e, db); err != nil {
		return s, err
	}
	if n := len(s.Pending.Behind); n > 0 {
		s.Problems = append(s.Problems, count(n, "workspace")+" behind; run: plio migrate")
	}
	return s, nil
}

// ask asks the database itself.
func (s *statusJSON) ask(ctx context.Context, e *env, db *tenancy.DB) error {
	shared := store.BindShared(db.Shared())
	if err := db.Shared().QueryRow(ctx, "SHOW server_version").Scan(&s.Database.PostgreSQL); err != nil {
		return err
	}
	s.Database.Pooler = db.Stats().Pooler
	infos, err := db.List(ctx)
	if err != nil {
		return err
	}
	for _, i := range infos {
		s.States[string(i.State)]++
	}
	if s.Admin, err = shared.SuperuserExists(ctx); err != nil {
		return err
	}
	if s.Key, err = e.keyState(ctx, shared); err == nil && (s.Key == "missing" || s.Key == "does not fit") {
		s.Problems = append(s.Problems, "the encryption key is not that of the database; set PLIO_ENCRYPTION_KEY, or put encryption.key back into "+e.cfg.DataDir)
	}
	return err
}
