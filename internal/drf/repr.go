package drf

import (
	"fmt"
	"strings"
	"unicode"
)

// repr writes a value of document.text as Python shows it, and as messages
// repeat it that once came from there: {'a': [True, None]}. It stops where no
// message goes on.
func repr(text []byte) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() <= longestEcho; i++ {
		switch c := text[i]; c {
		case '"':
			end := i + 1
			for ; text[end] != '"'; end++ {
				if text[end] == '\\' {
					end++
				}
			}
			reprString(&b, unquote(text[i:end+1]))
			i = end
		case ',', ':':
			b.WriteByte(c)
			b.WriteByte(' ')
		case 't':
			b.WriteString("True")
			i += len("rue")
		case 'f':
			b.WriteString("False")
			i += len("alse")
		case 'n':
			b.WriteString("None")
			i += len("ull")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func reprString(b *strings.Builder, s string) {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
}
