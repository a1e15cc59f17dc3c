package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// PlioFilter says which plios of a workspace a list shows: one's own, and the
// public ones when Public is set. A plio matches when each of Terms occurs in
// its name, status, uuid or the text of its last change, in whatever case.
type PlioFilter struct {
	UserID int64
	Public bool
	Terms  []string
}

// PlioRow is a plio in a list, with the number of people who have watched it.
type PlioRow struct {
	ID            int64
	VideoID       *int64
	Name          string
	UUID          string
	CreatedByID   int64
	FailsafeURL   string
	Status        string
	IsPublic      bool
	Config        json.RawMessage
	CreatedAt     time.Time
	UpdatedAt     time.Time
	UniqueViewers int64
	VideoURL      *string
}

const (
	plioVisible = ` FROM plio p LEFT JOIN video v ON v.id = p.video_id AND v.deleted IS NULL
WHERE p.deleted IS NULL AND (p.created_by_id = $1 OR $2 AND p.is_public)`

	plioMatches = `NOT EXISTS (SELECT 1 FROM unnest($3::text[]) term WHERE NOT (
	p.name ILIKE term OR p.status ILIKE term OR p.uuid ILIKE term
	OR to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') ILIKE term))`

	plioViewers = `(SELECT count(DISTINCT s.user_id) FROM session s WHERE s.plio_id = p.id AND s.deleted IS NULL)`
)

// plioOrders are what a list can be ordered by. Names sort by small letters in
// the order of code points, which every build of PostgreSQL has.
var plioOrders = map[string]string{
	"name":           `lower(p.name) COLLATE "C"`,
	"created_at":     "p.created_at",
	"updated_at":     "p.updated_at",
	"unique_viewers": plioViewers,
}

// PlioCount returns how many plios f shows, and how many it would without its
// terms.
func (s Tenant) PlioCount(ctx context.Context, f PlioFilter) (matching, visible int64, err error) {
	err = s.db.QueryRow(ctx, "SELECT count(*) FILTER (WHERE "+plioMatches+"), count(*)"+plioVisible,
		f.UserID, f.Public, f.patterns()).Scan(&matching, &visible)
	return matching, visible, err
}

// PlioList returns a page of what f shows. order holds names of plioOrders,
// with a hyphen in front for descending; others do not count.
func (s Tenant) PlioList(ctx context.Context, f PlioFilter, order []string, limit, offset int64) ([]PlioRow, error) {
	rows, err := s.db.Query(ctx, `SELECT p.id, p.video_id, p.name, p.uuid, p.created_by_id, p.failsafe_url, p.status, p.is_public,
	p.config, p.created_at, p.updated_at, `+plioViewers+` AS unique_viewers, v.url AS video_url`+
		plioVisible+" AND "+plioMatches+" ORDER BY "+orderBy(order)+" LIMIT $4 OFFSET $5",
		f.UserID, f.Public, f.patterns(), limit, offset)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[PlioRow])
}

var likeLiteral = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// patterns returns the terms for LIKE, in which % and _ are themselves.
func (f PlioFilter) patterns() []string {
	patterns := make([]string, len(f.Terms))
	for i, term := range f.Terms {
		patterns[i] = "%" + likeLiteral.Replace(term) + "%"
	}
	return patterns
}

func orderBy(order []string) string {
	var keys []string
	for _, name := range order {
		column, descending := strings.CutPrefix(name, "-")
		if sql, ok := plioOrders[column]; ok && descending {
			keys = append(keys, sql+" DESC")
		} else if ok {
			keys = append(keys, sql)
		}
	}
	return strings.Join(append(keys, "p.id DESC"), ", ")
}
