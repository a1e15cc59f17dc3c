package cli

import (
	"example.org/plio/migrations"
	"example.org/plio/tenancy"
)

// reserved are shortcodes that no new organization gets: each is a path of the
// server or of the web app, or would be taken for one.
var reserved = []string{
	"me", "w", "api", "auth", "start", "login", "logout", "home", "new", "edit", "play", "player", "analyse", "embed",
	"settings", "media", "static", "assets", "docs", "healthz", "readyz", "metrics", "admin", "www", "public", "personal",
}

// tenancyConfig is Plio's database to package tenancy. plio is the personal
// workspace, which everybody shares without seeing each other; void is empty,
// and stands for every workspace that a caller does not know of.
func (e *env) tenancyConfig(url, direct string) tenancy.Config {
	return tenancy.Config{
		URL: url, DirectURL: direct,
		Shared: migrations.Shared(), Tenant: migrations.Tenant(),
		BuiltIn:  []tenancy.BuiltIn{{Key: "plio", Schema: "personal"}, {Key: "void", Schema: "void"}},
		Reserved: reserved,
		MaxConns: e.cfg.MaxConns,
		Logger:   e.log,
	}
}
