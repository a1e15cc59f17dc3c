package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// homeRegion is where a number without a country code is dialled.
const homeRegion = "IN"

// ErrMobile is returned for a text that is no mobile number.
var ErrMobile = errors.New("no mobile number")

// Mobile returns the one form that a number has here, E.164, in whatever way
// it was typed; without a country code it is an Indian one. Any number that has
// a possible length will do, since numbering plans change faster than programs.
// The error says what is wrong, and is ErrMobile.
func Mobile(text string) (e164 string, err error) {
	refuse := func(reason string) (string, error) {
		if len(text) > 40 {
			text = strings.ToValidUTF8(text[:40], "") + "…"
		}
		return "", fmt.Errorf("%q is %w: %s; write it with its country code, as +919812345678", text, ErrMobile, reason)
	}
	if len(text) > 100 {
		return refuse("it is too long")
	}
	if strings.IndexFunc(text, isLatinLetter) >= 0 { // the library would dial them
		return refuse("it has letters in it")
	}
	n, err := phonenumbers.Parse(strings.TrimSpace(text), homeRegion)
	if err != nil {
		return refuse("it does not read as one")
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE:
		return phonenumbers.Format(n, phonenumbers.E164), nil
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return refuse("it has too few digits")
	case phonenumbers.TOO_LONG:
		return refuse("it has too many digits")
	case phonenumbers.INVALID_COUNTRY_CODE:
		return refuse("no country has its code")
	default:
		return refuse("its number of digits is not right for its country")
	}
}

func isLatinLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
