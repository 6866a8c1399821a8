package watchdog

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// subject is a Subject that remembers.
type subject struct {
	interrupts atomic.Int32
	cause      error
	charged    int64
	retired    string
	lost       error
}

func (s *subject) Interrupt(cause error) { s.cause = cause; s.interrupts.Add(1) }
func (s *subject) Charged() int64        { return s.charged }
func (s *subject) Retire(why string)     { s.retired = why }
func (s *subject) Lose(cause error)      { s.lost = cause }

// still is a watchdog that looks when it is told to.
func still(ceiling int64, h *heap) *Watchdog {
	w := &Watchdog{now: time.Now, running: newSlots(nil), bell: make(chan struct{}, 1), memory: newMemory(ceiling)}
	w.memory.read = func() heap { return *h }
	w.memory.inspect = func(func()) { w.memory.inspecting.Store(true) }
	w.begin()
	return w
}

func (w *Watchdog) runner(limits Limits) (*Runner, *subject) {
	r, s := &Runner{}, &subject{}
	r.Init(w, s, limits, &Load{})
	return r, s
}

// pass is one look after a time in which the process had cpu.
func (w *Watchdog) pass(elapsed, cpu time.Duration) {
	w.look(w.last.Add(elapsed), w.cpu+cpu)
}

const ms = time.Millisecond

func TestTimeIsChargedToTheInnermost(t *testing.T) {
	w := still(0, &heap{})
	outer, _ := w.runner(Limits{})
	inner, _ := w.runner(Limits{})
	var a, b Account
	outer.Begin(&a)
	w.pass(5*ms, 5*ms)
	w.pass(5*ms, 5*ms)
	outer.Call()
	inner.Begin(&b)
	w.pass(5*ms, 5*ms)
	w.pass(5*ms, 5*ms)
	w.pass(5*ms, 5*ms)
	_ = inner.End()
	outer.Return()
	w.pass(5*ms, 5*ms)
	_ = outer.End()
	w.pass(5*ms, 5*ms)
	if a.Used() != 15*ms || b.Used() != 15*ms {
		t.Fatalf("outer used %v, inner %v, want 15ms each", a.Used(), b.Used())
	}
}

func TestChargeIsCPUTime(t *testing.T) {
	for _, c := range []struct {
		name         string
		turns        int
		elapsed, cpu time.Duration
		want         time.Duration
	}{
		{"alone", 1, 5 * ms, 5 * ms, 5 * ms},
		{"two on two processors", 2, 5 * ms, 10 * ms, 5 * ms},
		{"four on two processors", 4, 5 * ms, 10 * ms, 2500 * time.Microsecond},
		{"collector beside it", 1, 5 * ms, 9 * ms, 5 * ms},
		{"process was stopped", 1, 10 * time.Second, 2 * ms, 2 * ms},
		{"all was held up by one", 3, 17 * time.Second, 5500 * ms, mostCharged},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := still(0, &heap{})
			accounts := make([]Account, c.turns)
			for i := range accounts {
				r, _ := w.runner(Limits{})
				r.Begin(&accounts[i])
			}
			w.pass(0, 0)
			w.pass(c.elapsed, c.cpu)
			for i := range accounts {
				if got := accounts[i].Used(); got != c.want {
					t.Errorf("turn %d used %v, want %v", i, got, c.want)
				}
			}
		})
	}
}

func TestCPULimit(t *testing.T) {
	w := still(0, &heap{})
	r, s := w.runner(Limits{CPU: 20 * ms, Startup: 40 * ms})
	var a Account
	for range 3 { // one budget for all turns of an invocation
		r.Begin(&a)
		w.pass(5*ms, 5*ms)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
	}
	r.Begin(&a)
	w.pass(5*ms, 5*ms)
	w.pass(5*ms, 5*ms)
	w.pass(5*ms, 5*ms)
	err := r.End()
	if err == nil || !strings.Contains(err.Error(), "limit: 20 ms, set by limits.cpu_ms") || s.interrupts.Load() != 1 {
		t.Fatalf("%v after %d interrupts", err, s.interrupts.Load())
	}
	other, _ := w.runner(Limits{CPU: 20 * ms, Startup: 40 * ms})
	other.Begin(nil)
	for range 8 {
		w.pass(5*ms, 5*ms)
	}
	if err := other.End(); err != nil {
		t.Fatalf("top-level code may take 40 ms: %v", err)
	}
	other.Begin(nil)
	w.pass(5*ms, 5*ms)
	if err := other.End(); err == nil || !strings.Contains(err.Error(), "top-level") {
		t.Fatal(err)
	}
}

// Where more run than there are processors a turn that was kept from running seems to have had its share: it is not ended before that comes to more than
// such a turn can seem to have had.
func TestBenefitOfTheDoubt(t *testing.T) {
	for _, c := range []struct {
		name  string
		turns int
		cpu   time.Duration // of the process, in each 5 ms
		want  time.Duration // what each has used when it is ended
	}{
		{"alone", 1, 5 * ms, 100 * ms},
		{"two on two processors", 2, 10 * ms, 100 * ms},
		{"alone on a machine that has other work", 1, 2 * ms, 100 * ms},
		{"two on two processors that have other work", 2, 8 * ms, 133 * ms}, // of each 4 ms 1 are in doubt
		{"four on two processors", 4, 10 * ms, 100*ms + mostDoubt},
		{"kept from running beside three", 4, 2 * ms, 100*ms + mostDoubt},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := still(0, &heap{})
			accounts, runners := make([]Account, c.turns), make([]*Runner, c.turns)
			for i := range accounts {
				runners[i], _ = w.runner(Limits{CPU: 100 * ms})
				runners[i].Begin(&accounts[i])
			}
			for range 10_000 {
				w.pass(5*ms, c.cpu)
			}
			for i, r := range runners {
				if got := accounts[i].Used(); got < c.want || got > c.want+5*ms || r.End() == nil {
					t.Errorf("turn %d is ended at %v, want %v", i, got, c.want)
				}
			}
		})
	}
}

// What native code used between turns ends the next turn, however short.
func TestChargesBetweenTurns(t *testing.T) {
	w := still(0, &heap{})
	r, _ := w.runner(Limits{CPU: 20 * ms})
	var a Account
	r.Begin(&a)
	a.Charge(20 * ms)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	r.Begin(&a)
	if err := r.End(); err != nil {
		t.Fatalf("20 ms are not too many: %v", err)
	}
	a.Charge(ms)
	r.Begin(&a)
	if err := r.End(); err == nil || !strings.Contains(err.Error(), "CPU time") {
		t.Fatal(err)
	}
}

func TestLongTurnsAreCounted(t *testing.T) {
	w := still(0, &heap{})
	r, _ := w.runner(Limits{})
	r.Begin(&Account{})
	w.pass(5*ms, 5*ms)
	w.pass(5*ms, 5*ms)
	if n := r.load.Long(); n != 0 {
		t.Fatalf("%d long turns after 5 ms that were seen", n)
	}
	w.pass(5*ms, 5*ms)
	if n := r.load.Long(); n != 1 {
		t.Fatalf("%d long turns, want 1", n)
	}
	_ = r.End()
	if n := r.load.Long(); n != 0 {
		t.Fatalf("%d long turns after the end", n)
	}
}

// No turn is interrupted that another turn's limit was meant for.
func TestClaimMeetsItsOwnTurnOnly(t *testing.T) {
	w := still(0, &heap{})
	r, s := w.runner(Limits{})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for turn := uint64(1); ; turn++ {
			select {
			case <-stop:
				return
			default:
				now := r.state.Load() >> phaseBits
				r.claim(now, cpuError(time.Duration(now)*ms))
			}
		}
	})
	var a Account
	for i := range 20_000 {
		before := s.interrupts.Load()
		r.Begin(&a)
		turn := r.state.Load() >> phaseBits
		err := r.End()
		if after := s.interrupts.Load(); (err != nil) != (after > before) {
			t.Fatalf("turn %d: %d interrupts, End gives %v", i, after-before, err)
		}
		if err != nil && err.Error() != cpuError(time.Duration(turn)*ms).Error() {
			t.Fatalf("turn %d got %v", turn, err)
		}
	}
	close(stop)
	wg.Wait()
	if n := r.load.Long(); n != 0 {
		t.Fatalf("%d long turns left", n)
	}
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New(Options{})
		defer w.Close()
		d := w.Deadlines(30 * time.Second)
		begin := time.Now()
		var mu sync.Mutex
		got := map[string]time.Duration{}
		entry := func(name string) *Deadline {
			return &Deadline{Expire: func() { mu.Lock(); defer mu.Unlock(); got[name] = time.Since(begin) }}
		}
		taken, first := entry("taken back"), entry("first")
		d.Add(taken)
		d.Add(first)
		<-time.After(10 * time.Second)
		d.Add(entry("second"))
		if !d.Remove(taken) || d.Remove(taken) {
			t.Error("an entry can be taken back once")
		}
		<-time.After(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if len(got) != 2 || got["first"] < 30*time.Second || got["first"] > 31*time.Second || got["second"] < 40*time.Second || got["second"] > 41*time.Second {
			t.Errorf("expired: %v", got)
		}
		if d.Remove(first) {
			t.Error("what has expired can't be taken back")
		}
	})
}

// With nothing to watch the watchdog sleeps, and what begins wakes it.
func TestSleepsAndWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New(Options{})
		defer w.Close()
		r, _ := w.runner(Limits{})
		for range 3 {
			<-time.After(time.Second)
			synctest.Wait()
			if !w.asleep.Load() {
				t.Fatal("awake with nothing to do")
			}
			r.Begin(&Account{})
			synctest.Wait()
			if w.asleep.Load() {
				t.Fatal("asleep beside a turn")
			}
			_ = r.End()
		}
	})
}

func TestSlotsGrow(t *testing.T) {
	w := still(0, &heap{})
	var runners []*Runner
	for range 3 * chunkSize {
		r, _ := w.runner(Limits{})
		r.Begin(&Account{})
		runners = append(runners, r)
	}
	if got := len(w.running.all(nil)); got != len(runners) {
		t.Fatalf("%d listed, want %d", got, len(runners))
	}
	for _, r := range runners {
		_ = r.End()
	}
	if got := len(w.running.all(nil)); got != 0 {
		t.Fatalf("%d listed after all ended", got)
	}
}

func BenchmarkTurn(b *testing.B) {
	w := New(Options{})
	defer w.Close()
	r, _ := w.runner(Limits{CPU: time.Second})
	var a Account
	b.ReportAllocs()
	for b.Loop() {
		r.Begin(&a)
		_ = r.End()
	}
}
