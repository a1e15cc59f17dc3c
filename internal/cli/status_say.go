package cli

import "fmt"

// mostBehind is how many workspaces a screen can take.
const mostBehind = 20

// sayStatus prints how an installation is. A database that cannot be asked has
// its problems alone.
func (e *env) sayStatus(s statusJSON) error {
	t := newTable("", "")
	t.add("plio", s.Plio)
	t.add("database", where(s.Database))
	if s.Database.PostgreSQL != "" {
		admin := "none yet: plio serve prints a link that makes one"
		if s.Admin {
			admin = "there is one"
		}
		t.add("search path", "empty outside of workspaces, as it has to be")
		t.add("encryption key", s.Key)
		t.add("workspaces", fmt.Sprintf("%d active, %d suspended, %d trashed", s.States["active"], s.States["suspended"], s.States["trashed"]))
		t.add("version", fmt.Sprintf("%04d, with %s behind", s.Pending.Latest, count(len(s.Pending.Behind), "workspace")))
		t.add("super-admin", admin)
	}
	for i, b := range s.Pending.Behind {
		if i == mostBehind {
			t.add("behind", fmt.Sprintf("… and %s more, which --json names", count(len(s.Pending.Behind)-i, "workspace")))
			break
		}
		t.add("behind", fmt.Sprintf("%s, at version %04d", named(b), b.Version))
	}
	for _, p := range s.Problems {
		t.add("problem", p)
	}
	return t.write(e.stdout)
}

func where(d databaseJSON) string {
	text := "PostgreSQL"
	if d.PostgreSQL != "" {
		text += " " + d.PostgreSQL
	}
	switch {
	case d.Own:
		return text + ", run by plio in " + d.Data
	case d.Pooler:
		return text + ", through a pooler"
	}
	return text + ", run by somebody else"
}
