package importer_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// small is a store of two plios, of either shape, a learner, three sessions, an
// experiment and a tag.
func small() files {
	return files{
		"videos/Old2020abc.json": `{"video_id": "nBVLpuE27-y", "video_title": "गुरुत्व", "questions": {"questions": [
			{"time": 5, "question": {"type": "mcq", "text": "Which?", "options": ["O₂", "CO₂"], "answers": 2}},
			{"time": 9.5, "question": {"type": "mcq", "text": "How many?", "options": ["4", "8"], "answers": 1}}]}}`,
		"videos/New2021abc.json": `{"video_id": "TiO1njj5c48", "video_title": "Cells", "failsafe": "https://videos.example/a.mp4", "items": [
			{"time": 3, "type": "question", "details": {"type": "checkbox", "text": "All?", "options": ["a", "b", "c"], "correct_answer": [0, 2]}},
			{"time": 4, "type": "question", "details": {"type": "subjective", "text": "Why?"}}]}`,
		"users/919812345678.json":                `{"configs": {}, "experiments": {"x": 1}, "name": "Asha", "grade": "9"}`,
		"answers/Old2020abc_919812345678-0.json": `{"answers": ["CO₂", []], "watch-time": 1500, "user-id": "919812345678", "plio-id": "Old2020abc", "session-id": 0, "retention": [1, 0, 2], "has-video-played": 1, "journey": [{"event": "option-selected", "details": {"o": 1}, "system_time": "1616326680000", "player_time": "5.5"}], "experiment": "exp1", "source": "web", "creation_date": "2021-03-13 19:07:00"}`,
		"answers/Old2020abc_9812345678-1.json":   `{"answers": ["CO₂", "4"], "watch-time": 2500, "user-id": "9812345678", "plio-id": "Old2020abc", "session-id": 1, "retention": [1, 1, 1], "has-video-played": 0, "journey": [], "experiment": "", "creation_date": "2021-03-14 19:07:00"}`,
		"answers/New2021abc_9712345678-0.json":   `{"answers": [[0, 1], "because"], "watch-time": 0, "retention": [], "has-video-played": 0, "journey": [], "creation_date": "2021-03-14 19:07:00"}`,
		"experiments/exp1.json":                  `{"details": {"name": "A/B", "links": ["https://player.plio.in/#/play/Old2020abc", "https://player.plio.in/#/play/New2021abc"], "split-percentages": [0.57, 0.43]}}`,
		"tags/1.json":                            `{"name": "physics", "plios": ["Old2020abc", "New2021abc"]}`,
	}
}

// large is a store of many sessions, whose numbers and sizes depend on the seed
// alone.
func large(seed uint64, plios, learners, sessions int) files {
	r := rand.New(rand.NewPCG(seed, seed))
	all := files{}
	questions := make([]int, plios)
	for p := range plios {
		questions[p] = 1 + r.IntN(4)
		var items []string
		for q := range questions[p] {
			details := `{"type": "mcq", "text": "q", "options": ["a", "b", "c"], `
			if p%2 == 0 {
				items = append(items, fmt.Sprintf(`{"time": %d, "question": %s"answers": %d}}`, q, details, 1+r.IntN(3)))
			} else {
				items = append(items, fmt.Sprintf(`{"time": %d, "type": "question", "details": %s"correct_answer": %d}}`, q, details, r.IntN(3)))
			}
		}
		list := "[" + strings.Join(items, ", ") + "]"
		if p%2 == 0 {
			list = `{"questions": ` + list + `}, "x": 1`
		}
		all[fmt.Sprintf("videos/%s.json", plioName(p))] = fmt.Sprintf(`{"video_id": "abcdefghijk", "video_title": "t %d", "%s": %s}`, p, []string{"questions", "items"}[p%2], list)
	}
	for l := range learners {
		all["users/91"+phone(l)+".json"] = fmt.Sprintf(`{"configs": {}, "experiments": {}, "grade": "%d"}`, l%12)
	}
	visits := map[string]int{}
	for range sessions {
		p, l := r.IntN(plios), phone(r.IntN(learners))
		answers := []any{}
		for range questions[p] {
			if p%2 == 0 {
				answers = append(answers, string("abc"[r.IntN(3)]))
			} else {
				answers = append(answers, r.IntN(4)-1)
			}
		}
		retention := make([]int, 20+p)
		for s := range retention {
			retention[s] = r.IntN(2)
		}
		s, _ := json.Marshal(map[string]any{
			"answers": answers, "retention": retention, "watch-time": r.IntN(1e6), "has-video-played": r.IntN(2), "source": "web",
			"creation_date": fmt.Sprintf("2021-03-%02d 10:00:00", 1+r.IntN(28)),
			"journey":       []map[string]any{{"event": "played", "details": object{}, "system_time": fmt.Sprint(16e11 + r.IntN(1e9)), "player_time": "1.5"}},
		})
		key := plioName(p) + "_" + l
		all[fmt.Sprintf("answers/%s-%d.json", key, visits[key])] = string(s)
		visits[key]++
	}
	return all
}

func plioName(p int) string { return fmt.Sprintf("Plio%06d", p) }

func phone(l int) string { return fmt.Sprintf("98%08d", l) }
