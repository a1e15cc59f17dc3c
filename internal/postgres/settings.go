package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const megabyte = 1 << 20

// settings fits the server to a machine with this memory, in bytes, which it
// shares with plio, and to a cluster with this many relations. An operator
// changes them in postgresql.conf or by ALTER SYSTEM.
func settings(memory int64, relations int) map[string]string {
	size := func(share int64, least, most int64) string {
		return fmt.Sprintf("%dMB", min(max(memory/share/megabyte, least), most))
	}
	return map[string]string{
		"max_connections":           "100",
		"max_locks_per_transaction": "256", // a dump locks every table of every workspace
		"shared_buffers":            size(8, 64, 4096),
		"effective_cache_size":      size(2, 128, 64*1024),
		"maintenance_work_mem":      size(32, 32, 512),
		"jit":                       "off", // short queries, many tables
		"max_wal_size":              "1GB",
		"min_wal_size":              "80MB",
		"wal_compression":           "on",
		"checkpoint_timeout":        "15min",
		"log_lock_waits":            "on",

		// A worker reads the whole catalog each time it starts, so not too
		// often where that is large, and there is more to do then.
		"autovacuum_max_workers":       strconv.Itoa(min(3+relations/50_000, 8)),
		"autovacuum_naptime":           fmt.Sprintf("%ds", min(60+relations/1000, 300)),
		"autovacuum_vacuum_cost_limit": "1000",

		// A file for each day of the week, in data/log.
		"logging_collector":        "on",
		"log_filename":             "postgresql-%a.log",
		"log_rotation_age":         "1d",
		"log_rotation_size":        "0",
		"log_truncate_on_rotation": "on",
		"log_line_prefix":          "%m [%p] ",
	}
}

// relations estimates the number of tables and indexes from the files.
func relations(data string) (n int) {
	dirs, _ := filepath.Glob(filepath.Join(data, "base", "*")) // fails for a bad pattern only
	for _, path := range dirs {
		dir, err := os.Open(path)
		if err != nil {
			continue // a guess need not be complete
		}
		names, _ := dir.Readdirnames(-1) // what could be read
		dir.Close()                      //nolint:errcheck // only read
		n += len(names)
	}
	return n
}

// memory is what this machine, or this container, has: a gigabyte where it
// does not say.
func memory() int64 {
	total := physical()
	if total <= 0 {
		total = 1024 * megabyte
	}
	if runtime.GOOS != "linux" {
		return total
	}
	for _, limit := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(limit); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
				total = min(total, n) // "max" is no number
			}
		}
	}
	return total
}
