package main

import (
	"fmt"
	"io"
)

// table prints cells as they come.
type table struct {
	out            io.Writer
	missed, judged int
}

func (t *table) title(l load) {
	fmt.Fprintf(t.out, "\n%s\n%8s %8s %6s %8s %10s %14s %14s %7s %7s %11s  %s\n", l.name,
		"tenants", "callers", "ratio", "pgx/s", "tenancy/s", "pgx µs CPU", "tenancy µs CPU", "spread", "pgx MB", "tenancy MB", "aim")
}

func (t *table) row(c cell) {
	fmt.Fprintf(t.out, "%8d %8d %6.2f %8.0f %10.0f %14v %14v %7s %7s %11s  %s\n", c.tenants, c.callers, c.ratio, c.raw, c.ours, c.rawCPU, c.oursCPU,
		fmt.Sprintf("%d/%d", c.stats.Spread, c.stats.MaxConns), mb(c.rawMB), mb(c.oursMB), t.judge(c))
}

func (t *table) judge(c cell) string {
	for _, a := range c.load.aims {
		if a.tenants != c.tenants || a.callers != c.callers {
			continue
		}
		t.judged++
		if c.ratio >= a.ratio {
			return fmt.Sprintf("aim %.2f: met", a.ratio)
		}
		t.missed++
		return fmt.Sprintf("aim %.2f: MISS %.2f", a.ratio, c.ratio)
	}
	return ""
}

func (t *table) end() {
	if t.judged > 0 {
		fmt.Fprintf(t.out, "\n%d of %d aims met\n", t.judged-t.missed, t.judged)
	}
}

func mb(x float64) string {
	if x == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", x)
}

// String shows microseconds: the client's and the server's.
func (u usage) String() string { return fmt.Sprintf("%.0f+%.0f", u.client*1e6, u.server*1e6) }
