package tenancy

import (
	"errors"
	"strings"
)

// gooseCuts fails where goose, which other people's tools are, would read the
// file otherwise: at a line that ends with a semicolon, or is an annotation,
// inside of t or of what p is in.
func (p *parser) gooseCuts(t token) error {
	if p.block {
		return p.annotated(t)
	}
	inside := t.kind == text || t.kind == name || t.kind == comment
	for at := range newlines(t.text) {
		if line := p.lineOf(t.pos + at); inside && endsStatement(line) {
			return errors.New("a semicolon ends a line inside a text or comment: put StatementBegin and StatementEnd around the statement")
		}
	}
	if t.kind == mark && t.text == ";" && (p.depth > 0 || p.atomic > 0) && endsStatement(p.lineOf(t.pos)) {
		return errors.New("a semicolon ends a line inside the statement: put StatementBegin and StatementEnd around it")
	}
	return p.annotated(t)
}

// annotated fails when a line inside of t reads as an annotation.
func (p *parser) annotated(t token) error {
	if t.kind != text && t.kind != name && t.kind != comment {
		return nil
	}
	for at := range newlines(t.text) {
		if _, is := annotation(p.lineOf(t.pos + at + 1)); is {
			return errors.New("a +goose annotation inside a text or comment")
		}
	}
	return nil
}

// newlines yields where the line ends of s are.
func newlines(s string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range len(s) {
			if s[i] == '\n' && !yield(i) {
				return
			}
		}
	}
}

// lineOf returns the line that holds the byte at pos, or that ends there.
func (p *parser) lineOf(pos int) string {
	start := strings.LastIndexByte(p.file[:pos], '\n') + 1
	line, _, _ := strings.Cut(p.file[start:], "\n")
	return line
}

// ownLine reports whether nothing but spaces stands before t in its line.
func (p *parser) ownLine(t token) bool {
	start := strings.LastIndexByte(p.file[:t.pos], '\n') + 1
	return strings.TrimSpace(p.file[start:t.pos]) == ""
}

// endsStatement is goose's rule: the last word before a comment ends with a
// semicolon.
func endsStatement(line string) bool {
	last := ""
	for w := range strings.FieldsSeq(line) {
		if strings.HasPrefix(w, "--") {
			break
		}
		last = w
	}
	return strings.HasSuffix(last, ";")
}
