package tenancy_test

import (
	"errors"
	"testing"

	"example.org/plio/tenancy"
)

type step = func(db *tenancy.DB, t *testing.T, tenant tenancy.Tenant, fn func(tenancy.Tx) error) error

func suspend(db *tenancy.DB, t *testing.T, tenant tenancy.Tenant, fn func(tenancy.Tx) error) error {
	return db.Suspend(t.Context(), tenant, "root", fn)
}

func resume(db *tenancy.DB, t *testing.T, tenant tenancy.Tenant, fn func(tenancy.Tx) error) error {
	return db.Resume(t.Context(), tenant, "root", fn)
}

func trash(db *tenancy.DB, t *testing.T, tenant tenancy.Tenant, fn func(tenancy.Tx) error) error {
	return db.Trash(t.Context(), tenant, "root", fn)
}

func rename(db *tenancy.DB, t *testing.T, tenant tenancy.Tenant, fn func(tenancy.Tx) error) error {
	return db.Rename(t.Context(), tenant, "renamed", fn)
}

func TestATenantsLifeHasTheseSteps(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before []step
		step   step
		want   error
		state  tenancy.State
	}{
		"active to suspended":    {nil, suspend, nil, tenancy.Suspended},
		"suspended to active":    {[]step{suspend}, resume, nil, tenancy.Active},
		"active to trashed":      {nil, trash, nil, tenancy.Trashed},
		"suspended to trashed":   {[]step{suspend}, trash, nil, tenancy.Trashed},
		"active renamed":         {nil, rename, nil, tenancy.Active},
		"suspended renamed":      {[]step{suspend}, rename, nil, tenancy.Suspended},
		"not active to active":   {nil, resume, tenancy.ErrState, tenancy.Active},
		"not suspended twice":    {[]step{suspend}, suspend, tenancy.ErrState, tenancy.Suspended},
		"not trashed to active":  {[]step{trash}, resume, tenancy.ErrState, tenancy.Trashed},
		"not trashed twice":      {[]step{trash}, trash, tenancy.ErrState, tenancy.Trashed},
		"not trashed to another": {[]step{trash}, suspend, tenancy.ErrState, tenancy.Trashed},
		"not trashed renamed":    {[]step{trash}, rename, tenancy.ErrState, tenancy.Trashed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := template.Open(t)
			tenant := newTenant(t, db, "blue")
			for _, before := range tt.before {
				if err := before(db, t, tenant, nil); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.step(db, t, tenant, nil); !errors.Is(err, tt.want) {
				t.Errorf("err = %v, want %v", err, tt.want)
			}
			infos, err := db.List(t.Context())
			if err != nil || len(infos) != 1 || infos[0].State != tt.state || infos[0].Tenant.Schema() != tenant.Schema() {
				t.Errorf("%+v, %v; want one that is %s", infos, err, tt.state)
			}
		})
	}
}

func TestTheApplicationsOwnPartIsInTheSameTransaction(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, tt := range map[string]struct {
		step  step
		state tenancy.State
	}{"rename": {rename, tenancy.Active}, "suspend": {suspend, tenancy.Suspended}, "trash": {trash, tenancy.Trashed}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := template.ConfigFor(t)
			db := open(t, cfg)
			tenant := newTenant(t, db, "blue")
			write := func(end error) func(tenancy.Tx) error {
				return func(tx tenancy.Tx) error {
					_, err := tx.Exec(t.Context(), "INSERT INTO note (text) VALUES ('by fn')")
					return errors.Join(err, end)
				}
			}
			if err := tt.step(db, t, tenant, write(boom)); !errors.Is(err, boom) {
				t.Errorf("err = %v, want boom", err)
			}
			if got, err := db.Get(t.Context(), "blue"); got != tenant || err != nil {
				t.Errorf("after an error it is %v, %v", got, err)
			}
			if err := tt.step(db, t, tenant, write(nil)); err != nil {
				t.Error(err)
			}
			if n := ask[int](t, cfg.URL, "SELECT count(*) FROM "+tenant.Schema()+".note"); n != 1 {
				t.Errorf("%d notes, want 1", n)
			}
			if s := ask[string](t, cfg.URL, "SELECT state FROM public.tenancy_tenant"); s != string(tt.state) {
				t.Errorf("it is %s, want %s", s, tt.state)
			}
		})
	}
}

func TestGetReturnsActiveTenantsOnly(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	tenant := newTenant(t, db, "blue")
	if err := suspend(db, t, tenant, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Get(t.Context(), "blue"); !errors.Is(err, tenancy.ErrState) {
		t.Errorf("suspended: %v", err)
	}
	info, err := db.Info(t.Context(), "blue")
	if err != nil || info.Tenant != tenant || info.State != tenancy.Suspended || info.StateBy != "root" || info.StateAt.Before(info.CreatedAt) {
		t.Errorf("Info: %+v, %v", info, err)
	}
	if err := trash(db, t, info.Tenant, nil); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"blue", "BLUE", "other", ""} {
		if _, err := db.Get(t.Context(), key); !errors.Is(err, tenancy.ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestTrashFreesTheKeyAndKeepsTheSchema(t *testing.T) {
	t.Parallel()
	cfg := template.ConfigFor(t)
	db := open(t, cfg)
	first := newTenant(t, db, "blue")
	if err := trash(db, t, first, nil); err != nil {
		t.Fatal(err)
	}
	second := newTenant(t, db, "blue")
	if second.ID() == first.ID() || second.Schema() == first.Schema() {
		t.Errorf("%v follows %v", second, first)
	}
	infos, err := db.List(t.Context())
	if err != nil || len(infos) != 2 || infos[0].OldKey != "blue" || infos[0].Tenant.Key() != "" || infos[1].Tenant != second {
		t.Errorf("%+v, %v", infos, err)
	}
	if n := ask[int](t, cfg.URL, "SELECT count(*) FROM "+first.Schema()+".note"); n != 0 {
		t.Errorf("%d notes", n)
	}
}

func TestRenameChangesTheKeyAlone(t *testing.T) {
	t.Parallel()
	db := template.Open(t)
	blue := newTenant(t, db, "blue")
	newTenant(t, db, "red")
	for key, want := range map[string]error{"red": tenancy.ErrExists, "admin": tenancy.ErrReserved, "a b": tenancy.ErrInvalidKey} {
		if err := db.Rename(t.Context(), blue, key, nil); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", key, err, want)
		}
	}
	if err := db.Rename(t.Context(), blue, "green", nil); err != nil {
		t.Fatal(err)
	}
	green, err := db.Get(t.Context(), "green")
	if err != nil || green.ID() != blue.ID() || green.Schema() != blue.Schema() {
		t.Errorf("%v, %v; want %v by another key", green, err, blue)
	}
	if _, err := db.Get(t.Context(), "blue"); !errors.Is(err, tenancy.ErrNotFound) {
		t.Errorf("the old key: %v", err)
	}
	if err := db.Rename(t.Context(), blue, "blue", nil); err != nil {
		t.Errorf("back, with a Tenant that has its old key: %v", err)
	}
}

func TestABuiltInTenantCannotBeChanged(t *testing.T) {
	t.Parallel()
	cfg := tenancy.Config{Tenant: tenantFiles, Shared: sharedFiles, URL: template.EmptyURL(t), BuiltIn: []tenancy.BuiltIn{{"home", "personal"}, {"void", "void"}}}
	migrate(t, cfg)
	db := open(t, cfg)
	home, err := db.Get(t.Context(), "home")
	if err != nil || home.ID() != 1 || home.Schema() != "personal" {
		t.Fatalf("%v, %v", home, err)
	}
	if info, err := db.Info(t.Context(), "void"); err != nil || !info.BuiltIn || info.Tenant.ID() != 2 {
		t.Errorf("%+v, %v", info, err)
	}
	for name, step := range map[string]step{"rename": rename, "suspend": suspend, "resume": resume, "trash": trash} {
		if err := step(db, t, home, nil); !errors.Is(err, tenancy.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
		if err := step(db, t, tenancy.Tenant{}, nil); !errors.Is(err, tenancy.ErrNoTenant) {
			t.Errorf("%s the zero Tenant: %v", name, err)
		}
	}
	if _, err := db.Create(t.Context(), "home", nil); !errors.Is(err, tenancy.ErrExists) {
		t.Errorf("a second home: %v", err)
	}
}
