package store

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the length of the longest slug.
const maxSlug = 50

var (
	notInSlug = regexp.MustCompile(`[^a-z0-9_\s-]+`)
	gap       = regexp.MustCompile(`[\s-]+`)
)

// Slug returns the slug of a tag's name that is not taken: accents off, small
// ASCII letters, digits and underscores, hyphens for blanks; then -1, -2 and on.
// A name that has none of these, as one in Hindi, is "tag".
func Slug(name string, taken func(slug string) bool) string {
	slug := notInSlug.ReplaceAllString(strings.ToLower(norm.NFKD.String(name)), "")
	slug = strings.Trim(gap.ReplaceAllString(slug, "-"), "-_")
	if slug == "" {
		slug = "tag"
	}
	for n := 0; ; n++ {
		end := ""
		if n > 0 {
			end = "-" + strconv.Itoa(n)
		}
		if s := slug[:min(len(slug), maxSlug-len(end))] + end; !taken(s) {
			return s
		}
	}
}
