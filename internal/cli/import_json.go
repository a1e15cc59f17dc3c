package cli

import (
	"context"
	"errors"
	"fmt"

	"example.org/plio/internal/importer"
	"example.org/plio/internal/store"
	"example.org/plio/tenancy"
)

type importJSONCmd struct {
	Dir     string `arg:"" help:"The folder that holds videos, users, answers, experiments and tags."`
	Org     string `required:"" placeholder:"SHORTCODE" help:"The organization whose workspace it goes into."`
	Creator string `required:"" placeholder:"EMAIL" help:"The user who is to have made it all; made when there is none."`
	Plan    bool   `help:"Read only, and say what would come in."`
	JSON    bool   `help:"Print JSON, with every note."`
}

// Help is shown below the command's one line.
func (importJSONCmd) Help() string {
	return `What came in before stays as it is, so a second run changes nothing, and one that was cut short is completed by running it again.

Exit codes: 0 all is in; 1 failed, nothing was done; 3 all is in but the files that were named; 4 cut short, what the table counts is in.`
}

func (c *importJSONCmd) Run(ctx context.Context, e *env) error {
	files, err := importer.OpenJSON(c.Dir)
	if err != nil {
		return err
	}
	defer files.Close() //nolint:errcheck // only read
	if _, err := store.ByEmail(c.Creator); err != nil {
		return usage("%w", err)
	}
	db, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	opt, err := c.options(ctx, db)
	if err != nil {
		return err
	}
	p := e.progress("")
	opt.Progress = p.phase
	report, err := files.Run(ctx, db.DB, opt)
	p.end()
	if err != nil && came(report) == 0 {
		return err
	}
	if c.JSON {
		err = errors.Join(e.json(report), err)
	} else {
		err = errors.Join(sayReport(e, report), err)
	}
	switch {
	case err != nil:
		return &exit{codeCut, fmt.Errorf("cut short: %s; what the table counts is in, run it again for the rest", explain(ctx, err))}
	case !report.Whole() && c.Plan:
		return partly("%s would not come in", count(len(report.Broken), "file"))
	case !report.Whole():
		return partly("all came in but the %s named above", count(len(report.Broken), "file"))
	}
	return nil
}

func (c *importJSONCmd) options(ctx context.Context, db *database) (importer.Options, error) {
	opt := importer.Options{PlanOnly: c.Plan}
	info, _, err := db.organization(ctx, c.Org)
	if err != nil {
		return opt, err
	}
	if info.State != tenancy.Active {
		return opt, fmt.Errorf("the workspace of %s is %s; to take it into service: plio org resume %[1]s", c.Org, info.State)
	}
	opt.Tenant = info.Tenant
	if c.Plan {
		return opt, nil
	}
	u, err := db.userWith(ctx, c.Creator, false)
	opt.CreatorID = u.ID
	return opt, err
}

// came is how many things a run has brought in.
func came(r importer.Report) (n int) {
	if r.Plan {
		return 0
	}
	for _, c := range r.Counts {
		n += c.New
	}
	return n
}

// mostNotes is how many notes a screen can take.
const mostNotes = 50

// sayReport prints what did not come in, what came in otherwise than it was,
// and at the end the table.
func sayReport(e *env, r importer.Report) error {
	notes := newTable("NOTE ON", "")
	for _, n := range r.Notes[:min(len(r.Notes), mostNotes)] {
		notes.add(n.File, n.Text)
	}
	broken := newTable("NOT BROUGHT IN", "REASON")
	for _, b := range r.Broken {
		broken.add(b.File, b.Reason)
	}
	counts := newTable("", "FOUND>", "NEW>", "THERE BEFORE>", "NOT BROUGHT IN>")
	if r.Plan {
		counts.head[2] = "WOULD BE NEW>"
	}
	for _, c := range r.Counts {
		counts.add(c.Kind, c.Found, c.New, c.There, c.Failed)
	}
	for _, t := range []*table{notes, broken} {
		if len(t.rows) == 0 {
			continue
		}
		if err := t.write(e.stdout); err != nil {
			return err
		}
		if more := len(r.Notes) + r.MoreNotes - len(t.rows); t == notes && more > 0 {
			if err := e.say("… and %s more, which --json prints", count(more, "note")); err != nil {
				return err
			}
		}
		if err := e.say(""); err != nil {
			return err
		}
	}
	return counts.write(e.stdout)
}
