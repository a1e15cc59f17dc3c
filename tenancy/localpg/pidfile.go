package localpg

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// pidFile is what a running server says of itself in its data folder.
type pidFile struct {
	pid    int
	port   string
	socket string // the folder
	ready  bool
}

// readPIDFile reads postmaster.pid, which may be half written.
func readPIDFile(data string) (pidFile, bool) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return pidFile{}, false
	}
	lines := strings.Split(string(text), "\n")
	lines = append(lines, make([]string, 8)...)
	var p pidFile
	if p.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil || p.pid <= 0 {
		return pidFile{}, false
	}
	p.port, p.socket = lines[3], lines[4]
	p.ready = strings.HasPrefix(lines[7], "ready")
	return p, true
}
