package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/bindery/bindery/node/poison"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Opener opens a secret of a Worker.
type Opener func(worker, name string, sealed []byte) ([]byte, error)

// assigned is what a node is to serve, with its secrets opened. It is never changed.
type assigned struct {
	*binderyv1.Assignments
	secrets map[string]map[string][]byte // of version ids, by name
	broken  map[string]string            // by Worker: why it can't be served
}

func (as *assigned) versions() []*binderyv1.Version {
	if as == nil {
		return nil
	}
	return as.GetVersions()
}

// explain adds to the text of a root's failure what the data plane can't know.
func (as *assigned) explain(root, text string) string {
	if as == nil || len(as.broken) == 0 {
		return text
	}
	for _, g := range as.GetGroups() {
		if g.GetRoot() != root {
			continue
		}
		for _, name := range g.GetMembers() {
			if why := as.broken[name]; why != "" {
				return fmt.Sprintf("Worker %q: %s", name, why)
			}
		}
	}
	return text
}

// Assign has the data planes serve what is assigned, and keeps it on disk. It returns when that is done, with what failed: text by root, which
// goes on with what it was. Errors: that of ctx; what the data plane says; ErrClosed.
func (a *Agent) Assign(ctx context.Context, as *binderyv1.Assignments, open Opener) (failed map[string]string, err error) {
	a.assign.Lock()
	defer a.assign.Unlock()
	a.mu.Lock()
	before := a.assigned
	a.mu.Unlock()
	next := openSecrets(as, before, open)
	a.fetch(ctx, next)
	if err := a.keep(next); err != nil {
		return nil, err
	}
	var wanted uint64
	a.change(func() {
		a.assigned = next
		deployed := map[string]bool{}
		for _, v := range as.GetVersions() {
			deployed[v.GetId()] = true
		}
		a.ledger.Keep(func(version string) bool { return deployed[version] })
		a.wanted++
		wanted = a.wanted
	})
	return a.served(ctx, wanted)
}

// ErrClosed is returned after Close.
var ErrClosed = errors.New("assign: the agent is closed")

// served waits until the data planes have been told what is wanted.
func (a *Agent) served(ctx context.Context, wanted uint64) (failed map[string]string, err error) {
	for {
		a.mu.Lock()
		changed := a.changed
		done := a.main.loaded >= wanted && (a.apart.loaded >= wanted || !a.needsApart())
		failed, err = a.failed(), errors.Join(a.main.err, a.apart.err)
		a.mu.Unlock()
		if done {
			return failed, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("assign: %w", ctx.Err())
		case <-a.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// openSecrets opens what has not been opened before.
func openSecrets(as *binderyv1.Assignments, before *assigned, open Opener) *assigned {
	next := &assigned{Assignments: as, secrets: map[string]map[string][]byte{}, broken: map[string]string{}}
	for _, v := range as.GetVersions() {
		if len(v.GetSecrets()) == 0 {
			continue
		}
		if before != nil && before.secrets[v.GetId()] != nil {
			next.secrets[v.GetId()] = before.secrets[v.GetId()]
			continue
		}
		values := map[string][]byte{}
		name := v.GetConfig().GetName()
		for _, s := range v.GetSecrets() {
			value, err := open(name, s.GetName(), s.GetSealed())
			if err != nil {
				next.broken[name] = err.Error()
				continue
			}
			values[s.GetName()] = value
		}
		if next.broken[name] == "" {
			next.secrets[v.GetId()] = values
		}
	}
	return next
}

// fetches is how many bundles are fetched at a time.
const fetches = 4

// fetch gets the bundles that are not here.
func (a *Agent) fetch(ctx context.Context, as *assigned) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	turn := make(chan struct{}, fetches)
	seen := map[string]bool{}
	for _, v := range as.GetVersions() {
		hash := v.GetBundle()
		if a.o.Fetch == nil || seen[hash] {
			continue
		}
		if seen[hash] = true; a.o.Bundles.Has(hash) {
			continue
		}
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := a.o.Fetch(ctx, hash); err != nil {
				mu.Lock()
				defer mu.Unlock()
				as.broken[v.GetConfig().GetName()] = err.Error()
			}
		})
	}
	wg.Wait()
}

// needsApart reports whether there are suspects to be served. The caller holds mu.
func (a *Agent) needsApart() bool {
	return a.assigned != nil && len(a.ledger.Records) > 0 && len(a.assigned.split(a.ledger).apart) > 0
}

// desired is what a role's data plane is to be told, and whether there is to be one.
func (r *role) desired() (wanted uint64, request *binderyv1.LoadRequest, need bool) {
	a := r.a
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.quarantine {
		if !a.needsApart() {
			return a.wanted, nil, false
		}
	} else if adopted := r.plane != nil && r.plane.process == nil; a.assigned == nil && (adopted || len(a.old) > 0) {
		return r.loaded, nil, true // what is served is better than nothing
	}
	if r.loaded == a.wanted && r.plane != nil {
		return a.wanted, nil, true
	}
	if a.assigned == nil {
		return a.wanted, &binderyv1.LoadRequest{}, true
	}
	s := a.assigned.split(a.ledger)
	if r.quarantine {
		return a.wanted, a.request(s, true), true
	}
	return a.wanted, a.request(s, false), true
}

// split says which roots each data plane serves.
type split struct {
	*assigned
	heldBack    map[string]string // reasons by version id
	main, apart map[string]bool   // Workers that each needs
	roots       map[string]bool   // all roots
	handed      map[string]bool   // roots that the main data plane hands over
}

// split applies poison's verdicts: a root that reaches a suspect is served apart, with all that it reaches.
func (as *assigned) split(ledger *poison.Ledger) *split {
	s := &split{
		assigned: as, heldBack: map[string]string{},
		main: map[string]bool{}, apart: map[string]bool{}, roots: map[string]bool{}, handed: map[string]bool{},
	}
	for _, h := range as.GetHeldBack() {
		if !h.GetQuarantined() {
			s.heldBack[h.GetVersion()] = h.GetReason()
		}
	}
	suspects := map[string]bool{} // Workers
	if len(ledger.Records) > 0 {
		for _, v := range as.GetVersions() {
			switch r := ledger.Find(v.GetId()); {
			case r == nil:
			case r.HeldBack:
				s.heldBack[v.GetId()] = r.Reason
			case r.Suspect() && s.heldBack[v.GetId()] == "":
				suspects[v.GetConfig().GetName()] = true
			}
		}
	}
	for _, g := range as.GetGroups() {
		root := g.GetRoot()
		s.roots[root] = true
		into := s.main
		if suspects[root] || slices.ContainsFunc(g.GetMembers(), func(name string) bool { return suspects[name] }) {
			into = s.apart
			s.handed[root] = true
		}
		into[root] = true
		for _, name := range g.GetMembers() {
			into[name] = true
		}
	}
	return s
}

// request is what a data plane is told.
func (a *Agent) request(s *split, quarantine bool) *binderyv1.LoadRequest {
	req := &binderyv1.LoadRequest{Index: s.GetIndex(), Quarantine: quarantine}
	if !quarantine && len(s.apart) > 0 {
		req.QuarantineSocket = a.suspectsSocket()
	}
	for _, v := range s.GetVersions() {
		name := v.GetConfig().GetName()
		w := &binderyv1.LoadedWorker{
			Version: &binderyv1.Version{Id: v.GetId(), Config: v.GetConfig(), Bundle: v.GetBundle(), Checked: v.GetChecked()}, Secrets: s.secrets[v.GetId()], HeldBack: s.heldBack[v.GetId()], Root: s.roots[name],
		}
		if s.broken[name] == "" {
			w.BundleFile = a.o.Bundles.File(v.GetBundle())
		}
		switch {
		case quarantine:
			w.Root = s.handed[name]
			if !s.apart[name] {
				continue
			}
		case s.handed[name]: // and so reached by no root that is served here
			w.Quarantined = true
		case !s.main[name]:
			continue
		}
		req.Workers = append(req.Workers, w)
	}
	return req
}
