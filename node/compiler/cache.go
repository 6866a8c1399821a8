package compiler

import (
	"slices"
	"sync"

	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// keptPrograms is how many programs are kept: enough for an edit to be taken back.
const keptPrograms = 64

// programs keeps programs by the hash of their bundle. All are of one lower.Version, since they don't outlive the process.
type programs struct {
	mu    sync.Mutex
	known map[string]*lower.Program // guarded by mu
	order hashes                    // guarded by mu
}

func (p *programs) get(hash string) *lower.Program {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[hash]
}

// compile compiles a bundle that a child has compiled.
func (p *programs) compile(hash string, b *bundle.Bundle) (*lower.Program, error) {
	if program := p.get(hash); program != nil {
		return program, nil
	}
	program, err := lower.Lower(input(b))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]*lower.Program{}
	}
	if known := p.known[hash]; known != nil {
		return known, nil
	}
	p.known[hash] = program
	delete(p.known, p.order.add(hash))
	return program, nil
}

// hashes are the last keptPrograms of some hashes.
type hashes []string

func (h hashes) has(hash string) bool { return slices.Contains(h, hash) }

// add adds a hash and returns the one that is pushed out for it, or "".
func (h *hashes) add(hash string) (out string) {
	*h = append(*h, hash)
	if len(*h) > keptPrograms {
		out = (*h)[0]
		*h = slices.Delete(*h, 0, 1)
	}
	return out
}
