package outbound

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// refused lists what is no address of the public Internet (https://www.iana.org/assignments/iana-ipv4-special-registry/,
// https://www.iana.org/assignments/iana-ipv6-special-registry/), each with how a message names it.
var refused = []struct {
	prefix netip.Prefix
	what   string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"},
	{netip.MustParsePrefix("192.0.2.0/24"), "reserved"},
	{netip.MustParsePrefix("192.88.99.0/24"), "reserved"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "reserved"},
	{netip.MustParsePrefix("198.51.100.0/24"), "reserved"},
	{netip.MustParsePrefix("203.0.113.0/24"), "reserved"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "private"},
	{netip.MustParsePrefix("100::/64"), "reserved"},
	{netip.MustParsePrefix("2001::/23"), "reserved"}, // Teredo, benchmarking, ORCHID
	{netip.MustParsePrefix("2001:db8::/32"), "reserved"},
	{netip.MustParsePrefix("3fff::/20"), "reserved"},
	{netip.MustParsePrefix("5f00::/16"), "reserved"},
	{netip.MustParsePrefix("fc00::/7"), "private"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fec0::/10"), "private"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// carriers are IPv6 prefixes with an IPv4 address inside, which begins at byte at.
var carriers = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4, RFC 3056
	{netip.MustParsePrefix("::/96"), 12},        // IPv4-compatible, RFC 4291
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12},
}

// notPublic tells what kind of address a is ("loopback"), "" for one of the public Internet.
func notPublic(a netip.Addr) string {
	a = a.WithZone("").Unmap()
	for _, r := range refused {
		if r.prefix.Contains(a) {
			return r.what
		}
	}
	for _, c := range carriers {
		if c.prefix.Contains(a) {
			b := a.As16()
			return notPublic(netip.AddrFrom4([4]byte(b[c.at:])))
		}
	}
	return ""
}

// RefusedError says that an address is none of the public Internet.
type RefusedError struct {
	Address netip.Addr
	Kind    string // "loopback", "private", ...
	Setting string // what allows it
}

// Error names the setting.
func (e *RefusedError) Error() string {
	article := "a"
	if strings.ContainsAny(e.Kind[:min(1, len(e.Kind))], "aeiou") {
		article = "an"
	}
	return fmt.Sprintf("%s is %s %s address, which Workers must not reach; to allow it set %s", e.Address, article, e.Kind, e.Setting)
}

// control looks at the address that is about to be dialled: the last moment, so that no name can lead elsewhere.
func (c *Client) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s %s: %w", network, address, err)
	}
	if what := notPublic(ap.Addr()); what != "" {
		return &RefusedError{Address: ap.Addr(), Kind: what, Setting: c.setting}
	}
	return nil
}
