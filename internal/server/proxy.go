package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded makes RemoteAddr the client's, where a trusted proxy says whose
// request it passes on, and takes away what only such a proxy may say. So what
// is left of X-Forwarded-Proto and -Host can be believed.
func (s *Server) forwarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, ok := addressOf(r.RemoteAddr)
		if ok && s.trusts(peer) {
			r.RemoteAddr = net.JoinHostPort(s.client(peer, r.Header.Values("X-Forwarded-For")).String(), "0")
		} else {
			r.Header.Del("X-Forwarded-Proto")
			r.Header.Del("X-Forwarded-Host")
			r.Header.Del("Forwarded")
			r.Header.Del("X-Real-Ip")
		}
		r.Header.Del("X-Forwarded-For")
		next.ServeHTTP(w, r)
	})
}

// client goes through the proxies from the last to the first, as far as each
// is trusted: what stands before them the client itself may have written.
func (s *Server) client(peer netip.Addr, headers []string) netip.Addr {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, ok := addressOf(strings.TrimSpace(hop))
		if !ok {
			return peer
		}
		if peer = address; !s.trusts(peer) {
			return peer
		}
	}
	return peer
}

func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.opts.Trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}

// addressOf reads an address with a port or without.
func addressOf(text string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(text)
	return a.Unmap().WithZone(""), err == nil
}
