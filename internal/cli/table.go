package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// table is rows below a head, in columns as wide as what stands in them takes
// on a terminal. A column whose head ends in ">" is flush right.
type table struct {
	head []string
	rows [][]string
}

func newTable(head ...string) *table { return &table{head: head} }

// add appends a row of anything that fmt prints; nil is nothing.
func (t *table) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		if c != nil {
			row[i] = plain(fmt.Sprint(c))
		}
	}
	t.rows = append(t.rows, row)
}

func (t *table) write(w io.Writer) error {
	head := make([]string, len(t.head))
	right := make([]bool, len(t.head))
	for i, h := range t.head {
		head[i], right[i] = strings.CutSuffix(h, ">")
	}
	rows := t.rows
	if strings.Join(head, "") != "" {
		rows = append([][]string{head}, rows...)
	}
	widths := make([]int, len(head))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			blanks := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if right[i] {
				line.WriteString(blanks + cell + "  ")
			} else {
				line.WriteString(cell + blanks + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plain takes away what would move the cursor of a terminal: names are what
// people typed.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return r
	}, s)
}

// count is "1 workspace", "2 workspaces".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
