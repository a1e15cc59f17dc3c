package importer

import (
	"encoding/json"
	"errors"
	"strings"

	"example.org/plio/internal/store"
)

// learner is a file of users/, read. What it says belongs to the person in
// this workspace, so all of it goes into the profile.
type learner struct {
	file    string
	mobile  string // E.164
	name    string // what a user who is new is called
	profile json.RawMessage
}

func (l learner) key() string { return importKey(l.file) }

// maxName is the length, in characters, that the API allows a first name.
const maxName = 150

// parseLearner reads users/<phone>.json.
func parseLearner(file, phone string, b []byte) (learner, error) {
	l := learner{file: file}
	o, err := parseObject(b)
	if err != nil {
		return l, err
	}
	if l.mobile, err = mobile(phone); err != nil {
		return l, err
	}
	l.profile = mustJSON(o)
	if raw := o["name"]; !isNull(raw) {
		if l.name, err = asText("name", raw); err != nil {
			return l, err
		}
	}
	l.name = strings.TrimSpace(cut(l.name, maxName))
	return l, nil
}

// mobile reads a number as the old store writes it: with the country code and
// without a plus, or as ten digits that lack India's 91.
func mobile(phone string) (string, error) {
	digits := strings.TrimPrefix(phone, "+")
	if len(digits) == 10 {
		digits = "91" + digits
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", errors.New("user id is not a phone number")
	}
	if m, err := store.Mobile("+" + digits); err == nil {
		return m, nil
	}
	return "", errors.New("user id is not a phone number: no country has such numbers")
}
