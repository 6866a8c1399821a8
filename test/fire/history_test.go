package fire_test

import (
	"fmt"
	"maps"
	"sync"
)

// stamp is what a Worker puts into an answer that passes it.
type stamp struct {
	Worker  string
	Version int
	Isolate string
	N       int // which call of its isolate it was
}

// versions are those of all Workers at one time.
type versions map[string]int

// history is what was served, one after the other, and who was seen to answer.
type history struct {
	mu     sync.Mutex
	states []versions              // guarded by mu
	seen   int                     // guarded by mu: the latest state that an answer must have been of
	calls  map[string]map[int]bool // guarded by mu: isolate -> calls that it has stamped
}

func newHistory() *history {
	first := versions{}
	for _, w := range mix {
		first[w.name] = 0
	}
	return &history{states: []versions{first}, calls: map[string]map[int]bool{}}
}

// next makes the state in which a Worker has a new version, and gives its number and that version. Call it before the state is served.
func (h *history) next(workers ...string) (state int, now versions) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now = maps.Clone(h.states[len(h.states)-1])
	for _, w := range workers {
		now[w]++
	}
	h.states = append(h.states, now)
	return len(h.states) - 1, now
}

// floor is the earliest state that a call that begins now can be of.
func (h *history) floor() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen
}

// check says what is wrong with the stamps of an answer: they must be of one state, that of number exact, or where that is negative of
// one from floor on; and no isolate stamps two answers with one number.
func (h *history) check(trail []stamp, floor, exact int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range trail {
		if s.Isolate == "" || s.N <= 0 {
			return fmt.Errorf("an empty stamp: %+v", s)
		}
		id := s.Worker + " " + s.Isolate
		if h.calls[id] == nil {
			h.calls[id] = map[int]bool{}
		}
		if h.calls[id][s.N] {
			return fmt.Errorf("two answers have the stamp %+v", s)
		}
		h.calls[id][s.N] = true
	}
	if exact >= 0 {
		if bad := h.states[exact].differs(trail); bad != nil {
			return fmt.Errorf("begun on composition %d, %v, it was answered by %+v", exact, h.states[exact], *bad)
		}
		return nil
	}
	for i := floor; i < len(h.states); i++ {
		if h.states[i].differs(trail) == nil {
			h.seen = max(h.seen, i)
			return nil
		}
	}
	return fmt.Errorf("no composition from number %d to %d has these versions: %+v", floor, len(h.states)-1, trail)
}

func (v versions) differs(trail []stamp) *stamp {
	for i, s := range trail {
		if want, ok := v[s.Worker]; !ok || s.Version != want {
			return &trail[i]
		}
	}
	return nil
}

// pledges are lines of the console that must come, by the end.
type pledges struct {
	mu   sync.Mutex
	open map[string]bool // guarded by mu
	kept int             // guarded by mu
	met  chan struct{}   // guarded by mu: closed when none is open, if somebody waits
}

func newPledges() *pledges { return &pledges{open: map[string]bool{}} }

func (p *pledges) expect(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[line] = true
}

func (p *pledges) said(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.open[line] {
		return
	}
	delete(p.open, line)
	p.kept++
	if len(p.open) == 0 && p.met != nil {
		close(p.met)
		p.met = nil
	}
}

// wait is closed when nothing is open.
func (p *pledges) wait() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := make(chan struct{})
	if len(p.open) == 0 {
		close(c)
		return c
	}
	p.met = c
	return c
}

func (p *pledges) broken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for line := range p.open {
		list = append(list, line)
	}
	return list
}
