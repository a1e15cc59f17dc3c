package plitest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

// The people of every world, by id, and their roles in the organizations af (id
// 3) and kc (id 4). A person's token is the name; root is a superuser; old is
// an access token of ann's that has expired.
var people = []struct {
	name, org, role string
}{
	{"root", "", ""},             // 1
	{"sam", "af", "super-admin"}, // 2
	{"ann", "af", "org-admin"},   // 3
	{"bob", "af", "org-view"},    // 4
	{"ken", "kc", "org-admin"},   // 5
	{"eve", "", ""},              // 6: of no organization
}

// ID returns the id of a person.
func ID(name string) int64 {
	for i, p := range people {
		if p.name == name {
			return int64(i + 1)
		}
	}
	panic("plitest: nobody is called " + name)
}

// APIKey returns the API key of an organization.
func APIKey(shortcode string) string { return shortcode + "SkW4DIBX4sYyWWAliy"[:18] }

func populate(ctx context.Context, db *tenancy.DB) error {
	orgs := map[string]int64{}
	for _, org := range []struct{ shortcode, name string }{{"af", "Avanti Fellows"}, {"kc", "Kala Club"}} {
		sealed, hash, err := Key().SealAPIKey(APIKey(org.shortcode))
		if err != nil {
			return err
		}
		made, err := store.CreateOrganization(ctx, db, store.NewOrganization{
			Name: org.name, Shortcode: org.shortcode, APIKeyEnc: sealed, APIKeySHA256: hash,
		})
		if err != nil {
			return err
		}
		orgs[org.shortcode] = made.ID
	}
	for _, p := range people {
		if err := addPerson(ctx, db, p.name, p.role, orgs[p.org]); err != nil {
			return fmt.Errorf("plitest: %s: %w", p.name, err)
		}
	}
	return nil
}

func addPerson(ctx context.Context, db *tenancy.DB, name, role string, org int64) error {
	shared := store.BindShared(db.Shared())
	email, err := store.ByEmail(name + "@example.org")
	if err != nil {
		return err
	}
	u, err := shared.CreateUser(ctx, store.NewAccount{Identities: []store.Identity{email}, FirstName: name, Status: "approved", Superuser: name == "root"})
	if err != nil {
		return err
	}
	if role != "" {
		r, err := shared.RoleByName(ctx, role)
		if err != nil {
			return err
		}
		if _, err := shared.MembershipInsert(ctx, org, u.ID, r.ID, false); err != nil {
			return err
		}
	}
	tokens := map[string]time.Duration{name: 100 * 365 * 24 * time.Hour}
	if name == "ann" {
		tokens["old"] = -time.Hour
	}
	for token, lives := range tokens {
		hash, family := sha256.Sum256([]byte(token)), []byte(token)
		_, err := db.Shared().Exec(ctx, "INSERT INTO public.token (sha256, kind, family, user_id, expires_at) VALUES ($1, 'access', $2, $3, $4)",
			hash[:], family, u.ID, time.Now().Add(lives))
		if err != nil {
			return err
		}
	}
	return nil
}
