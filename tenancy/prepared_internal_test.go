package tenancy

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestThePreparedCacheIsBoundedTwiceAndClosesEachNameOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newPreparedCache(rapid.IntRange(4, 24).Draw(t, "size"))
		given, closed := map[string]bool{}, map[string]bool{}
		t.Repeat(map[string]func(*rapid.T){
			"run": func(t *rapid.T) {
				schema, sql := rapid.StringMatching(`t[0-5]`).Draw(t, "schema"), rapid.StringMatching(`q[0-9]`).Draw(t, "sql")
				if c.get(schema, sql) != nil {
					return
				}
				s := &prepared{name: c.newName(), sql: sql}
				if given[s.name] {
					t.Fatalf("the name %s is given twice", s.name)
				}
				given[s.name] = true
				if c.put(schema, s); c.get(schema, sql) != s {
					t.Fatal("what was put last is not there")
				}
			},
			"forget": func(t *rapid.T) {
				schema := rapid.StringMatching(`t[0-5]`).Draw(t, "schema")
				if c.forget(schema); c.tenants[schema] != nil {
					t.Fatal("what was forgotten is there")
				}
			},
			"close": func(t *rapid.T) {
				for _, name := range c.gone {
					if closed[name] || !given[name] {
						t.Fatalf("%s is closed twice, or was never given", name)
					}
					closed[name] = true
				}
				c.gone = nil
			},
			"": func(t *rapid.T) {
				n := 0
				for _, e := range c.tenants {
					tenant := e.Value.(*tenantCache)
					if len(tenant.statements) == 0 || len(tenant.statements) > c.share || tenant.order.Len() != len(tenant.statements) {
						t.Fatalf("%s has %d statements, its share is %d", tenant.schema, len(tenant.statements), c.share)
					}
					n += len(tenant.statements)
				}
				if n != c.size || n > c.max || len(given) != n+len(c.gone)+len(closed) {
					t.Fatalf("%d statements, %d counted, %d at most; %d given, %d to close, %d closed", n, c.size, c.max, len(given), len(c.gone), len(closed))
				}
			},
		})
	})
}

func TestWhatWasNotUsedForLongestLeavesThePreparedCache(t *testing.T) {
	t.Parallel()
	c := newPreparedCache(8)
	for i := range 8 {
		c.put(fmt.Sprint("t", i/2), &prepared{name: fmt.Sprint(i), sql: fmt.Sprint("q", i%2)})
	}
	c.get("t0", "q0")
	c.put("t9", &prepared{name: "new", sql: "q"})
	if !slices.Equal(c.gone, []string{"2"}) {
		t.Errorf("gone: %v, want the first of t1, which was used least lately", c.gone)
	}
	for i := range 3 {
		c.put("t9", &prepared{name: fmt.Sprint("n", i), sql: fmt.Sprint("n", i)})
	}
	if c.tenants["t9"].Value.(*tenantCache).order.Len() != c.share || c.get("t0", "q0") == nil {
		t.Error("one tenant's many statements push out those of others")
	}
}

func TestAStatementThatMayChangeThePathIsDoubtful(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]bool{
		"select 1": false, "SELECT now()": false, "-- name: X :one\nSELECT 1": false, "/* a /* b */ */ (select 1)": false,
		"with a as (select 1) select * from a": false, "insert into a values (1)": false, "VALUES (1)": false,
		"set search_path to x": true, "SET LOCAL timezone = 'UTC'": true, "select set_config('a.b', 'c', false)": true,
		"reset all": true, "discard all": true, "do $$ begin end $$": true, "call p()": true, "commit": true,
		"selects": true, "": true, "-- only a comment": true, "/* open": true, "select 1 -- Search_Path": true,
	} {
		if doubtful(sql) != want {
			t.Errorf("%q: %t", sql, !want)
		}
	}
}
