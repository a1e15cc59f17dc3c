package drf

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// SearchTerms splits a search at blanks and commas; "…" and '…' keep phrases
// whole.
func SearchTerms(search string) ([]string, error) {
	if strings.ContainsRune(search, 0) {
		return nil, &Error{Response{Status: http.StatusBadRequest, Body: []string{"Null characters are not allowed."}}}
	}
	var terms []string
	for _, word := range words([]rune(Text(search))) {
		word = strings.Trim(word, ",")
		if quote := word[:min(1, len(word))]; len(word) > 1 && (quote == `"` || quote == `'`) && strings.HasSuffix(word, quote) {
			if phrase := unquote(word[1:len(word)-1], quote); phrase != "" {
				terms = append(terms, phrase)
			}
			continue
		}
		for part := range strings.SplitSeq(word, ",") {
			if part != "" {
				terms = append(terms, part)
			}
		}
	}
	return terms, nil
}

func unquote(phrase, quote string) string {
	return strings.NewReplacer(`\`+quote, quote, `\\`, `\`).Replace(phrase)
}

// words splits text at blanks that are in no quotes. A quote that nobody closes
// is a letter.
func words(text []rune) []string {
	var words []string
	for i := 0; i < len(text); {
		if unicode.IsSpace(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && !unicode.IsSpace(text[i]) {
			i = afterQuoted(text, i)
		}
		words = append(words, string(text[start:i]))
	}
	return words
}

// afterQuoted returns the index behind the character at i, or behind the quoted
// phrase that begins there.
func afterQuoted(text []rune, i int) int {
	if text[i] != '"' && text[i] != '\'' {
		return i + 1
	}
	for j := i + 1; j < len(text); j++ {
		if text[j] == '\\' {
			j++
		} else if text[j] == text[i] {
			return j + 1
		}
	}
	return i + 1
}

// Ordering returns those names of an ordering that are allowed, each with its
// hyphen when it has one, and otherwise when none is left.
func Ordering(named string, otherwise []string, allowed ...string) []string {
	var order []string
	for name := range strings.SplitSeq(named, ",") {
		name = strings.TrimSpace(name)
		if slices.Contains(allowed, strings.TrimPrefix(name, "-")) && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	if len(order) == 0 {
		return otherwise
	}
	return order
}
