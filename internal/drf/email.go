package drf

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	mailbox = regexp.MustCompile("^(?:" +
		"[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(?:\\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*" + // words between dots
		`|"(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*"` + // in quotes
		")$")
	hostLabel  = regexp.MustCompile(`^[a-zA-Z\x{a1}-\x{ffff}0-9-]{1,63}$`)
	topLabel   = regexp.MustCompile(`^(?:[a-zA-Z\x{a1}-\x{ffff}-]{2,63}|[xX][nN]--[a-zA-Z0-9]{1,59})$`)
	bracketed  = regexp.MustCompile(`^\[([A-Fa-f0-9:.]+)\]$`)
	maxAddress = 320 // characters
)

// isEmail reports whether Django takes text for an e-mail address: a mailbox,
// and a domain of two labels or more, localhost, or an IP address in brackets.
func isEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 0 || utf8.RuneCountInString(text) > maxAddress || !mailbox.MatchString(text[:at]) {
		return false
	}
	domain := text[at+1:]
	if ip := bracketed.FindStringSubmatch(domain); ip != nil {
		_, err := netip.ParseAddr(ip[1])
		return err == nil
	}
	return domain == "localhost" || isDomain(domain)
}

func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	last := len(labels) - 1
	for _, label := range labels[:last] {
		if !hostLabel.MatchString(label) || edgedByHyphen(label) {
			return false
		}
	}
	return last > 0 && topLabel.MatchString(labels[last]) && !edgedByHyphen(labels[last])
}

func edgedByHyphen(label string) bool {
	return strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-")
}
