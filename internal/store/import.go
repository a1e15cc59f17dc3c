package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"example.org/plio/internal/store/shareddb"
	"example.org/plio/internal/store/tenantdb"
)

// What an import finds.
type (
	ImportedPerson = tenantdb.ImportPersonsRow
	ImportedTag    = tenantdb.ImportTagsRow
	UserByMobile   = shareddb.UsersByMobileRow
)

// ImportedPlio is a plio of another store, with its video and questions.
type ImportedPlio struct {
	UUID, Name, FailsafeURL string
	VideoURL                string  // "": no video
	Duration                float64 // of the video in seconds; 0: unknown
	Items                   []ImportedItem
	Extra                   json.RawMessage
	ImportKey               string
}

// ImportedItem is an item with its question.
type ImportedItem struct {
	Time          float64 // seconds
	Meta          json.RawMessage
	Type, Text    string // of the question
	Options       json.RawMessage
	CorrectAnswer json.RawMessage // counted from 0
	Extra         json.RawMessage // of the question
}

// ImportedSession is a session with its answers and events, in the order in
// which they happened.
type ImportedSession struct {
	PlioID, UserID       int64
	ExperimentID         int64 // 0: none
	First                bool
	Retention            string
	HasVideoPlayed       bool
	WatchTime            float64           // seconds
	ItemIDs              []int64           // those of the plio
	Answers              []json.RawMessage // one for each item; nil: none given
	Events               []ImportedEvent
	Extra                json.RawMessage
	ImportKey            string
	CreatedAt, UpdatedAt time.Time
}

// ImportedEvent is one event of a session.
type ImportedEvent struct {
	Type       string
	PlayerTime float64 // seconds
	At         time.Time
	Details    json.RawMessage
}

// importLock tells the advisory lock of imports from others. ("plio")
const importLock = 0x706c696f

// BeginImport waits until no other import writes into the workspace, and keeps
// others waiting until the transaction ends.
func (t Tenant) BeginImport(ctx context.Context, workspace int64) error {
	if err := t.ImportLock(ctx, importLock, int32(workspace)); err != nil { //nolint:gosec // two workspaces with one lock only wait
		return err
	}
	return t.ImportPlanAnew(ctx)
}

// AddImportedPlios adds published, public plios, made by somebody at a time.
func (t Tenant) AddImportedPlios(ctx context.Context, plios []ImportedPlio, creator int64, at time.Time) error {
	if err := t.ImportPersonAdd(ctx, []int64{creator}); err != nil {
		return err
	}
	ids, err := t.ImportPlioIDs(ctx, int32(len(plios)))
	if err != nil {
		return err
	}
	videoIDs, err := t.addImportedVideos(ctx, plios, creator, at)
	if err != nil {
		return err
	}
	if err := t.ImportPlioAdd(ctx, tenantdb.ImportPlioAddParams{
		Ids:          ids,
		Uuids:        column(plios, func(p ImportedPlio) string { return p.UUID }),
		Names:        column(plios, func(p ImportedPlio) string { return p.Name }),
		FailsafeUrls: column(plios, func(p ImportedPlio) string { return p.FailsafeURL }),
		VideoIds:     videoIDs,
		CreatedByID:  creator,
		Extras:       column(plios, func(p ImportedPlio) string { return jsonText(p.Extra) }),
		ImportKeys:   column(plios, func(p ImportedPlio) string { return p.ImportKey }),
		At:           at,
	}); err != nil {
		return err
	}
	return t.addImportedItems(ctx, plios, ids, at)
}

// addImportedVideos returns the id of each plio's video, 0 where it has none.
func (t Tenant) addImportedVideos(ctx context.Context, plios []ImportedPlio, creator int64, at time.Time) ([]int64, error) {
	p := tenantdb.ImportVideoAddParams{CreatedByID: creator, At: at}
	for _, plio := range plios {
		if plio.VideoURL != "" {
			p.Urls, p.Durations = append(p.Urls, plio.VideoURL), append(p.Durations, plio.Duration)
		}
	}
	var err error
	if p.Ids, err = t.ImportVideoIDs(ctx, int32(len(p.Urls))); err != nil {
		return nil, err
	}
	ids, next := make([]int64, len(plios)), p.Ids
	for i, plio := range plios {
		if plio.VideoURL != "" {
			ids[i], next = next[0], next[1:]
		}
	}
	return ids, t.ImportVideoAdd(ctx, p)
}

func (t Tenant) addImportedItems(ctx context.Context, plios []ImportedPlio, plioIDs []int64, at time.Time) error {
	var items []ImportedItem
	var of []int64
	for i, plio := range plios {
		for _, item := range plio.Items {
			items, of = append(items, item), append(of, plioIDs[i])
		}
	}
	ids, err := t.ImportItemIDs(ctx, int32(len(items)))
	if err != nil {
		return err
	}
	if err := t.ImportItemAdd(ctx, tenantdb.ImportItemAddParams{
		Ids: ids, PlioIds: of, At: at,
		Times: column(items, func(i ImportedItem) float64 { return i.Time }),
		Metas: column(items, func(i ImportedItem) string { return jsonText(i.Meta) }),
	}); err != nil {
		return err
	}
	return t.ImportQuestionAdd(ctx, tenantdb.ImportQuestionAddParams{
		ItemIds: ids, At: at,
		Types:          column(items, func(i ImportedItem) string { return i.Type }),
		Texts:          column(items, func(i ImportedItem) string { return i.Text }),
		Options:        column(items, func(i ImportedItem) string { return jsonText(i.Options) }),
		CorrectAnswers: column(items, func(i ImportedItem) string { return jsonText(i.CorrectAnswer) }),
		Extras:         column(items, func(i ImportedItem) string { return jsonText(i.Extra) }),
	})
}

// AddImportedSessions adds sessions; of two the later one gets the higher id.
func (t Tenant) AddImportedSessions(ctx context.Context, sessions []ImportedSession) error {
	ids, err := t.ImportSessionIDs(ctx, int32(len(sessions)))
	if err != nil {
		return err
	}
	if err := t.ImportSessionAdd(ctx, tenantdb.ImportSessionAddParams{
		Ids:           ids,
		PlioIds:       column(sessions, func(s ImportedSession) int64 { return s.PlioID }),
		UserIds:       column(sessions, func(s ImportedSession) int64 { return s.UserID }),
		ExperimentIds: column(sessions, func(s ImportedSession) int64 { return s.ExperimentID }),
		Firsts:        column(sessions, func(s ImportedSession) bool { return s.First }),
		Retentions:    column(sessions, func(s ImportedSession) string { return s.Retention }),
		Played:        column(sessions, func(s ImportedSession) bool { return s.HasVideoPlayed }),
		WatchTimes:    column(sessions, func(s ImportedSession) float64 { return s.WatchTime }),
		Extras:        column(sessions, func(s ImportedSession) string { return jsonText(s.Extra) }),
		ImportKeys:    column(sessions, func(s ImportedSession) string { return s.ImportKey }),
		Created:       column(sessions, func(s ImportedSession) time.Time { return s.CreatedAt }),
		Updated:       column(sessions, func(s ImportedSession) time.Time { return s.UpdatedAt }),
	}); err != nil {
		return err
	}
	var answers tenantdb.ImportAnswerAddParams
	var events tenantdb.ImportEventAddParams
	for i, s := range sessions {
		for j, answer := range s.Answers {
			answers.SessionIds, answers.ItemIds = append(answers.SessionIds, ids[i]), append(answers.ItemIds, s.ItemIDs[j])
			answers.Answers = append(answers.Answers, jsonText(answer))
			answers.Created, answers.Updated = append(answers.Created, s.CreatedAt), append(answers.Updated, s.UpdatedAt)
		}
		for _, e := range s.Events {
			events.SessionIds, events.Types = append(events.SessionIds, ids[i]), append(events.Types, e.Type)
			events.PlayerTimes, events.Happened = append(events.PlayerTimes, e.PlayerTime), append(events.Happened, e.At)
			events.Details = append(events.Details, jsonText(e.Details))
		}
	}
	if err := t.ImportAnswerAdd(ctx, answers); err != nil {
		return err
	}
	return t.ImportEventAdd(ctx, events)
}

// AddImportedExperiment adds an experiment without plios, and returns its id.
func (t Tenant) AddImportedExperiment(ctx context.Context, name string, extra json.RawMessage, key string, creator int64, at time.Time) (int64, error) {
	return t.ImportExperimentAdd(ctx, tenantdb.ImportExperimentAddParams{Name: name, CreatedByID: creator, Extra: extra, ImportKey: &key, At: at})
}

// AddImportedTag adds a tag without plios, with a slug that is free, and
// returns its id.
func (t Tenant) AddImportedTag(ctx context.Context, name string, extra json.RawMessage, key string, at time.Time) (int64, error) {
	slugs, err := t.ImportTagSlugs(ctx)
	if err != nil {
		return 0, err
	}
	slug := Slug(name, func(s string) bool { return slices.Contains(slugs, s) })
	return t.ImportTagAdd(ctx, tenantdb.ImportTagAddParams{Name: name, Slug: slug, Extra: extra, ImportKey: &key, At: at})
}

// column is one value of each row.
func column[R, V any](rows []R, value func(R) V) []V {
	values := make([]V, len(rows))
	for i, row := range rows {
		values[i] = value(row)
	}
	return values
}

// jsonText is a value for a parameter in which "" stands for SQL's null.
func jsonText(raw json.RawMessage) string {
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}
