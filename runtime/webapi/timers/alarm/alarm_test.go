package alarm_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/strand"
	"github.com/bindery/bindery/runtime/webapi/timers/alarm"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// host counts what is pending.
type host struct {
	t      *testing.T
	realm  *webidl.Realm
	strand strand.Strand

	mu      sync.Mutex
	pending int // guarded by mu
}

func (h *host) Post(inv *invocation.Invocation, task func()) {
	h.strand.Post(func() {
		if err := h.realm.Enter(inv, task); err != nil {
			h.t.Error(err)
		}
	})
}

func (h *host) Pending(delta int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending += delta; h.pending < 0 {
		h.t.Error("less than nothing is pending")
	}
}

func (h *host) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pending
}

func (*host) Log(*invocation.Invocation, webidl.LogEntry)  {}
func (*host) Unhandled(*invocation.Invocation, goja.Value) {}

// Alarms that come due, are stopped and lose their invocation all at the same instants, from many goroutines: each ends exactly once, and
// nothing stays pending.
func TestEachAlarmEndsOnce(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			h := &host{t: t}
			h.realm = webidl.NewRealm(h)
			rnd := rand.New(rand.NewPCG(seed, 3))
			var mu sync.Mutex
			called, gone, stopped, made := 0, 0, 0, 0
			count := func(n *int) func() { return func() { mu.Lock(); *n++; mu.Unlock() } }
			for range 10 {
				inv := invocation.New("test", invocation.Limits{})
				var alarms []*alarm.Alarm
				h.Post(inv, func() {
					for range 20 {
						alarms = append(alarms, alarm.Set(h.realm, time.Duration(rnd.IntN(5))*time.Millisecond, count(&called), count(&gone)))
						made++
					}
				})
				synctest.Wait()
				for i, a := range alarms {
					if i%3 == 0 {
						time.AfterFunc(time.Duration(rnd.IntN(5))*time.Millisecond, func() {
							if a.Stop() {
								count(&stopped)()
							}
						})
					}
				}
				time.AfterFunc(time.Duration(rnd.IntN(5))*time.Millisecond, func() { inv.Release() })
			}
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if h.count() != 0 || called+gone+stopped != made {
				t.Errorf("%d pending; of %d alarms %d were called, %d stopped, %d lost", h.count(), made, called, stopped, gone)
			}
		})
	}
}

// The one timer behind all alarms goes by the earliest, also when that is set last or taken away.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &host{t: t}
		h.realm = webidl.NewRealm(h)
		inv := invocation.New("test", invocation.Limits{})
		defer inv.Release()
		start := time.Now()
		var got []time.Duration
		note := func() { got = append(got, time.Since(start)) }
		h.Post(inv, func() {
			alarm.Set(h.realm, 9*time.Millisecond, note, nil)
			alarm.Set(h.realm, 2*time.Millisecond, note, nil)
			first := alarm.Set(h.realm, time.Millisecond, note, nil)
			alarm.Set(h.realm, 5*time.Millisecond, func() { note(); alarm.Set(h.realm, time.Millisecond, note, nil) }, nil)
			if !first.Stop() || first.Stop() {
				t.Error("wrong answer of Stop")
			}
		})
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		want := []time.Duration{2, 5, 6, 9}
		for i := range want {
			if len(got) != len(want) || got[i] != want[i]*time.Millisecond {
				t.Fatalf("called at %v", got)
			}
		}
	})
}

// Of two alarms that one turn sets the one with the shorter time comes first, however long the turn takes between the two, or is kept from running;
// and none comes before its time.
func TestOrderOfOneTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &host{t: t}
		h.realm = webidl.NewRealm(h)
		inv := invocation.New("test", invocation.Limits{})
		defer inv.Release()
		start := time.Now()
		var got []string
		note := func(name string) func() {
			return func() { got = append(got, fmt.Sprint(name, " ", time.Since(start).Milliseconds())) }
		}
		h.Post(inv, func() {
			alarm.Set(h.realm, 6*time.Millisecond, note("b"), nil)
			time.Sleep(5 * time.Millisecond)
			alarm.Set(h.realm, 2*time.Millisecond, note("a"), nil)
			alarm.Set(h.realm, 6*time.Millisecond, note("c"), nil)
		})
		h.Post(inv, func() { // a turn that begins later
			alarm.Set(h.realm, time.Millisecond, note("d"), nil)
			alarm.Set(h.realm, 0, note("e"), nil)
		})
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		if list := strings.Join(got, ", "); list != "a 7, e 7, b 7, c 11, d 11" {
			t.Errorf("called at %s", list)
		}
	})
}

// An alarm that comes due while the turn that set it still runs waits for one that the turn sets after that, for a shorter time.
func TestOrderOfATurnThatOutlastsAnAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &host{t: t}
		h.realm = webidl.NewRealm(h)
		inv := invocation.New("test", invocation.Limits{})
		defer inv.Release()
		start := time.Now()
		var got []string
		note := func(name string) func() {
			return func() { got = append(got, fmt.Sprint(name, " ", time.Since(start).Milliseconds())) }
		}
		h.Post(inv, func() {
			alarm.Set(h.realm, 6*time.Millisecond, note("b"), nil)
			alarm.Set(h.realm, 7*time.Millisecond, note("c"), nil)
			stopped := alarm.Set(h.realm, 5*time.Millisecond, note("stopped"), nil)
			time.Sleep(10 * time.Millisecond)
			if !stopped.Stop() {
				t.Error("it was called within another turn")
			}
			alarm.Set(h.realm, 2*time.Millisecond, note("a"), nil)
		})
		time.Sleep(30 * time.Millisecond)
		synctest.Wait()
		if list := strings.Join(got, ", "); list != "a 12, b 12, c 12" || h.count() != 0 {
			t.Errorf("called at %s; %d are pending", list, h.count())
		}
	})
}
