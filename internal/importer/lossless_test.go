package importer_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
)

// readFiles reads a store's files.
func readFiles(t testing.TB, dir string) files {
	t.Helper()
	all := files{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(os.DirFS(dir), name)
		all[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryValueOfTheSampleIsFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := readFiles(t, sample).without(w.bring(sample))
	lost, found := w.lost(dir)
	if len(lost) > 0 || len(dir) != 12+60+200+3+3 || found < 98_000 {
		t.Errorf("%d values are found again; lost: %.2000q", found, lost)
	}
}

// TestALossIsFound plants one loss at a time.
func TestALossIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := readFiles(t, sample).without(w.bring(sample))
	const plio, session = `(SELECT id FROM plio WHERE uuid = '0onGcUwMIO')`, `(SELECT id FROM session WHERE import_key = 'json:answers/1sd2qQscAp_916138132283-0.json')`
	for _, tt := range []struct{ loss, path string }{
		{`UPDATE plio SET name = 'x' WHERE id = ` + plio, "videos/0onGcUwMIO.json /video_title"},
		{`UPDATE video SET url = 'x' WHERE id = (SELECT video_id FROM plio WHERE id = ` + plio + `)`, "videos/0onGcUwMIO.json /video_id"},
		{`UPDATE plio SET failsafe_url = '' WHERE uuid = 'MlwIQ03xKi'`, "videos/MlwIQ03xKi.json /failsafe"},
		{`UPDATE question SET correct_answer = '1' WHERE item_id = (SELECT min(id) FROM item WHERE plio_id = ` + plio + `)`, "videos/0onGcUwMIO.json /questions/questions/0/question/answers"},
		{`UPDATE question SET options = '["CO₂"]' WHERE item_id = (SELECT min(id) FROM item WHERE plio_id = ` + plio + `)`, "videos/0onGcUwMIO.json /questions/questions/0/question/options/1"},
		{`UPDATE item SET time = 1 WHERE id = (SELECT max(id) FROM item WHERE plio_id = ` + plio + `)`, "videos/0onGcUwMIO.json /questions/questions/5/time"},
		{`UPDATE person SET profile = profile #- '{school,code}' WHERE import_key = 'json:users/916065576815.json'`, "users/916065576815.json /school/code"},
		{`UPDATE session SET extra = extra - 'source' WHERE id = ` + session, "answers/1sd2qQscAp_916138132283-0.json /source"},
		{`UPDATE session SET extra = extra #- '{user_agent,os,version}' WHERE id = ` + session, "answers/1sd2qQscAp_916138132283-0.json /user_agent/os/version"},
		{`UPDATE session SET watch_time = 91.001 WHERE id = ` + session, "answers/1sd2qQscAp_916138132283-0.json /watch-time"},
		{`UPDATE session SET retention = '0' || substr(retention, 2) WHERE id = ` + session, "answers/1sd2qQscAp_916138132283-0.json /retention/0"},
		{`UPDATE session SET created_at = created_at + interval '1 second' WHERE id = ` + session, "answers/1sd2qQscAp_916138132283-0.json /creation_date"},
		{`UPDATE event SET player_time = 1 WHERE id = (SELECT max(id) FROM event WHERE session_id = ` + session + `)`, "answers/1sd2qQscAp_916138132283-0.json /journey/2/player_time"},
		{`DELETE FROM event WHERE id = (SELECT max(id) FROM event WHERE session_id = ` + session + `)`, "answers/1sd2qQscAp_916138132283-0.json /journey/2/event"},
		{`UPDATE session_answer SET answer = '9' WHERE id = (SELECT min(id) FROM session_answer WHERE answer IS NOT NULL)`, "answers/0onGcUwMIO"},
		{`UPDATE experiment SET extra = extra #- '{details,links,0}'`, "experiments/9yZPvJzY.json /details/links/0"},
		{`UPDATE session SET import_key = NULL WHERE id = ` + session, "answers/1sd2qQscAp_916138132283-0.json is not in the workspace"},
		{`UPDATE tag SET name = 'x' WHERE slug = 'maths'`, "tags/1.json /name"},
		{`DELETE FROM plio_tag WHERE tag_id = (SELECT id FROM tag WHERE slug = 'maths') AND plio_id = ` + plio, "tags/1.json /plios/0onGcUwMIO"},
	} {
		folder, _, _ := strings.Cut(tt.path, "/")
		if lost := strings.Join(w.lostAfter(tt.loss, dir, folder), "\n"); !strings.Contains(lost, tt.path) {
			t.Errorf("%s: not found: %.500q", tt.loss, lost)
		}
	}
}
