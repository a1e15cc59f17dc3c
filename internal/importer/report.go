package importer

import (
	"fmt"
	"strconv"
	"unicode"
)

// Report is what an import did, or what it would do.
type Report struct {
	Plan   bool     `json:"plan"` // nothing was written
	Counts []Count  `json:"counts"`
	Broken []Broken `json:"broken"` // every file that did not come in
	Notes  []Note   `json:"notes"`  // what came in otherwise than it was
	// MoreNotes is how many notes were left off.
	MoreNotes int `json:"more_notes,omitempty"`
}

// Count is what became of one kind of things. Found is the sum of the others.
type Count struct {
	Kind   string `json:"kind"`
	Found  int    `json:"found"`
	New    int    `json:"new"`
	There  int    `json:"there"` // came in before
	Failed int    `json:"failed"`
}

// Broken is a file that did not come in, and why.
type Broken struct {
	File   string `json:"file"` // as answers/x.json
	Reason string `json:"reason"`
}

// Note is something to know of a file that came in.
type Note struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// Kinds of things, in the order of the report.
const (
	plioKind       = "plios"
	questionKind   = "questions"
	learnerKind    = "learners"
	strangerKind   = "learners without a file"
	sessionKind    = "sessions"
	answerKind     = "answers"
	eventKind      = "events"
	experimentKind = "experiments"
	tagKind        = "tags"
)

const maxNotes = 100_000

func newReport(plan bool) *Report {
	r := &Report{Plan: plan, Broken: []Broken{}, Notes: []Note{}}
	for _, kind := range []string{plioKind, questionKind, learnerKind, strangerKind, sessionKind, answerKind, eventKind, experimentKind, tagKind} {
		r.Counts = append(r.Counts, Count{Kind: kind})
	}
	return r
}

// Whole reports whether every file came in, now or before.
func (r Report) Whole() bool { return len(r.Broken) == 0 }

// Count returns the count of a kind.
func (r Report) Count(kind string) Count {
	for _, c := range r.Counts {
		if c.Kind == kind {
			return c
		}
	}
	return Count{Kind: kind}
}

// add counts n things of a kind that all fared alike.
func (r *Report) add(kind string, n int, o outcome) {
	for i := range r.Counts {
		c := &r.Counts[i]
		if c.Kind != kind {
			continue
		}
		c.Found += n
		switch {
		case o.refused != "":
			c.Failed += n
		case o.there:
			c.There += n
		default:
			c.New += n
		}
	}
}

func (r *Report) broken(file, reason string) {
	r.Broken = append(r.Broken, Broken{shown(file), reason})
}

func (r *Report) note(file string, texts ...string) {
	for _, text := range texts {
		if len(r.Notes) == maxNotes {
			r.MoreNotes++
			continue
		}
		r.Notes = append(r.Notes, Note{shown(file), text})
	}
}

// shown is a file's name as a terminal can show it.
func shown(file string) string {
	for _, c := range file {
		if !unicode.IsPrint(c) || c == unicode.ReplacementChar {
			return strconv.Quote(file)
		}
	}
	return file
}

// outcome is what became of one unit. The zero outcome is one that is new.
type outcome struct {
	there     bool   // it came in before
	refused   string // why it did not come in
	newPerson bool   // its learner was not known in the workspace
	note      string
}

func refused(format string, args ...any) outcome {
	return outcome{refused: fmt.Sprintf(format, args...)}
}
