package control

import (
	"context"
	"sort"
	"sync"

	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// reports are what the nodes last said of themselves. They are kept nowhere: a node says it again.
type reports struct {
	mu      sync.Mutex
	byNode  map[string]*binderyv1.ReportRequest // guarded by mu, by the node's id
	silent  map[string]bool                     // guarded by mu: nodes that do not answer; their reports are kept and count for nothing
	changed chan struct{}                       // guarded by mu: closed with the next report
}

func (r *reports) init() {
	r.byNode, r.silent, r.changed = map[string]*binderyv1.ReportRequest{}, map[string]bool{}, make(chan struct{})
}

func (r *reports) put(report *binderyv1.ReportRequest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byNode[report.GetNode().GetId()] = report
	delete(r.silent, report.GetNode().GetId())
	close(r.changed)
	r.changed = make(chan struct{})
}

// of gives what a node last said, nil if it says nothing.
func (r *reports) of(node string) *binderyv1.ReportRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.silent[node] {
		return nil
	}
	return r.byNode[node]
}

// silence leaves a node out, or takes it in again.
func (r *reports) silence(node string, silent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.silent[node] == silent {
		return
	}
	if silent {
		r.silent[node] = true
	} else {
		delete(r.silent, node)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// drop forgets a node: it does not follow any more.
func (r *reports) drop(node string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byNode, node)
	delete(r.silent, node)
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *reports) all() (list []*binderyv1.ReportRequest, changed chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, report := range r.byNode {
		if !r.silent[id] {
			list = append(list, report)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].GetNode().GetId() < list[j].GetNode().GetId() })
	return list, r.changed
}

// failed gives the roots that could not be loaded, and why.
func (r *reports) failed() map[string]string {
	all := map[string]string{}
	list, _ := r.all()
	for _, report := range list {
		for root, why := range report.GetFailed() {
			all[root] = why
		}
	}
	return all
}

func (r *reports) heldBack() []*binderyv1.HeldBack {
	var all []*binderyv1.HeldBack
	list, _ := r.all()
	for _, report := range list {
		all = append(all, report.GetHeldBack()...)
	}
	return all
}

// awaitServing waits until the nodes serve what the state has now, for ServeTimeout at most, and adds to made what a caller should know.
func (s *Service) awaitServing(ctx context.Context, made *binderyv1.Release, progress func(stage string, done, total int)) *binderyv1.Release {
	ctx, cancel := context.WithTimeout(ctx, s.o.ServeTimeout)
	defer cancel()
	state := s.o.Store.State()
	index := state.WorkersIndex()
	for said := -1; ; {
		list, changed := s.reports.all()
		serving := 0
		for _, report := range list {
			if report.GetServingIndex() >= index {
				serving++
			}
		}
		if serving != said {
			said = serving
			stage := "placing"
			if serving == len(list) {
				stage = "serving"
			}
			progress(stage, serving, len(list))
		}
		if serving == len(list) {
			return s.noted(made)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			made = proto.CloneOf(made)
			made.Notes = append(made.Notes, "it is committed, and not every node serves it yet: see bindery status")
			return made
		}
	}
}

// noted adds the Workers of a release that could not be loaded.
func (s *Service) noted(made *binderyv1.Release) *binderyv1.Release {
	why := s.troubles(s.o.Store.State())
	cloned := false
	for _, c := range made.GetChanges() {
		text := why[c.GetWorker()]
		if text == "" || c.GetAfter() == "" {
			continue
		}
		if !cloned {
			made, cloned = proto.CloneOf(made), true
		}
		made.Notes = append(made.Notes, "Worker "+c.GetWorker()+": "+text)
	}
	return made
}
