package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestPsqlIsGivenThePasswordWhereNobodySeesIt(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"postgres://ann:hush@db:5433/plio":                                             "postgres://ann@db:5433/plio",
		"postgresql:///plio?host=/run/a%20b&user=ann&password=hush&pool_max_conns=4":   "postgresql:///plio?host=%2Frun%2Fa%20b&user=ann",
		"postgres://ann:hush@db/plio?sslmode=verify-full&default_query_exec_mode=exec": "postgres://ann@db/plio?sslmode=verify-full",
		"host=db user=ann password=hush dbname=plio":                                   "host=db user=ann dbname=plio",
		`host=db password = 'hu\'sh hush' dbname='my plio' pool_max_conns=3`:           "host=db dbname='my plio'",
		"password=hush": "",
	} {
		if got := forLibpq(dsn); got != want {
			t.Errorf("%s: %q, want %q", dsn, got, want)
		}
		cmd, err := psqlAt("psql", dsn, "-c", "SELECT 1")
		if err != nil {
			t.Logf("not looked at further: %v", err) // no psql here
			continue
		}
		if strings.Contains(strings.Join(cmd.Args, " "), "hush") {
			t.Errorf("%s: the password is in %q", dsn, cmd.Args)
		}
		if !slices.ContainsFunc(cmd.Env, func(v string) bool { return strings.HasPrefix(v, "PGPASSWORD=hu") }) {
			t.Errorf("%s: psql is not given the password", dsn)
		}
	}
}
