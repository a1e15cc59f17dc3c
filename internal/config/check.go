package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
)

// Complete fills in what depends on the machine, and refuses what cannot be
// meant. Its errors name the variable and never repeat a secret. dataDir is
// where the data is when no setting says it.
func (c *Config) Complete(dataDir string) error {
	dir, err := filepath.Abs(cmp.Or(c.DataDir, dataDir))
	if err != nil {
		return fmt.Errorf("PLIO_DATA_DIR: %w", err)
	}
	c.DataDir = dir
	if c.PublicURL, err = publicURL(c.PublicURL); err != nil {
		return err
	}
	return errors.Join(checkListen(c.Listen), c.checkDatabase(), c.checkServer())
}

func (c *Config) checkDatabase() error {
	switch {
	case c.DatabaseURL == "" && c.DatabaseDirectURL != "":
		return errors.New("PLIO_DATABASE_DIRECT_URL is set and PLIO_DATABASE_URL is not; set both, or only the latter when there is no pooler")
	case c.DatabaseURL != "" && c.PostgresBin != "":
		return errors.New("PLIO_POSTGRES_BIN is for the PostgreSQL that plio runs itself, and PLIO_DATABASE_URL names another; unset one of them")
	case c.MaxConns < 2:
		return fmt.Errorf("PLIO_MAX_CONNS is %d; plio needs 2 connections at least", c.MaxConns)
	}
	return nil
}

func (c *Config) checkServer() error {
	switch {
	case (c.ClientID == "") != (c.ClientSecret == ""):
		return errors.New("PLIO_CLIENT_ID and PLIO_CLIENT_SECRET belong together; set both or neither")
	case c.MaxRequests < 1:
		return fmt.Errorf("PLIO_MAX_REQUESTS is %d; it must be at least 1", c.MaxRequests)
	case c.DrainDelay < 0:
		return errors.New("PLIO_DRAIN_DELAY cannot be negative")
	case c.DrainTimeout <= 0:
		return errors.New("PLIO_DRAIN_TIMEOUT must be more than nothing, as 20s")
	}
	return nil
}

func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("PLIO_LISTEN %q is no address to serve on; write it as 127.0.0.1:8080, or :8080 for all addresses of this machine", address)
	}
	return nil
}

// publicURL takes the slash off the end, since paths are put behind it.
func publicURL(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("PLIO_PUBLIC_URL must be a scheme and a host alone, as https://plio.example.org")
	}
	return u.Scheme + "://" + u.Host, nil
}
