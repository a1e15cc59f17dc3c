package cli

import (
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// psqlAt is a psql on a database that somebody else runs. The password goes by
// the environment: arguments are there for every user of the machine to see.
func psqlAt(path, dsn string, args ...string) (*exec.Cmd, error) {
	cfg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, append([]string{"--dbname=" + forLibpq(dsn)}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if cmd.Env = os.Environ(); cfg.Password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+cfg.Password)
	}
	return cmd, nil
}

// ours are parameters that pgx reads, and at which psql gives up.
var ours = []string{
	"default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity", "min_read_buffer_size",
	"pool_max_conns", "pool_min_conns", "pool_min_idle_conns", "pool_max_conn_lifetime", "pool_max_conn_lifetime_jitter",
	"pool_max_conn_idle_time", "pool_health_check_period",
}

var keyword = regexp.MustCompile(`(?:^|\s)(\w+)\s*=\s*(?:'(?:[^'\\]|\\.)*'|\S*)`)

// forLibpq takes from a URL, or a keyword string, the password and what is ours.
func forLibpq(dsn string) string {
	unwanted := func(name string) bool { return name == "password" || slices.Contains(ours, name) }
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return strings.TrimSpace(keyword.ReplaceAllStringFunc(dsn, func(pair string) string {
			if unwanted(keyword.FindStringSubmatch(pair)[1]) {
				return ""
			}
			return pair
		}))
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	for name := range query {
		if unwanted(name) {
			query.Del(name)
		}
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // libpq takes + for itself
	return u.String()
}
