package localpg

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// workingIn returns a live process of PostgreSQL whose working directory is
// data, as that of every process of a server is; 0 where there is none. A
// zombie has none, and a shell in that folder is no server.
func workingIn(data string) int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd") // fails for a bad pattern only
	for _, link := range links {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link))) // by the pattern
		if isServer(pid, data) {
			return pid
		}
	}
	return 0
}

// isServer tells whether pid is a server's process on data.
func isServer(pid int, data string) bool {
	proc := "/proc/" + strconv.Itoa(pid)
	want, noData := os.Stat(data)
	got, gone := os.Stat(proc + "/cwd")
	if noData != nil || gone != nil || !os.SameFile(got, want) {
		return false
	}
	comm, err := os.ReadFile(proc + "/comm")
	return err == nil && strings.HasPrefix(string(comm), "post") // postgres, postmaster
}
