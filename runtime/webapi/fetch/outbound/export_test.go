package outbound

import (
	"context"
	"net"
	"net/netip"
	"syscall"
)

// NotPublic is notPublic.
var NotPublic = notPublic

// Except lets c dial one address that it would refuse.
func Except(c *Client, a netip.AddrPort) {
	c.transport.DialContext = (&net.Dialer{ControlContext: func(ctx context.Context, network, address string, rc syscall.RawConn) error {
		if address == a.String() {
			return nil
		}
		return c.control(ctx, network, address, rc)
	}}).DialContext
}
