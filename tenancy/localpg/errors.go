package localpg

import (
	"fmt"
	"strings"
)

// InUseError is returned by Start for a cluster that another process has.
type InUseError struct {
	Dir     string
	PID     int    // of the process that has it; 0 where that is not known
	Purpose string // its Config.Purpose
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%s is in use by another process", e.Dir)
	}
	return fmt.Sprintf("%s is in use by %s (process %d)", e.Dir, e.Purpose, e.PID)
}

// VersionError is returned by Start for data of a major version that no
// binaries here can open. Nothing was touched.
type VersionError struct {
	Data  string // the data folder
	Major int    // the version it was made with
	Found []Binaries
}

func (e *VersionError) Error() string {
	have := "no PostgreSQL is installed here"
	if len(e.Found) > 0 {
		var list []string
		for _, b := range e.Found {
			list = append(list, fmt.Sprintf("%s in %s", b.Version, b.Dir))
		}
		have = "here is " + strings.Join(list, ", ")
	}
	return fmt.Sprintf(`the data in %s was made by PostgreSQL %d, and only PostgreSQL %[2]d can open it; %s. To install it beside:
  Debian, Ubuntu:  sudo apt-get install postgresql-%[2]d
  Fedora:          sudo dnf install postgresql%[2]d-server
  macOS:           brew install postgresql@%[2]d`, e.Data, e.Major, have)
}
