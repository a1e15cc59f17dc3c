package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"
)

// usage is CPU time in seconds.
type usage struct{ client, server float64 }

// usageNow is what this process and the server's backends have used so far. The
// backends' is 0 where there is no /proc.
func usageNow(postmaster int) (u usage) {
	var own syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &own) == nil {
		u.client = float64(own.Utime.Nano()+own.Stime.Nano()) / 1e9
	}
	for _, pid := range children(postmaster) {
		var ns float64
		text, _ := os.ReadFile("/proc/" + pid + "/schedstat")
		fmt.Sscan(string(text), &ns) //nolint:errcheck // then it is 0
		u.server += ns / 1e9
	}
	return u
}

func children(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	return strings.Fields(string(text))
}

// memory returns what the backends of each side have in MB that is their own:
// the anonymous part of PSS. The rest of PSS is shared buffers and the program.
func memory(ctx context.Context, pool *pgxpool.Pool) (rawMB, oursMB float64) {
	rows, err := pool.Query(ctx, "SELECT pid, application_name FROM pg_stat_activity WHERE backend_type = 'client backend'")
	if err != nil {
		return 0, 0
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		var name string
		if rows.Scan(&pid, &name) != nil {
			return 0, 0
		}
		switch name {
		case rawName:
			rawMB += pss(pid)
		case oursName:
			oursMB += pss(pid)
		}
	}
	return rawMB, oursMB
}

// pss is 0 where it cannot be read.
func pss(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "Pss_Anon: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	return 0
}
