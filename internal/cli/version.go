package cli

import (
	"fmt"
	"runtime/debug"
	"strings"
)

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

// version is what the build says of itself.
type version struct {
	Plio     string `json:"plio"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
}

func thisVersion() version {
	v := version{Plio: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Plio, v.Go = strings.Trim(info.Main.Version, "()"), info.GoVersion
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (c *versionCmd) Run(e *env) error {
	v := thisVersion()
	if c.JSON {
		return e.json(v)
	}
	_, err := fmt.Fprintf(e.stdout, "plio %s, built with %s\n", v.Plio, v.Go)
	return err
}
