package tenancy

import (
	"errors"
	"fmt"
	"strings"
)

// parse reads a migration in the SQL format of goose and returns the statements
// below "+goose Up". Each ends at its own semicolon; where goose, which looks at
// the ends of lines alone, would cut elsewhere, StatementBegin and StatementEnd
// are required. What is below "+goose Down" is not run, ever.
func parse(file string) ([]statement, error) {
	file = strings.ReplaceAll(strings.TrimPrefix(file, "\ufeff"), "\r\n", "\n")
	up, err := upSection(file)
	if err != nil {
		return nil, err
	}
	tokens, err := lex(up)
	if err != nil {
		return nil, err
	}
	p := parser{file: up}
	for _, t := range tokens {
		if err := p.take(t); err != nil {
			return nil, fmt.Errorf("line %d: %w", lineAt(up, t.pos), err)
		}
	}
	return p.end()
}

// annotation returns what follows "-- +goose" in small letters. Written in
// other letters it is a comment to goose, and a mistake to us: what it returns
// then is no annotation that there is.
func annotation(line string) (string, bool) {
	const sign = "+goose"
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
	rest = strings.TrimSpace(rest)
	if !ok || len(rest) < len(sign) || !strings.EqualFold(rest[:len(sign)], sign) {
		return "", false
	}
	if rest[:len(sign)] != sign {
		return rest, true
	}
	return strings.ToLower(strings.Join(strings.Fields(rest[len(sign):]), " ")), true
}

// upSection blanks what stands above "+goose Up", and cuts off what begins with
// "+goose Down". Line numbers stay.
func upSection(file string) (string, error) {
	var up strings.Builder
	var seen []string // Up, and then Down
	n := 0
	for line := range strings.Lines(file) {
		n++
		a, is := annotation(line)
		if is {
			if err := allowed(a, seen); err != nil {
				return "", fmt.Errorf("line %d: %w", n, err)
			}
			if a == "up" || a == "down" {
				seen = append(seen, a)
			}
		}
		trimmed := strings.TrimSpace(line)
		switch {
		case is && a == "up", len(seen) == 0 && (trimmed == "" || strings.HasPrefix(trimmed, "--")):
			up.WriteByte('\n')
		case len(seen) == 0:
			return "", fmt.Errorf("line %d: nothing but comments may stand before +goose Up", n)
		case len(seen) == 1:
			up.WriteString(line)
		}
	}
	if len(seen) == 0 {
		return "", errors.New("there is no line -- +goose Up")
	}
	return up.String(), nil
}

// allowed says why the annotation a cannot follow those of Up and Down that
// were seen.
func allowed(a string, seen []string) error {
	switch {
	case strings.HasPrefix(a, "no transaction"):
		return errors.New("NO TRANSACTION is not supported: a tenant's migrations and their row in the ledger are one transaction")
	case strings.HasPrefix(a, "envsub"):
		return errors.New("ENVSUB is not supported: every tenant gets the same statements")
	case a == "up" && len(seen) > 0:
		return errors.New("a second +goose Up")
	case a == "down" && len(seen) > 1:
		return errors.New("a second +goose Down")
	case a == "down" && len(seen) == 0:
		return errors.New("+goose Down comes before +goose Up")
	case a == "up", a == "down":
		return nil
	case a != "statementbegin" && a != "statementend":
		return fmt.Errorf("unknown annotation %q", a)
	case len(seen) == 0:
		return errors.New("nothing but comments may stand before +goose Up")
	}
	return nil
}

// parser takes tokens and gives statements.
type parser struct {
	file       string
	pending    []token // of the statement that has begun
	statements []statement
	block      bool // between StatementBegin and StatementEnd
	inBlock    int  // statements that this block gave
	depth      int  // of parentheses
	atomic     int  // of BEGIN ATOMIC … END and the CASE … END in it
	words      int  // of the pending statement
	function   bool // the pending statement is CREATE FUNCTION or PROCEDURE
	lastWord   string
}

func (p *parser) take(t token) error {
	if a, is := annotation(t.text); is && t.kind == lineComment {
		if !p.ownLine(t) {
			return errors.New("a +goose annotation needs a line of its own")
		}
		return p.annotate(a)
	}
	if err := p.gooseCuts(t); err != nil {
		return err
	}
	switch {
	case t.kind == word:
		p.nest(strings.ToLower(t.text))
	case t.kind == mark && t.text == "(":
		p.depth++
	case t.kind == mark && t.text == ")":
		p.depth = max(0, p.depth-1)
	case t.kind == mark && t.text == ";" && p.depth == 0 && p.atomic == 0:
		return p.cut()
	}
	p.pending = append(p.pending, t)
	return nil
}

// nest follows the body of a function in standard SQL, which has semicolons of
// its own.
func (p *parser) nest(w string) {
	p.words++
	switch {
	case p.words <= 4 && (w == "function" || w == "procedure"):
		p.function = true
	case p.function && p.lastWord == "begin" && w == "atomic":
		p.atomic++
	case p.atomic > 0 && w == "case":
		p.atomic++
	case p.atomic > 0 && w == "end":
		p.atomic--
	}
	p.lastWord = w
}

// cut ends the pending statement, if there is one.
func (p *parser) cut() error {
	if p.depth > 0 || p.atomic > 0 {
		return errors.New("a parenthesis or BEGIN ATOMIC is never closed")
	}
	s, ok := newStatement(p.file, p.pending)
	p.pending, p.depth, p.atomic, p.words, p.function, p.lastWord = nil, 0, 0, 0, false, ""
	if !ok {
		return nil
	}
	if p.inBlock++; p.block && p.inBlock > 1 {
		return errors.New("a second statement between StatementBegin and StatementEnd: each needs its own")
	}
	p.statements = append(p.statements, s)
	return s.refused()
}

func (p *parser) annotate(a string) error {
	begin := a == "statementbegin"
	if begin == p.block {
		return fmt.Errorf("+goose %s without its other half", map[bool]string{true: "StatementBegin", false: "StatementEnd"}[begin])
	}
	if begin {
		if _, open := newStatement(p.file, p.pending); open {
			return errors.New("the statement before +goose StatementBegin has no semicolon")
		}
	}
	if err := p.cut(); err != nil {
		return err
	}
	if !begin && p.inBlock == 0 {
		return errors.New("no statement between StatementBegin and StatementEnd")
	}
	p.block, p.inBlock = begin, 0
	return nil
}

func (p *parser) end() ([]statement, error) {
	if p.block {
		return nil, errors.New("+goose StatementBegin without +goose StatementEnd")
	}
	if s, open := newStatement(p.file, p.pending); open {
		return nil, fmt.Errorf("line %d: the last statement has no semicolon", s.line)
	}
	if len(p.statements) == 0 {
		return nil, errors.New("there is no statement below +goose Up")
	}
	return p.statements, nil
}
