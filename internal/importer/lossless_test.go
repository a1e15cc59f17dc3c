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
	dir := small()
	w.bring(dir.write(t))
	if lost, found := w.lost(dir); len(lost) > 0 || found != 74 {
		t.Errorf("%d values are found again; lost: %q", found, lost)
	}
	const old, new, session = "videos/Old2020abc.json ", "videos/New2021abc.json ", "answers/Old2020abc_919812345678-0.json "
	for loss, path := range map[string]string{
		`UPDATE plio SET name = 'x' WHERE uuid = 'Old2020abc'`:                                 old + "/video_title",
		`UPDATE video SET url = 'x' WHERE id = 1`:                                              new + "/video_id",
		`UPDATE plio SET failsafe_url = ''`:                                                    new + "/failsafe",
		`UPDATE question SET correct_answer = '0' WHERE text = 'Which?'`:                       old + "/questions/questions/0/question/answers",
		`UPDATE question SET correct_answer = '[0]' WHERE text = 'All?'`:                       new + "/items/0/details/correct_answer/1",
		`UPDATE question SET options = '["4"]' WHERE text = 'How many?'`:                       old + "/questions/questions/1/question/options/1",
		`UPDATE question SET text = '' WHERE text = 'Why?'`:                                    new + "/items/1/details/text",
		`UPDATE question SET type = 'mcq' WHERE text = 'Why?'`:                                 new + "/items/1/details/type",
		`UPDATE item SET time = 9 WHERE time = 9.5`:                                            old + "/questions/questions/1/time",
		`UPDATE person SET profile = profile - 'grade'`:                                        "users/919812345678.json /grade",
		`UPDATE person SET profile = profile #- '{experiments,x}'`:                             "users/919812345678.json /experiments/x",
		`UPDATE session SET extra = NULL`:                                                      session + "/source",
		`UPDATE session SET watch_time = 1.499 WHERE watch_time = 1.5`:                         session + "/watch-time",
		`UPDATE session SET retention = '1,0' WHERE retention = '1,0,2'`:                       session + "/retention/2",
		`UPDATE session SET has_video_played = false`:                                          session + "/has-video-played",
		`UPDATE session SET created_at = created_at + interval '1 second'`:                     session + "/creation_date",
		`UPDATE session SET experiment_id = NULL`:                                              session + "/experiment",
		`UPDATE session SET user_id = 3 WHERE is_first AND plio_id = 2`:                        session + "/plio-id",
		`UPDATE event SET player_time = 5`:                                                     session + "/journey/0/player_time",
		`UPDATE event SET created_at = created_at + interval '1 millisecond'`:                  session + "/journey/0/system_time",
		`UPDATE event SET details = NULL`:                                                      session + "/journey/0/details/o",
		`DELETE FROM event`:                                                                    session + "/journey/0/event",
		`UPDATE session_answer SET answer = '0' WHERE answer = '1'`:                            session + "/answers/0",
		`UPDATE session_answer SET answer = NULL WHERE answer = '"because"'`:                   "answers/New2021abc_9712345678-0.json /answers/1",
		`UPDATE session SET import_key = NULL WHERE retention = '1,0,2'`:                       session + "is not in the workspace",
		`UPDATE experiment SET extra = extra #- '{details,links,0}'`:                           "experiments/exp1.json /details/links/0",
		`UPDATE experiment SET name = 'x'`:                                                     "experiments/exp1.json /details/name",
		`UPDATE tag SET name = 'x'`:                                                            "tags/1.json /name",
		`DELETE FROM plio_tag WHERE plio_id = (SELECT id FROM plio WHERE uuid = 'Old2020abc')`: "tags/1.json /plios/Old2020abc",
	} {
		if lost := strings.Join(w.lostAfter(loss, dir), "\n"); !strings.Contains(lost, path) {
			t.Errorf("%s: %s is not found: %q", loss, path, lost)
		}
	}
}
