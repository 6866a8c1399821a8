package compiler

import (
	"errors"
	"testing"
)

// child is the process id of the child that waits, 0 if none does.
func (k *Checker) child() int {
	k.putting.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.spare == nil {
		return 0
	}
	return pid(k.spare.Compiler)
}

// A child does more than one check as long as nothing is wrong, and what a used one says against a candidate is asked again.
func TestChecker(t *testing.T) {
	well := candidate(t, `export default { fetch() {} };`)
	throws := candidate(t, `export default { fetch() {} }; throw new TypeError("not today");`)
	k := NewChecker(Limits{})
	defer k.Close()
	if k.child() != 0 {
		t.Fatal("a child was started that nobody asked for")
	}
	k.Prepare()
	first := k.child()
	check := func(want bool, candidates ...Candidate) int {
		t.Helper()
		for i, f := range k.Check(t.Context(), candidates) {
			var top *TopLevelError
			switch {
			case i == 0 && !want:
				if !errors.As(f.Err, &top) || f.Identity != "" {
					t.Errorf("got %v by %q", f.Err, f.Identity)
				}
			case f.Err != nil || f.Identity != Identity(Limits{}):
				t.Errorf("candidate %d: %v by %q", i, f.Err, f.Identity)
			}
		}
		return k.child()
	}
	if next := check(true, well, well); next != first {
		t.Error("the child was replaced though it did well")
	}
	if next := check(true, well); next != first {
		t.Error("the child was replaced though it did well")
	}
	second := check(false, throws, well)
	if second == first || second == 0 {
		t.Error("a child that ran code that failed checks others")
	}
	if third := check(false, throws); third == second {
		t.Error("a child that ran code that failed checks others")
	}
}

// A child that something was left in does not check others.
func TestWhatIsLeft(t *testing.T) {
	s := &server{atRest: 1 << 20}
	if n := s.left(); n != 0 {
		t.Errorf("%d goroutines", n)
	}
	s.atRest = 0
	if s.left() == 0 {
		t.Error("goroutines are not seen")
	}
	if Identity(Limits{}) == Identity(Limits{Stack: 1 << 20}) {
		t.Error("limits do not count")
	}
}

func TestCompile(t *testing.T) {
	c := NewIdle(Limits{})
	defer c.Close()
	checked := candidate(t, good)
	program, err := c.Compile(checked.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	if c.process.Load() != nil {
		t.Error("it started a child")
	}
	if again, err := c.Check(t.Context(), checked.Bundle); err != nil || again != program || c.process.Load() != nil {
		t.Errorf("it is compiled again (%v)", err)
	}
}
