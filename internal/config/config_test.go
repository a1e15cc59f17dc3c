package config_test

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/plio/internal/config"
)

// good is a Config as the flags' defaults make it.
func good() config.Config {
	return config.Config{Listen: "127.0.0.1:8080", Log: "text", SMS: "log", MaxConns: 24, MaxRequests: 512, DrainTimeout: time.Second}
}

func TestTheDefaultsAreComplete(t *testing.T) {
	t.Parallel()
	c := good()
	if err := c.Complete("plio"); err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(c.DataDir) || filepath.Base(c.DataDir) != "plio" {
		t.Errorf("data folder %q", c.DataDir)
	}
}

func TestWhatCannotBeMeantIsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*config.Config)
		says   string // "" means that it is accepted
	}{
		"a port":                        {func(c *config.Config) { c.Listen = ":8080" }, ""},
		"any free port":                 {func(c *config.Config) { c.Listen = "[::1]:0" }, ""},
		"no port":                       {func(c *config.Config) { c.Listen = "localhost" }, "PLIO_LISTEN"},
		"a port too high":               {func(c *config.Config) { c.Listen = ":80800" }, "PLIO_LISTEN"},
		"a port by name":                {func(c *config.Config) { c.Listen = ":http" }, "PLIO_LISTEN"},
		"https":                         {func(c *config.Config) { c.PublicURL = "https://plio.example.org" }, ""},
		"http with a port":              {func(c *config.Config) { c.PublicURL = "http://10.0.0.7:8080/" }, ""},
		"a public URL without scheme":   {func(c *config.Config) { c.PublicURL = "plio.example.org" }, "PLIO_PUBLIC_URL"},
		"a public URL of another kind":  {func(c *config.Config) { c.PublicURL = "ftp://plio.example.org" }, "PLIO_PUBLIC_URL"},
		"a public URL with a path":      {func(c *config.Config) { c.PublicURL = "https://example.org/plio" }, "PLIO_PUBLIC_URL"},
		"a public URL with a query":     {func(c *config.Config) { c.PublicURL = "https://example.org/?a=b" }, "PLIO_PUBLIC_URL"},
		"a public URL with a password":  {func(c *config.Config) { c.PublicURL = "https://ann:pw@example.org" }, "PLIO_PUBLIC_URL"},
		"a database":                    {func(c *config.Config) { c.DatabaseURL = "postgres://db/plio" }, ""},
		"a direct URL alone":            {func(c *config.Config) { c.DatabaseDirectURL = "postgres://db/plio" }, "PLIO_DATABASE_DIRECT_URL"},
		"binaries for another's server": {func(c *config.Config) { c.DatabaseURL, c.PostgresBin = "postgres://db/plio", "/x" }, "PLIO_POSTGRES_BIN"},
		"two connections":               {func(c *config.Config) { c.MaxConns = 2 }, ""},
		"one connection":                {func(c *config.Config) { c.MaxConns = 1 }, "PLIO_MAX_CONNS"},
		"a client":                      {func(c *config.Config) { c.ClientID, c.ClientSecret = "web", "s" }, ""},
		"a client without secret":       {func(c *config.Config) { c.ClientID = "web" }, "PLIO_CLIENT_SECRET"},
		"a secret without client":       {func(c *config.Config) { c.ClientSecret = "hush" }, "PLIO_CLIENT_ID"},
		"no requests":                   {func(c *config.Config) { c.MaxRequests = 0 }, "PLIO_MAX_REQUESTS"},
		"no time to drain":              {func(c *config.Config) { c.DrainTimeout = 0 }, "PLIO_DRAIN_TIMEOUT"},
		"a negative delay":              {func(c *config.Config) { c.DrainDelay = -1 }, "PLIO_DRAIN_DELAY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := good()
			tt.change(&c)
			err := c.Complete("plio")
			if tt.says == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q does not name %s", err, tt.says)
			}
			for _, secret := range []string{"pw", "hush"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q tells a secret", err)
				}
			}
		})
	}
}

func TestAPublicURLLosesItsSlash(t *testing.T) {
	t.Parallel()
	c := good()
	c.PublicURL = "https://plio.example.org/"
	if err := c.Complete("plio"); err != nil || c.PublicURL != "https://plio.example.org" {
		t.Errorf("%q, %v", c.PublicURL, err)
	}
}

func TestANetworkIsAnAddressOrAPrefix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"127.0.0.1":   "127.0.0.1/32",
		" ::1 ":       "::1/128",
		"10.1.2.3/8":  "10.0.0.0/8",
		"fd00::/8":    "fd00::/8",
		"":            "",
		"proxy":       "",
		"10.0.0.0/64": "",
		"fe80::1%eth": "",
	} {
		var n config.Network
		err := n.UnmarshalText([]byte(text))
		if want == "" && err == nil {
			t.Errorf("%q was taken for %v", text, n)
		}
		if want != "" && (err != nil || n.String() != want) {
			t.Errorf("%q is %v, %v; want %s", text, n, err, want)
		}
	}
}

// TestEveryFieldSaysItsVariableAndItsDefault keeps the help complete.
func TestEveryFieldSaysItsVariableAndItsDefault(t *testing.T) {
	t.Parallel()
	for field := range reflect.TypeFor[config.Config]().Fields() {
		if !strings.HasPrefix(field.Tag.Get("env"), "PLIO_") {
			t.Errorf("%s has no variable", field.Name)
		}
		if field.Tag.Get("group") == "" {
			t.Errorf("%s is in no group", field.Name)
		}
		if !strings.Contains(strings.ToLower(field.Tag.Get("help")), "default") {
			t.Errorf("the help of %s does not say its default", field.Name)
		}
	}
}

func TestAMisspeltVariableIsFound(t *testing.T) {
	t.Parallel()
	got := config.Strays([]string{"PLIO_DATBASE_URL=x", "PLIO_LISTEN=:1", "PLIO_TEST_DATABASE_URL=x", "HOME=/", "PLIO_A"})
	if want := []string{"PLIO_A", "PLIO_DATBASE_URL"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
