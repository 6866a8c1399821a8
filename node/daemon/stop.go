package daemon

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// callTimeout is how long calls under way may take when the node stops.
const callTimeout = 5 * time.Second

// close ends what has been started, the last first. Where the node ends because something broke, what serves is left to serve on.
func (n *node) close(clean bool) {
	if n.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
		n.server.Stop(ctx)
		cancel()
	}
	var goodbye sync.WaitGroup
	defer goodbye.Wait()
	if n.talk != nil {
		goodbye.Go(func() { n.talk.close(clean) }) // while requests are finished
	}
	if n.joins != nil {
		n.joins.Stop()
	}
	switch {
	case n.agent == nil:
	case clean:
		n.agent.Stop(n.o.Force)
	default:
		n.agent.Detach()
	}
	if n.service != nil {
		n.service.Close()
	}
	if n.store != nil {
		if err := n.store.Close(); err != nil {
			n.o.Logger.Error("close the state", "error", err)
		}
	}
	if n.mux != nil {
		n.mux.Close()
	}
	if clean {
		_ = os.Remove(filepath.Join(n.o.Data, "node.json")) // it is true while the node runs
	}
}

func (n *node) drain() time.Duration {
	if n.o.StopTimeout > 0 {
		return n.o.StopTimeout
	}
	return DefaultStopTimeout
}
