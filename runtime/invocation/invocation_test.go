package invocation_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bindery/bindery/runtime/invocation"
)

func TestDepthIsBounded(t *testing.T) {
	inv := invocation.New("a", invocation.Limits{Depth: 3})
	for depth := 1; depth < 3; depth++ {
		child, err := inv.Child("b")
		if err != nil || child.Depth != depth || child.Parent() != inv {
			t.Fatalf("depth %d: %v, %v", depth, child, err)
		}
		inv = child
	}
	if _, err := inv.Child("c"); !errors.Is(err, invocation.ErrDepth) || !strings.Contains(err.Error(), "3 deep") {
		t.Fatalf("got %v", err)
	}
}

func TestDefaultDepthIs32(t *testing.T) {
	inv := invocation.New("a", invocation.Limits{})
	n := 1
	for {
		child, err := inv.Child("a")
		if err != nil {
			break
		}
		inv = child
		n++
	}
	if n != 32 {
		t.Fatalf("%d invocations deep, want 32", n)
	}
}

func TestSubrequestsAreCountedOverTheTree(t *testing.T) {
	root := invocation.New("a", invocation.Limits{Subrequests: 3})
	child, err := root.Child("b")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := child.Subrequest(); err != nil {
			t.Fatal(err)
		}
	}
	if err := root.Subrequest(); !errors.Is(err, invocation.ErrSubrequests) || !strings.Contains(err.Error(), "limits.subrequests") {
		t.Fatalf("got %v", err)
	}
}

func TestEndsWithItsLastHold(t *testing.T) {
	inv := invocation.New("a", invocation.Limits{})
	ended := 0
	inv.OnEnd(func() { ended++ })
	stop := inv.OnEnd(func() { t.Error("a function taken back ran") })
	stop()
	ctx := inv.Context()
	if !inv.Hold() {
		t.Fatal("hold")
	}
	inv.Release()
	if ended != 0 || inv.Ended() || ctx.Err() != nil {
		t.Fatal("ended while held")
	}
	inv.Release()
	if ended != 1 || !inv.Ended() || !errors.Is(context.Cause(ctx), invocation.ErrEnded) {
		t.Fatalf("ended %d times, cause %v", ended, context.Cause(ctx))
	}
	if inv.Hold() {
		t.Fatal("an invocation that has ended can't be held")
	}
	inv.OnEnd(func() { ended++ })
	if ended != 2 {
		t.Fatal("OnEnd after the end runs at once")
	}
	if late := invocation.New("b", invocation.Limits{}); late.Context().Err() != nil {
		t.Fatal("a fresh context is open")
	}
}

func TestAbortIsHeardOnceAndDoesNotEnd(t *testing.T) {
	inv := invocation.New("a", invocation.Limits{})
	var heard []error
	inv.OnAbort(func(cause error) { heard = append(heard, cause) })
	boom := errors.New("boom")
	inv.Abort(boom)
	inv.Abort(errors.New("again"))
	if len(heard) != 1 || !errors.Is(heard[0], boom) || !errors.Is(inv.Aborted(), boom) || inv.Ended() {
		t.Fatalf("heard %v", heard)
	}
	if inv.Context().Err() != nil {
		t.Fatal("waitUntil work may still need the context")
	}
	inv.OnAbort(func(cause error) { heard = append(heard, cause) })
	if len(heard) != 2 {
		t.Fatal("OnAbort after the abort runs at once")
	}
	other := invocation.New("b", invocation.Limits{})
	other.Abort(nil)
	if !errors.Is(other.Aborted(), invocation.ErrDisconnected) {
		t.Fatalf("got %v", other.Aborted())
	}
}

// Whatever the order of holds and releases, an invocation ends exactly when the last is given back.
func TestHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := invocation.New("a", invocation.Limits{})
		holds, ends := 1, 0
		inv.OnEnd(func() { ends++ })
		for _, up := range rapid.SliceOfN(rapid.Bool(), 0, 50).Draw(t, "ups") {
			if up {
				if got := inv.Hold(); got != (holds > 0) {
					t.Fatalf("Hold = %v with %d holds", got, holds)
				} else if got {
					holds++
				}
			} else if holds > 0 {
				inv.Release()
				holds--
			}
			if want := holds == 0; inv.Ended() != want || (ends == 1) != want {
				t.Fatalf("%d holds, ended %v, end functions ran %d times", holds, inv.Ended(), ends)
			}
		}
	})
}

func TestNeeded(t *testing.T) {
	i := invocation.New("w", invocation.Limits{})
	done := 0
	i.OnWaitsDone(func() { done++ })
	if !i.Needed() {
		t.Error("one whose caller is there is needed")
	}
	i.HoldWait()
	i.Abort(nil)
	if !i.Needed() {
		t.Error("waitUntil is needed by itself")
	}
	if i.ReleaseWait() || i.Needed() || done != 1 {
		t.Errorf("ended %v, needed %v, %d calls", i.Ended(), i.Needed(), done)
	}
	i.HoldWait() // a listener of its signal may still give something to waitUntil
	if !i.Needed() {
		t.Error("waitUntil is needed by itself")
	}
	i.ReleaseWait()
	if !i.Release() || i.Needed() || i.HoldWait() {
		t.Error("what has ended is not needed")
	}
}
