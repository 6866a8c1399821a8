// Package traffic counts the messages of gRPC that a process of a node sends and receives, over all its connections. Requests for Workers are none of
// them: the count is how that is proven. It does not own what is said.
package traffic

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// Counter counts messages in both directions. It is given to servers and connections as their stats handler.
type Counter struct{ n atomic.Int64 }

var _ stats.Handler = (*Counter)(nil)

// Process is the count of this process: every gRPC server and connection of a node has it.
var Process Counter

// Messages is how many there have been.
func (c *Counter) Messages() int64 { return c.n.Load() }

// TagRPC implements stats.Handler.
func (c *Counter) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC implements stats.Handler.
func (c *Counter) HandleRPC(_ context.Context, s stats.RPCStats) {
	switch s.(type) {
	case *stats.InPayload, *stats.OutPayload:
		c.n.Add(1)
	}
}

// TagConn implements stats.Handler.
func (c *Counter) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn implements stats.Handler.
func (c *Counter) HandleConn(context.Context, stats.ConnStats) {}
