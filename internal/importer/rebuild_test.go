package importer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/plio/tenancy"
)

// What a workspace holds is turned back into the files it came from, from the
// columns and from extra alone. So nothing is lost where each value of a file
// is there again.

// rebuilders say, for each folder, which row a file came in as: one JSON
// document each, of all that belongs to it.
var rebuilders = map[string]struct {
	rows    string
	rebuild func(name string, row, file object) object
}{
	"videos": {`SELECT jsonb_build_object('key', p.import_key, 'extra', p.extra, 'name', p.name, 'failsafe', p.failsafe_url, 'url', v.url, 'items',
		(SELECT jsonb_agg(jsonb_build_object('time', i.time, 'meta', i.meta, 'type', q.type, 'text', q.text, 'options', q.options, 'right', q.correct_answer, 'extra', q.extra) ORDER BY i.id)
		FROM item i JOIN question q ON q.item_id = i.id WHERE i.plio_id = p.id))::text
		FROM plio p LEFT JOIN video v ON v.id = p.video_id WHERE p.import_key IS NOT NULL`, rebuildPlio},
	"users": {`SELECT jsonb_build_object('key', import_key, 'profile', profile)::text FROM person WHERE import_key IS NOT NULL`,
		func(_ string, row, _ object) object { return row.object("profile") }},
	"answers": {`SELECT jsonb_build_object('key', s.import_key, 'extra', s.extra, 'plio', p.uuid, 'mobile', u.mobile, 'retention', s.retention, 'played', s.has_video_played,
		'watch', s.watch_time, 'experiment', substring(e.import_key FROM 'json:experiments/(.*)[.]json'), 'created', to_char(s.created_at AT TIME ZONE 'Asia/Kolkata', 'YYYY-MM-DD HH24:MI:SS'),
		'answers', (SELECT jsonb_agg(jsonb_build_object('answer', a.answer, 'options', q.options, 'type', q.type) ORDER BY a.item_id)
			FROM session_answer a JOIN question q ON q.item_id = a.item_id WHERE a.session_id = s.id),
		'events', (SELECT jsonb_agg(jsonb_build_object('event', v.type, 'player_time', v.player_time, 'system_time', extract(epoch FROM v.created_at) * 1000, 'details', v.details) ORDER BY v.id)
			FROM event v WHERE v.session_id = s.id))::text
		FROM session s JOIN plio p ON p.id = s.plio_id JOIN public."user" u ON u.id = s.user_id LEFT JOIN experiment e ON e.id = s.experiment_id WHERE s.import_key IS NOT NULL`, rebuildSession},
	"experiments": {`SELECT jsonb_build_object('key', import_key, 'extra', extra, 'name', name)::text FROM experiment WHERE import_key IS NOT NULL`,
		func(_ string, row, _ object) object {
			return merge(object{"details": object{"name": row["name"]}}, row.object("extra"))
		}},
	"tags": {`SELECT jsonb_build_object('key', t.import_key, 'extra', t.extra, 'name', t.name, 'plios',
		(SELECT jsonb_agg(p.uuid) FROM plio_tag pt JOIN plio p ON p.id = pt.plio_id WHERE pt.tag_id = t.id))::text FROM tag t WHERE t.import_key IS NOT NULL`,
		func(_ string, row, _ object) object {
			extra := row.object("extra")
			plios := append(row.list("plios"), extra.list("plios")...)
			delete(extra, "plios")
			return merge(object{"name": row["name"], "plios": plios}, extra)
		}},
}

// object and its methods read decoded JSON without asking.
type object map[string]any

func (o object) object(key string) object {
	m, _ := o[key].(map[string]any)
	return m
}

func (o object) list(key string) []any {
	l, _ := o[key].([]any)
	return l
}

func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

// merge lays b over a, object by object.
func merge(a, b object) object {
	for key, v := range b {
		under, ok := a[key].(object)
		over, ok2 := v.(map[string]any)
		if ok && ok2 {
			v = merge(under, over)
		}
		a[key] = v
	}
	return a
}

func rebuildPlio(_ string, row, file object) object {
	var items []any
	_, new := file["items"].([]any)
	new = new && len(file.list("items")) > 0
	for _, raw := range row.list("items") {
		it := object(raw.(map[string]any))
		details := object{"type": it["type"], "text": it["text"], "options": it["options"]}
		whole := object{"time": it["time"], "meta": it["meta"], "type": "question"}
		if new {
			details["correct_answer"], whole["details"] = it["right"], details
		} else {
			details["answers"], whole["question"] = plusOne(it["right"], it.text("type")), details
		}
		items = append(items, map[string]any(merge(whole, it.object("extra"))))
	}
	p := object{
		"video_title": row["name"], "failsafe": row["failsafe"],
		"video_id": row["url"],
	}
	if id, ok := strings.CutPrefix(row.text("url"), "https://www.youtube.com/watch?v="); ok {
		p["video_id"], _ = url.QueryUnescape(id)
	}
	if new {
		p["items"] = items
	} else {
		p["questions"] = object{"questions": items}
	}
	return merge(p, row.object("extra"))
}

// plusOne counts options from 1, as 2020 did.
func plusOne(right any, typ string) any {
	switch r := right.(type) {
	case json.Number:
		if n, err := strconv.Atoi(r.String()); err == nil && typ != "subjective" {
			return json.Number(strconv.Itoa(n + 1))
		}
	case []any:
		if typ == "subjective" {
			return right
		}
		var all []any
		for _, one := range r {
			all = append(all, plusOne(one, typ))
		}
		return all
	}
	return right
}

func rebuildSession(name string, row, file object) object {
	plio, rest, _ := strings.Cut(name, "_")
	phone, number, _ := strings.Cut(rest, "-")
	s := object{
		"plio-id": row["plio"], "session-id": json.Number(number), "user-id": phone, "creation_date": row["created"],
		"watch-time": times1000(row["watch"]), "has-video-played": row["played"], "experiment": row["experiment"],
	}
	if plio != row["plio"] || !strings.HasSuffix(row.text("mobile"), strings.TrimPrefix(phone, "+")) {
		s["plio-id"] = fmt.Sprintf("%s, %s in a session of %v, %v", plio, phone, row["plio"], row["mobile"])
	}
	var retention []any
	for _, n := range strings.Split(row.text("retention"), ",") {
		retention = append(retention, json.Number(n))
	}
	s["retention"] = retention
	var answers []any
	for i, raw := range row.list("answers") {
		answers = append(answers, given(object(raw.(map[string]any)), file.list("answers"), i))
	}
	s["answers"] = answers
	extra := row.object("extra")
	s["journey"] = journey(row.list("events"), extra.object("journey"))
	delete(extra, "journey")
	return merge(s, extra)
}

// given is an answer as the file had it: as the text or the number of the
// option, which the file decides.
func given(a object, file []any, i int) any {
	if i >= len(file) || a["type"] == "subjective" {
		return a["answer"]
	}
	options := a.list("options")
	as := func(answer any, like any) any {
		n, err := strconv.Atoi(fmt.Sprint(answer))
		if _, ok := like.(string); ok && err == nil && n < len(options) {
			return fmt.Sprint(options[n])
		}
		return answer
	}
	several, ok := a["answer"].([]any)
	if !ok {
		return as(a["answer"], file[i])
	}
	like, ok := file[i].([]any)
	if !ok {
		return as(several[0], file[i])
	}
	var all []any
	for j, answer := range several {
		all = append(all, as(answer, like[j]))
	}
	return all
}

// journey puts the events back among the steps that are kept as JSON. Of those,
// an event that is complete is among the events too.
func journey(events []any, kept object) (steps []any) {
	for len(events) > 0 || kept[strconv.Itoa(len(steps))] != nil {
		step, ok := kept[strconv.Itoa(len(steps))].(map[string]any)
		if len(events) > 0 && (!ok || isEvent(step)) {
			event := object(events[0].(map[string]any))
			events = events[1:]
			if !ok {
				step = event
			} else if strings.ReplaceAll(fmt.Sprint(step["event"]), "-", "_") != event["event"] {
				step = object{"event": "another than the one that is kept"}
			}
		}
		steps = append(steps, step)
	}
	return steps
}

func isEvent(step object) bool {
	types := []string{"ready", "played", "paused", "enter_fullscreen", "exit_fullscreen", "option_selected", "item_opened", "question_skipped",
		"question_answered", "question_revised", "question_proceed", "video_seeking", "video_seeked", "watching"}
	seconds, err := strconv.ParseFloat(fmt.Sprint(step["player_time"]), 64)
	ms, err2 := strconv.ParseFloat(fmt.Sprint(step["system_time"]), 64)
	return slices.Contains(types, strings.ReplaceAll(fmt.Sprint(step["event"]), "-", "_")) &&
		err == nil && err2 == nil && seconds >= 0 && seconds <= 1e9 && ms >= 0 && ms <= 1e14 && ms == math.Trunc(ms)
}

func times1000(v any) any {
	r, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		return v
	}
	return json.Number(r.Mul(r, big.NewRat(1000, 1)).RatString())
}

// leaves are the values of a file by their path. What says nothing is none: "",
// null, an empty list or object, and -1 for no answer.
func leaves(folder, path string, v any, into map[string]string) map[string]string {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			leaves(folder, path+"/"+key, one, into)
		}
	case object:
		leaves(folder, path, map[string]any(v), into)
	case []any:
		for i, one := range v {
			step := strconv.Itoa(i)
			if folder == "tags" && path == "/plios" { // in no order
				step = fmt.Sprint(one)
			}
			leaves(folder, path+"/"+step, one, into)
		}
	default:
		if s := leaf(folder, path, v); s != "" {
			into[path] = s
		}
	}
	return into
}

func leaf(folder, path string, v any) string {
	if v == nil {
		return ""
	}
	s := fmt.Sprint(v)
	steps := strings.Split(path, "/")
	last := steps[len(steps)-1]
	switch {
	case folder == "answers" && strings.HasPrefix(path, "/answers/") && s == "-1":
		return ""
	case folder == "answers" && strings.HasPrefix(path, "/journey/") && len(steps) == 4 && last == "event" && v == s:
		return strings.ReplaceAll(s, "-", "_")
	case folder == "answers" && path == "/has-video-played":
		return strings.NewReplacer("0", "false", "1", "true").Replace(s)
	case folder == "answers" && (path == "/session-id" || len(steps) == 4 && (last == "player_time" || last == "system_time")):
		return numeral(s)
	}
	if n, ok := v.(json.Number); ok {
		return numeral(n.String())
	}
	return s
}

// numeral is one form for a number, so that 1.50 is 1.5.
func numeral(s string) string {
	if r, ok := new(big.Rat).SetString(s); ok {
		return r.RatString()
	}
	return s
}

// lost names the values of the store that are not there again in the workspace,
// and counts those that are. dir has what came in, and nothing else.
func (w world) lost(dir files) (lost []string, found int) {
	w.Helper()
	missing := maps.Clone(dir)
	for folder, b := range rebuilders {
		for _, text := range w.texts(b.rows) {
			row := decode(w, text)
			key := strings.TrimPrefix(row.text("key"), "json:")
			content, ok := missing[key]
			if !ok {
				lost = append(lost, key+" is in the workspace and did not come in")
				continue
			}
			delete(missing, key)
			file := decode(w, strings.TrimPrefix(content, "\ufeff"))
			name := strings.TrimSuffix(strings.TrimPrefix(key, folder+"/"), ".json")
			there := leaves(folder, "", b.rebuild(name, row, file), map[string]string{})
			for path, value := range leaves(folder, "", file, map[string]string{}) {
				if there[path] == value {
					found++
				} else {
					lost = append(lost, fmt.Sprintf("%s %s: %.80q, in the workspace %.80q", key, path, value, there[path]))
				}
			}
		}
	}
	for name := range missing {
		lost = append(lost, name+" is not in the workspace")
	}
	slices.Sort(lost)
	return lost, found
}

func decode(t testing.TB, text string) object {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		t.Fatalf("%v: %.200s", err, text)
	}
	return o
}

// lostAfter is what is lost after a change, which is undone.
func (w world) lostAfter(change string, dir files) (lost []string) {
	w.Helper()
	undo := errors.New("undo")
	err := w.DB.InTx(context.Background(), w.tenant(), func(tx tenancy.Tx) error {
		if _, err := tx.Exec(context.Background(), change); err != nil {
			return err
		}
		inside := w
		inside.tx = &tx
		lost, _ = inside.lost(dir)
		return undo
	})
	if !errors.Is(err, undo) {
		w.Fatalf("%s: %v", change, err)
	}
	return lost
}
