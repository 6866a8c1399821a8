package compiler

import (
	"context"
	"errors"
	"sync"

	"github.com/bindery/bindery/runtime/bundle/lower"
)

// Checker checks candidates as Check does, and has a child ready: who deploys does not wait for one to start. A child that did well does more than one
// check; what it says against a candidate counts only if it is new. Safe for use from many goroutines.
type Checker struct {
	limits Limits

	putting sync.WaitGroup

	mu     sync.Mutex
	spare  *used // guarded by mu: nil before Prepare, during a check, and after Close
	closed bool  // guarded by mu
}

// used is a child that may have done checks.
type used struct {
	*Compiler
	checks int
}

// When a child is replaced though it does well.
const (
	maxChecks = 100
	maxLeft   = 256 << 20 // bytes that it keeps between two checks
)

// NewChecker returns a Checker, whose first child is started by Prepare or the first check. Close frees it.
func NewChecker(l Limits) *Checker { return &Checker{limits: l} }

// Prepare starts the child that waits, if there is none.
func (k *Checker) Prepare() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.spare == nil && !k.closed {
		k.spare = &used{Compiler: New(k.limits)}
	}
}

// Check is as the function Check.
func (k *Checker) Check(ctx context.Context, candidates []Candidate) []Finding {
	k.mu.Lock()
	c := k.spare
	k.spare = nil
	k.mu.Unlock()
	if c == nil {
		c = &used{Compiler: New(k.limits)}
	}
	findings := c.check(ctx, candidates)
	var wrong []int
	for i, f := range findings {
		if atFault(f.Err) {
			wrong = append(wrong, i)
		}
	}
	if c.checks > 0 && len(wrong) > 0 {
		k.again(ctx, candidates, findings, wrong)
	}
	c.checks++
	k.putting.Go(func() { k.put(c, len(wrong) == 0) }) // the caller need not wait
	return findings
}

// again has a new child check the candidates that one was against which has run the code of others.
func (k *Checker) again(ctx context.Context, candidates []Candidate, findings []Finding, wrong []int) {
	c := New(k.limits)
	defer func() { k.putting.Go(c.Close) }()
	for _, i := range wrong {
		findings[i] = c.try(ctx, candidates[i])
	}
}

// atFault reports whether an error is a candidate's.
func atFault(err error) bool {
	var source *lower.Error
	var top *TopLevelError
	var ended *Error
	return errors.As(err, &source) || errors.As(err, &top) || errors.As(err, &ended)
}

// put keeps a child for the next check, or ends it and starts another.
func (k *Checker) put(c *used, did bool) {
	if did && c.checks < maxChecks && c.clean() {
		k.mu.Lock()
		kept := k.spare == nil && !k.closed
		if kept {
			k.spare = c
		}
		k.mu.Unlock()
		if kept {
			return
		}
	}
	k.Prepare()
	c.Close()
}

// clean reports whether what the child has run has left nothing behind.
func (c *used) clean() bool {
	answer, err := c.exchange(c.ctx, &request{Inspect: true})
	return err == nil && answer.Left == 0 && answer.Memory < maxLeft
}

// Close ends the child that waits. Checks must have ended.
func (k *Checker) Close() {
	k.mu.Lock()
	spare := k.spare
	k.spare, k.closed = nil, true
	k.mu.Unlock()
	if spare != nil {
		spare.Close()
	}
	k.putting.Wait()
}

// Check lowers and compiles candidates and runs their top-level code, in a child that is thrown away afterwards, and with it whatever that
// code did to the process. What ends the child is the fault of the one that it was at; the others have another.
func Check(ctx context.Context, l Limits, candidates []Candidate) []Finding {
	c := New(l)
	defer c.Close()
	return c.check(ctx, candidates)
}
