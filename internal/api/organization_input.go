package api

import (
	"encoding/json"

	"example.org/plio/internal/drf"
)

// organizationInput is what a body says of an organization.
type organizationInput struct {
	name, shortcode, apiKey drf.Opt[string]
	config                  drf.Opt[json.RawMessage]
}

const (
	shortestKey, longestKey = 16, 20
	fewestLetters           = 8
)

// readOrganization reads a body; of a partial one no field is required.
func readOrganization(c *call, partial bool) (in organizationInput, err error) {
	d := c.Body.Decoder(partial)
	d.String("name", &in.name, drf.Max(255))
	d.Slug("shortcode", &in.shortcode, drf.Max(50))
	d.String("api_key", &in.apiKey, drf.Max(longestKey), drf.Optional())
	d.JSON("config", &in.config, drf.Optional())
	if in.apiKey.Set && guessable(in.apiKey.Value) {
		d.Add("api_key", "Ensure this key has 16 to 20 letters and digits, at least 8 of them different, or leave it out to get one.")
	}
	return in, d.Err()
}

// guessable reports whether a key that somebody chose is too simple: who has it
// signs in as anybody of the organization's own system.
func guessable(key string) bool {
	seen := map[rune]bool{}
	for _, r := range key {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return true
		}
		seen[r] = true
	}
	return len(key) < shortestKey || len(seen) < fewestLetters
}
