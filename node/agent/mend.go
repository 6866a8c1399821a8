package agent

import (
	"context"
	"fmt"
	"time"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// watch follows what a data plane says of itself, until it is gone or the agent is closed, and fetches the bundles that it can't read.
func (r *role) watch(p *plane) {
	a := r.a
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	stream, err := p.client.Watch(ctx, &binderyv1.WatchRequest{})
	if err != nil {
		return // it is gone
	}
	fetching := map[string]bool{} // those that are not known to be damaged any more can be so again
	for {
		state, err := stream.Recv()
		if err != nil {
			return
		}
		damaged := state.GetDamaged()
		a.mu.Lock()
		same := len(r.damaged) == 0 && len(damaged) == 0
		a.mu.Unlock()
		if !same {
			a.change(func() {
				if r.plane == p {
					r.damaged = damaged
				}
			})
		}
		for hash := range fetching {
			if damaged[hash] == "" {
				delete(fetching, hash)
			}
		}
		for hash, why := range damaged {
			if fetching[hash] {
				continue
			}
			fetching[hash] = true
			a.o.Logger.Error("bundle can't be read", "bundle", hash, "error", why)
			if a.o.Fetch != nil {
				a.running.Go(func() { a.mend(ctx, hash) })
			}
		}
	}
}

// mend fetches a bundle, again and again until somebody has it.
func (a *Agent) mend(ctx context.Context, hash string) {
	for !a.o.Bundles.Has(hash) {
		err := a.o.Fetch(ctx, hash)
		if err == nil {
			a.o.Logger.Info("bundle was fetched again", "bundle", hash)
			a.change(func() { a.main.loaded, a.apart.loaded = 0, 0 }) // roots may have failed for it
			return
		}
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
			return
		}
	}
}

// unreadable adds the Workers whose bundles can't be read to all, with the reason. The caller holds mu.
func (a *Agent) unreadable(damaged, all map[string]string) {
	if len(damaged) == 0 {
		return
	}
	for _, v := range a.assigned.versions() {
		why := damaged[v.GetBundle()]
		if why == "" || a.o.Bundles.Has(v.GetBundle()) {
			continue
		}
		name := v.GetConfig().GetName()
		if all[name] == "" {
			all[name] = fmt.Sprintf("its code can't be read from this node's disk: deploy it again (%s)", why)
		}
	}
}
