package drf

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSearch is how many characters a search may have, and maxTerms how many words a search may have: each costs the database a look
// at every row.
const maxSearch, maxTerms = 2000, 100

var searchPart = func() *regexp.Regexp {
	blank := `\s\v\x1c-\x1f\x85\p{Z}`
	word := `[^` + blank + `'"]*`
	return regexp.MustCompile(`(?:` + word + `(?:(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')` + word + `)+)|[^` + blank + `]+`)
}()

// SearchTerms splits what somebody searches for at blanks and commas. Quotes,
// single or double, keep a phrase together. The error is the answer.
func SearchTerms(search string) ([]string, error) {
	if strings.Contains(search, "\x00") {
		return nil, refuseSearch(nullRefused)
	}
	if utf8.RuneCountInString(search) > maxSearch {
		return nil, refuseSearch("Ensure this field has no more than 2000 characters.")
	}
	var terms []string
	for _, part := range searchPart.FindAllString(strings.ToValidUTF8(search, "\uFFFD"), -1) {
		part = strings.Trim(part, ",")
		if phrase, ok := quoted(part); ok {
			terms = append(terms, phrase)
			continue
		}
		for word := range strings.SplitSeq(part, ",") {
			if word != "" {
				terms = append(terms, trim(word))
			}
		}
	}
	if len(terms) > maxTerms {
		return nil, refuseSearch("Search for no more than 100 words.")
	}
	return terms, nil
}

func refuseSearch(why string) error {
	return &Error{Response{Status: http.StatusBadRequest, Body: []string{why}}}
}

// quoted returns the phrase between quotes, in which a backslash may stand
// before a quote and before a backslash.
func quoted(part string) (phrase string, ok bool) {
	if part == "" || part[0] != '"' && part[0] != '\'' || part[len(part)-1] != part[0] {
		return "", false
	}
	if len(part) == 1 {
		return "", true
	}
	phrase = strings.ReplaceAll(part[1:len(part)-1], `\`+part[:1], part[:1])
	return strings.ReplaceAll(phrase, `\\`, `\`), true
}

// Ordering reads a list of names to order by, each with an optional hyphen for
// descending. Names that are not allowed are dropped, and the second of a name,
// which orders nothing; when none is left it returns otherwise.
func Ordering(ordering string, otherwise []string, allowed ...string) []string {
	var order, seen []string
	for term := range strings.SplitSeq(ordering, ",") {
		term = trim(term)
		name := strings.TrimPrefix(term, "-")
		if slices.Contains(allowed, name) && !slices.Contains(seen, name) {
			order, seen = append(order, term), append(seen, name)
		}
	}
	if len(order) == 0 {
		return otherwise
	}
	return order
}
