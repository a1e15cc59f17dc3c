package server

import (
	"strings"
	"unicode/utf8"
)

// shown is a path as the log may have it: nothing of what comes after a secret
// beginning, however that is written and wherever in the path it stands.
func (s *Server) shown(path string) string {
	for _, secret := range s.opts.Secret {
		word := "/" + strings.Trim(secret, "/")
		for at := range len(path) - len(word) {
			if end := at + len(word); strings.EqualFold(path[at:end], word) && !wordly(path[end]) {
				return bounded(path[:end], 256) + "/…"
			}
		}
	}
	return bounded(path, 256)
}

// wordly reports whether b goes on with a word: /started is not /start.
func wordly(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}

// bounded cuts a stranger's text, between letters.
func bounded(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
