package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Network is an address or a network: 127.0.0.1, ::1, 10.0.0.0/8.
type Network struct{ netip.Prefix }

// UnmarshalText reads it as people write it.
func (n *Network) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if prefix, err := netip.ParsePrefix(s); err == nil {
		n.Prefix = prefix.Masked()
		return nil
	}
	address, err := netip.ParseAddr(s)
	if err != nil || address.Zone() != "" {
		return fmt.Errorf("%q is no address and no network; write it as 10.0.0.0/8 or 127.0.0.1", s)
	}
	n.Prefix = netip.PrefixFrom(address, address.BitLen())
	return nil
}

// Prefixes returns networks as package netip knows them.
func Prefixes(networks []Network) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, n := range networks {
		prefixes = append(prefixes, n.Prefix)
	}
	return prefixes
}
