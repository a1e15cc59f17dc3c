package store_test

import (
	"errors"
	"strings"
	"testing"

	"example.org/plio/internal/store"
)

func TestANumberHasOneFormHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"+919812345678", "919812345678", "9812345678", "09812345678", "00919812345678", "+91 98123 45678",
		"98123-45678", "(098123) 45678", " 9812345678\n", "９８１２３４５６７８",
	} {
		if got, err := store.Mobile(typed); got != "+919812345678" || err != nil {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{
		"+12025550123":     "+12025550123",
		"+44 20 7946 0958": "+442079460958",
		"+911111111111":    "+911111111111", // possible, though no such number is known
		"1234567890":       "+911234567890",
	} {
		if got, err := store.Mobile(typed); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", typed, got, err, want)
		}
	}
}

func TestWhatIsNoNumberIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	for typed, reason := range map[string]string{
		"":                         "does not read as one",
		"ada":                      "letters",
		"98123x45678":              "letters",
		"1800FLOWERS":              "letters",
		"+":                        "does not read as one",
		"12":                       "too few digits",
		"98123456789012345":        "too many digits",
		"+9998123456789":           "country",
		"981234\x005678":           "",
		"9812345678; DROP TABLE":   "letters",
		strings.Repeat("9", 1000):  "too long",
		"ada@example.org":          "letters",
		"+91981234567898123456789": "does not read as one",
	} {
		got, err := store.Mobile(typed)
		if !errors.Is(err, store.ErrMobile) || got != "" {
			t.Errorf("%q: %q, %v", typed, got, err)
			continue
		}
		if !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "country code") || len(err.Error()) > 250 {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
