package cli

import (
	"net"
	"os"
	"path/filepath"
	"strings"
)

// base is what the links that are handed out begin with: the public URL, else
// the address as somebody on this machine reaches it.
func (e *env) base(listening string) string {
	if e.cfg.PublicURL != "" {
		return e.cfg.PublicURL
	}
	host, port, err := net.SplitHostPort(listening)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip.IsUnspecified()) {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// note leaves in the data folder where the server is, for commands that hand
// out links: they are not told its flags.
func (e *env) note(base string) (remove func()) {
	path := filepath.Join(e.cfg.DataDir, "address")
	if err := os.WriteFile(path, []byte(base+"\n"), 0o644); err != nil {
		e.log.Debug("links of plio user link may begin with another address", "err", err)
	}
	return func() { os.Remove(path) } //nolint:errcheck // what is left over is overwritten
}

// noted is the base of the server that runs on the same data, else of one that
// would run with the settings of this command.
func (e *env) noted() string {
	text, err := os.ReadFile(filepath.Join(e.cfg.DataDir, "address"))
	if base := strings.TrimSpace(string(text)); err == nil && e.cfg.PublicURL == "" && strings.HasPrefix(base, "http") {
		return base
	}
	return e.base(e.cfg.Listen)
}
