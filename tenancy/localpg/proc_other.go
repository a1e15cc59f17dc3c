//go:build !linux

package localpg

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// workingIn returns the server on data that was started by hand, so without
// our lock; 0 where there is none.
func workingIn(data string) int {
	if p, ok := readPIDFile(data); ok && isServer(p.pid, data) {
		return p.pid
	}
	return 0
}

// isServer tells whether pid is the server on data, by its command line.
func isServer(pid int, data string) bool {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return false
	}
	program, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return filepath.Base(program) == "postgres" && strings.Contains(string(out), data)
}
