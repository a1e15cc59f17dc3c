package cli

import (
	"context"
	"strings"
	"unicode/utf8"

	"example.org/plio/internal/auth"
	"example.org/plio/internal/store"
)

type orgCreateCmd struct {
	Shortcode string `arg:"" help:"What requests call the workspace: letters, digits, hyphens and underscores, 50 at most."`
	Name      string `required:"" placeholder:"NAME" help:"The organization's name."`
	JSON      bool   `help:"Print JSON."`
}

func (c *orgCreateCmd) Run(ctx context.Context, e *env) error {
	name, err := orgName(c.Name)
	if err != nil {
		return err
	}
	db, err := e.openOrMake(ctx)
	if err != nil {
		return err
	}
	defer db.close()
	key, err := e.key(ctx, store.BindShared(db.Shared()))
	if err != nil {
		return err
	}
	apiKey := auth.NewAPIKey()
	sealed, hash, err := key.SealAPIKey(apiKey)
	if err != nil {
		return err
	}
	o, err := store.CreateOrganization(ctx, db.DB, store.NewOrganization{
		Name: name, Shortcode: c.Shortcode, APIKeyEnc: sealed, APIKeySHA256: hash,
	})
	if err != nil {
		return err
	}
	info, err := db.Info(ctx, o.Shortcode)
	if err != nil {
		return err
	}
	if c.JSON {
		return e.json(orgWithKey{orgToJSON(o, info), apiKey})
	}
	return e.say("Made %s (%s). Its API key is %s", plain(o.Name), o.Shortcode, apiKey)
}

// orgWithKey is an organization whose key the reader may see.
type orgWithKey struct {
	orgJSON
	APIKey string `json:"api_key"`
}

// orgName is a name as the API takes it.
func orgName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", usage("the name is empty")
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return "", usage("the name is not UTF-8 text")
	case utf8.RuneCountInString(name) > 255:
		return "", usage("the name has more than 255 characters")
	}
	return name, nil
}
