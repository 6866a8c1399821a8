package strand

import (
	"sync"
	"testing"
	"testing/synctest"
)

func TestTasksRunInOrderAndNeverOnTheHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Strand
		if !s.TryAcquire() {
			t.Fatal("a fresh strand is free")
		}
		var got []int
		for i := range 3 {
			s.Post(func() { got = append(got, i) })
		}
		synctest.Wait()
		if len(got) != 0 || s.Waiting() != 3 || s.TryAcquire() {
			t.Fatalf("tasks ran beside the holder: %v", got)
		}
		s.Release()
		synctest.Wait()
		if len(got) != 3 || got[0] != 0 || got[1] != 1 || got[2] != 2 {
			t.Fatalf("got %v, want 0 1 2", got)
		}
		if !s.TryAcquire() {
			t.Fatal("the strand is free again")
		}
	})
}

// A task that runs sees all that come after it, also those that were posted before it began.
func TestWaitingCountsAllThatHaveNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Strand
		s.TryAcquire()
		const n = 1000
		var got []int
		again := func() { got = append(got, -1) }
		for i := range n {
			s.Post(func() {
				if want := n - 1; s.Waiting() != want { // one is added for each that has begun
					t.Errorf("%d wait in task %d, want %d", s.Waiting(), i, want)
				}
				got = append(got, i)
				s.Post(again)
			})
		}
		s.Release()
		synctest.Wait()
		if len(got) != 2*n {
			t.Fatalf("%d tasks ran, want %d", len(got), 2*n)
		}
		for i := range n {
			if got[i] != i || got[n+i] != -1 {
				t.Fatalf("task %d ran in place %d", got[i], i)
			}
		}
	})
}

func TestTaskMayPostToItsOwnStrand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Strand
		n := 0
		var step func()
		step = func() {
			if n++; n < 100 {
				s.Post(step)
			}
		}
		s.Post(step)
		synctest.Wait()
		if n != 100 {
			t.Fatalf("ran %d times, want 100", n)
		}
	})
}

func TestOneHolderAtATime(t *testing.T) {
	var s Strand
	var wg sync.WaitGroup
	shared := 0
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				done := make(chan struct{})
				if s.TryAcquire() {
					shared++
					s.Release()
					continue
				}
				s.Post(func() { shared++; close(done) })
				<-done
			}
		})
	}
	wg.Wait()
	if shared != 8000 {
		t.Fatalf("counted %d, want 8000", shared)
	}
}

func BenchmarkAcquireRelease(b *testing.B) {
	var s Strand
	b.ReportAllocs()
	for b.Loop() {
		if s.TryAcquire() {
			s.Release()
		}
	}
}
