package localpg

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Superuser is the role that URL connects as.
const Superuser = "postgres"

// Config says what to start. The zero Config is a cluster for tests: empty,
// in memory where there is some, not safe against a crash, gone after Stop.
type Config struct {
	// Dir is the folder that holds the cluster: data/, run/ with the socket,
	// and locks. It is made when missing; its parent too. Defaults to a
	// temporary one that Stop removes.
	Dir string
	// Binaries to use. Defaults to the first that Find returns, and for data
	// that exists to the first of the same major version.
	Binaries Binaries
	// Durable makes what is committed survive a crash of the machine.
	Durable bool
	// Databases are made with the cluster, beside postgres.
	Databases []string
	// Settings of postgresql.conf, written to data/localpg.conf at each start.
	// postgresql.conf and ALTER SYSTEM go before them. Defaults are for tests
	// unless Durable: 200 connections, 256 locks a transaction.
	Settings map[string]string
	// Log gets what the server writes to standard error. Defaults to nowhere;
	// errors contain the end of it.
	Log io.Writer
	// Users are the system users that a new cluster may run as when this
	// process is root; the first that exists. Data that exists runs as its
	// owner. Defaults to postgres, nobody.
	Users []string
	// Cache is the folder of the templates that temporary clusters are copied
	// from. Defaults to localpg in this user's cache folder.
	Cache string
	// Purpose is told to who finds the cluster in use. Defaults to the name of
	// the program.
	Purpose string
	// StopTimeout is how long Stop waits for a clean shutdown, and Start for
	// the server of a killed process. Defaults to a minute.
	StopTimeout time.Duration
}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func (c Config) withDefaults() (Config, error) {
	if len(c.Users) == 0 {
		c.Users = []string{"postgres", "nobody"}
	}
	if c.Cache == "" {
		c.Cache = cacheDir()
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = time.Minute
	}
	for name := range c.Settings {
		if !settingName.MatchString(name) {
			return c, fmt.Errorf("localpg: %q is no name of a setting", name)
		}
	}
	return c, nil
}

// settings returns the file that a server of this major version reads.
func (c Config) settings(major int) string {
	all := map[string]string{
		"listen_addresses":          "",
		"timezone":                  "UTC",
		"log_timezone":              "UTC",
		"max_locks_per_transaction": "256",
		"jit":                       "off",
	}
	if !c.Durable {
		maps.Copy(all, map[string]string{
			"max_connections":    "200",
			"fsync":              "off",
			"synchronous_commit": "off",
			"full_page_writes":   "off",
			"checkpoint_timeout": "1h",
			// Goes with the data folder, also after a kill -9.
			"dynamic_shared_memory_type": "mmap",
		})
		if major >= 18 {
			all["io_method"] = "sync" // no processes of its own
		}
	}
	maps.Copy(all, c.Settings)
	var b strings.Builder
	b.WriteString("# Written at each start. Change postgresql.conf instead: what it says goes before this.\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s = %s\n", name, quote(all[name]))
	}
	return b.String()
}

// quote writes a value of postgresql.conf.
func quote(value string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`, "\n", `\n`).Replace(value) + "'"
}
