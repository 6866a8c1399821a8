package watchdog

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const mb = 1 << 20

// step lets the heap grow while what was begun runs.
func (w *Watchdog) step(h *heap, bytes int64) {
	h.allocated += bytes
	h.inUse += bytes
	w.pass(Interval, Interval)
}

// found has the census that was asked for show who holds what, and the next look see it. It is false if none was asked for.
func (w *Watchdog) found(h *heap, held census) bool {
	if !w.memory.inspecting.Load() {
		return false
	}
	h.cycles++
	w.memory.found.Store(&finding{held})
	w.memory.inspecting.Store(false)
	w.step(h, 0)
	return true
}

func seen(err error) string {
	if limit, ok := err.(*LimitError); ok {
		return limit.Seen
	}
	return ""
}

func TestTurnThatHoldsTooMuchIsEnded(t *testing.T) {
	h := &heap{allocated: 1, inUse: 10 * mb, live: 10 * mb}
	w := still(0, h)
	r, s := w.runner(Limits{Memory: 100 * mb})
	other, _ := w.runner(Limits{Memory: 100 * mb})
	r.Begin(&Account{})
	other.Begin(&Account{})
	w.step(h, 0)
	for range 23 {
		w.step(h, 10*mb)
	}
	if s.interrupts.Load() != 0 || !w.memory.inspecting.Load() {
		t.Fatal("it is suspected, and a census is asked for")
	}
	h.live = 230 * mb
	if !w.found(h, census{r.number: 120 * mb, other.number: 99 * mb}) {
		t.Fatal("no census was asked for")
	}
	if err := r.End(); err == nil || err.Error() != "Worker exceeded memory limit." || seen(err) != "its isolate held some 120 MB after a collection; limit: 100 MB" {
		t.Fatalf("%v %q", err, seen(err))
	}
	if other.End() != nil {
		t.Fatal("it holds less than its limit")
	}
}

func TestGarbageIsNotHeldAgainstATurn(t *testing.T) {
	h := &heap{allocated: 1, inUse: 10 * mb, live: 10 * mb}
	w := still(0, h)
	r, _ := w.runner(Limits{Memory: 100 * mb})
	r.Begin(&Account{})
	for range 500 {
		w.step(h, 10*mb)
		w.found(h, census{r.number: 2 * mb})
	}
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
}

// The collector's own cycles show that it is garbage: then nobody asks for more of them.
func TestGarbageCostsNoCensus(t *testing.T) {
	h := &heap{allocated: 1, inUse: 10 * mb, live: 10 * mb}
	w := still(0, h)
	r, _ := w.runner(Limits{Memory: 100 * mb})
	r.Begin(&Account{})
	for range 500 {
		w.step(h, 10*mb)
		h.cycles++
		if w.memory.inspecting.Load() {
			t.Fatal("a census was asked for")
		}
	}
	_ = r.End()
}

// What is held between turns is seen too, and ends the subject where no turn is under way.
func TestSubjectThatHoldsTooMuchBetweenTurnsIsLost(t *testing.T) {
	h := &heap{allocated: 1, inUse: 10 * mb, live: 10 * mb}
	w := still(0, h)
	r, s := w.runner(Limits{Memory: 100 * mb})
	for range 60 {
		r.Begin(&Account{})
		w.step(h, 0)
		w.step(h, 2*mb)
		h.live += 2 * mb
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		w.found(h, census{r.number: h.live - 10*mb})
	}
	if s.lost == nil || !strings.Contains(seen(s.lost), "after a collection; limit: 100 MB") {
		t.Fatalf("%v", s.lost)
	}
}

// One that waits for a call on its goroutine is not active, and is ended all the same.
func TestCallerThatHoldsTooMuchIsEnded(t *testing.T) {
	h := &heap{allocated: 1, live: 10 * mb}
	w := still(0, h)
	outer, s := w.runner(Limits{Memory: 100 * mb})
	inner, _ := w.runner(Limits{Memory: 100 * mb})
	outer.Begin(&Account{})
	w.step(h, 0)
	w.step(h, 110*mb)
	outer.Call()
	inner.Begin(&Account{})
	w.step(h, 0)
	h.live = 120 * mb
	if !w.found(h, census{outer.number: 110 * mb}) || inner.End() != nil {
		t.Fatal("the callee is not to blame")
	}
	outer.Return()
	if outer.End() == nil || s.interrupts.Load() != 1 {
		t.Fatal("the caller is")
	}
}

// Without a census what runs is judged by estimates.
func TestEstimateStandsInForACensus(t *testing.T) {
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	h := &heap{allocated: 1, live: 10 * mb}
	w := still(0, h)
	a, charges := w.runner(Limits{Memory: 100 * mb})
	b, _ := w.runner(Limits{Memory: 100 * mb})
	a.Begin(&Account{})
	b.Begin(&Account{})
	w.step(h, 0)
	for range 30 {
		charges.charged += 20 * mb
		w.step(h, 21*mb)
		h.live += 20 * mb
		if w.memory.inspecting.Load() { // by then half of what is blamed is known to be live
			w.found(h, nil)
		}
	}
	if a.End() == nil || b.End() != nil {
		t.Fatal("the one that charged is to blame, and only that one")
	}
}

func TestEmergencyEndsThoseThatAllocateMost(t *testing.T) {
	h := &heap{allocated: 1, inUse: 600 * mb, live: 300 * mb}
	w := still(1000*mb, h)
	calm, _ := w.runner(Limits{})
	wild, charges := w.runner(Limits{})
	wilder, more := w.runner(Limits{})
	for _, r := range []*Runner{calm, wild, wilder} {
		r.Begin(&Account{})
	}
	w.step(h, 0)
	charges.charged, more.charged = 110*mb, 200*mb
	w.step(h, 310*mb)
	if err := wilder.End(); !strings.Contains(seen(err), "the heap came to 910 MB of 1000 MB") || !strings.Contains(seen(err), "some 200 MB") {
		t.Fatal(err, seen(err))
	}
	w.step(h, 20*mb) // before a collection has shown anything
	if calm.state.Load()&phaseMask == interrupted || wild.state.Load()&phaseMask == interrupted {
		t.Fatal("one was enough, two were ended")
	}
	charges.charged += 200 * mb
	w.step(h, 200*mb)
	if wild.End() == nil || calm.End() != nil {
		t.Fatal("the heap goes on growing, and the next is to blame")
	}
}

// The one that filled the heap may have ended when the heap is found full; who only ran beside it did nothing.
func TestEmergencySparesWhoOnlyRan(t *testing.T) {
	h := &heap{allocated: 1, inUse: 600 * mb, live: 300 * mb}
	w := still(1000*mb, h)
	shown := count{held: census{}}
	w.memory.count = func() (count, error) { return shown, nil }
	loop, _ := w.runner(Limits{})
	greedy, _ := w.runner(Limits{})
	loop.Begin(&Account{})
	greedy.Begin(&Account{})
	w.step(h, 0)
	w.step(h, 150*mb)
	shown.held[greedy.number] = 140 * mb
	if err := greedy.End(); err != nil {
		t.Fatal(err)
	}
	w.step(h, 180*mb) // garbage, mostly: 930 of 1000 MB
	if loop.state.Load()&phaseMask == interrupted {
		t.Fatal("it held nothing at the last collection")
	}
	greedy.Begin(&Account{})
	h.cycles++
	w.step(h, 0)
	if err := greedy.End(); !strings.Contains(seen(err), "some 140 MB") {
		t.Fatalf("it held most: %v %q", err, seen(err))
	}
	h.cycles += 2
	shown.held = census{}
	w.step(h, 40*mb)
	if err := loop.End(); err == nil { // 970 MB, and nobody is known to hold it
		t.Fatal("nobody else runs, and there is no room to wait for proof")
	}
}

func TestThoseThatHoldMostAreRetired(t *testing.T) {
	h := &heap{allocated: 1, live: 100 * mb, inUse: 100 * mb}
	w := still(1000*mb, h)
	big, bigSubject := w.runner(Limits{})
	small, smallSubject := w.runner(Limits{})
	for _, r := range []*Runner{big, small} {
		r.Begin(&Account{})
		w.step(h, 0)
		_ = r.End()
	}
	h.live, h.inUse, h.cycles = 700*mb, 710*mb, 7
	small.Begin(&Account{})
	w.step(h, 0)
	if !w.found(h, census{big.number: 590 * mb, small.number: 60 * mb}) {
		t.Fatal("no census was asked for")
	}
	if !strings.Contains(bigSubject.retired, "came to 700 MB of 1000 MB, and this isolate holds some 590 MB") || smallSubject.retired != "" {
		t.Fatalf("big: %q, small: %q", bigSubject.retired, smallSubject.retired)
	}
}

func TestStackBeyondAllMeasureEndsTheLongestTurn(t *testing.T) {
	h := &heap{allocated: 1, live: 100 * mb}
	w := still(1000*mb, h)
	deep, _ := w.runner(Limits{})
	short, _ := w.runner(Limits{})
	deep.Begin(&Account{})
	w.step(h, 0)
	w.step(h, 0)
	short.Begin(&Account{})
	h.stacks = 257 * mb
	w.step(h, 0)
	w.step(h, 0) // before a collection has given it back
	if err := deep.End(); seen(err) != "stacks came to 257 MB, and its turn had been running for longest" || short.End() != nil {
		t.Fatal(err, seen(err))
	}
}

func TestGateHasLargeAllocationsWaitForACollection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heap{inUse: 100 * mb}
		collections := 0
		g := &gate{ceiling: 1000 * mb, read: func() heap { return *h }, collect: func() { collections++; h.inUse = 100 * mb }}
		reserve := func(bytes int64) string {
			return g.reserve(time.Now, bytes, func(over func() bool) bool {
				for !over() {
					time.Sleep(ms)
				}
				return true
			})
		}
		for range 6 {
			if why := reserve(100 * mb); why != "" {
				t.Fatal(why)
			}
		}
		if collections != 0 {
			t.Fatal("there was room")
		}
		if why := reserve(100 * mb); why != "" || collections != 1 {
			t.Fatalf("%q, %d collections", why, collections)
		}
		h.inUse = 850 * mb
		g.collect = func() { collections++ }
		time.Sleep(time.Second)
		if why := reserve(100 * mb); why != "it asked for 100 MB where 850 MB of 1000 MB were in use" {
			t.Fatalf("%q", why)
		}
		if why := reserve(2 * mb); why != "" {
			t.Fatalf("what is small is not what fills the heap: %q", why)
		}
	})
}

// A turn that is interrupted while it waits for a collection waits no more, and others wait for the same collection: nobody holds the gate.
func TestGateLetsGoOfATurnThatIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heap{inUse: 800 * mb}
		w := still(1000*mb, h)
		collected := make(chan struct{})
		w.gate = &gate{ceiling: 1000 * mb, read: func() heap { return *h }, collect: func() { <-collected }}
		turns := make([]*Runner, 2)
		got := make([]error, 2)
		for i := range turns {
			turns[i], _ = w.runner(Limits{CPU: 10 * ms})
			turns[i].Begin(&Account{})
			go func() { got[i] = turns[i].Reserve(40 * mb) }()
		}
		synctest.Wait()
		for range 10 {
			w.pass(5*ms, 10*ms)
		}
		cause := errors.New("a reason")
		turns[0].lose(cause)
		time.Sleep(time.Second)
		synctest.Wait()
		if got[0] != cause || turns[0].End() != cause {
			t.Errorf("the one that was interrupted got %v", got[0])
		}
		if w.gate.collection == nil {
			t.Error("a collection is under way")
		}
		close(collected)
		w.gate.settle()
		time.Sleep(time.Second)
		synctest.Wait()
		if got[1] != nil {
			t.Errorf("the other one got %v", got[1])
		}
		if err := turns[1].End(); err != nil {
			t.Errorf("waiting took CPU time: %v", err)
		}
	})
}

// Who was given several times his limit in large pieces gets no more before it is known what he holds.
func TestLargeAllocationsWaitForACensus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heap{allocated: 1, live: 10 * mb}
		w := still(0, h)
		r, charges := w.runner(Limits{Memory: 100 * mb})
		r.Begin(&Account{})
		w.step(h, 0)
		given := 0
		var refused error
		go func() {
			for range 100 {
				charges.charged += 8 * mb
				if refused = r.Reserve(8 * mb); refused != nil {
					return
				}
				given += 8
			}
		}()
		synctest.Wait()
		if given != 200 {
			t.Fatalf("%d MB were given at once", given)
		}
		w.step(h, 200*mb)
		if !w.found(h, census{r.number: 5 * mb}) {
			t.Fatal("no census was asked for")
		}
		time.Sleep(10 * ms)
		synctest.Wait()
		if given != 408 { // the piece that waited is of before
			t.Fatalf("%d MB were given to one whose allocations are garbage", given)
		}
		w.step(h, 200*mb)
		if !w.found(h, census{r.number: 200 * mb}) {
			t.Fatal("no census was asked for")
		}
		time.Sleep(10 * ms)
		synctest.Wait()
		if given != 408 || refused == nil || r.End() != refused {
			t.Fatalf("%d MB were given, then %v", given, refused)
		}
	})
}

// hoard allocates in a Runner's name and keeps it.
type hoard struct {
	kept   [][]byte
	pieces int
	size   int
}

func (h *hoard) Do() {
	for range h.pieces {
		h.kept = append(h.kept, make([]byte, h.size))
	}
}

// inner does its work within another's.
type inner struct {
	own  hoard
	r    *Runner
	work Work
}

func (i *inner) Do() {
	i.own.Do()
	i.r.Within(i.work)
	i.own.Do()
}

func TestCensusTellsWhoHoldsWhat(t *testing.T) {
	w := still(0, &heap{})
	var rs []*Runner
	for range 40 {
		r, _ := w.runner(Limits{})
		rs = append(rs, r)
	}
	small, large, nested := &hoard{pieces: 20_000, size: 1000}, &hoard{pieces: 2, size: 40 * mb}, &hoard{pieces: 1000, size: 30_000}
	caller := &inner{own: hoard{pieces: 5, size: 10 * mb}, r: rs[33], work: nested}
	rs[0].Within(small)
	rs[17].Within(large)
	rs[39].Within(caller)
	garbage := &hoard{pieces: 50, size: mb}
	rs[5].Within(garbage)
	garbage.kept = nil
	runtime.GC()
	first, err := takeCount()
	if err != nil {
		t.Fatal(err)
	}
	late := &hoard{pieces: 60, size: mb} // as if made while the next collection marks
	rs[7].Within(late)
	runtime.GC()
	second, err := takeCount()
	if err != nil {
		t.Fatal(err)
	}
	if got := second.held[rs[7].number]; got < 50*mb {
		t.Fatalf("the newest holds %s by the census", size(got))
	}
	held := second.since(first)
	for _, c := range []struct {
		who  int
		want int64
	}{{0, 20 * mb}, {17, 80 * mb}, {39, 100 * mb}, {33, 30 * mb}, {5, 0}, {1, 0}, {7, 0}} {
		if got := held[rs[c.who].number]; got < c.want*6/10 || got > c.want*14/10 {
			t.Errorf("%d holds %s by the census, in truth %s", c.who, size(got), size(c.want))
		}
	}
	runtime.KeepAlive([]any{small, large, nested, caller, late})
}

func BenchmarkCensus(b *testing.B) {
	for b.Loop() {
		if _, err := takeCount(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWithin is what it costs a turn to say whose it is.
func BenchmarkWithin(b *testing.B) {
	w := still(0, &heap{})
	r, _ := w.runner(Limits{})
	h := &hoard{}
	for b.Loop() {
		r.Within(h)
	}
}
