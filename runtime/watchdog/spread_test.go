package watchdog

import "testing"

func TestThreadsFollowLongTurns(t *testing.T) {
	w := still(0, &heap{})
	var set []int
	w.spread = &spread{base: 4, now: 4, set: func(n int) { set = append(set, n) }}
	var runners []*Runner
	for range 40 {
		r, _ := w.runner(Limits{})
		runners = append(runners, r)
	}
	run := func(n, looks int) (now int) {
		for _, r := range runners[:n] {
			r.Begin(&Account{})
		}
		for range looks {
			w.pass(5*ms, 5*ms*40)
		}
		for _, r := range runners[:n] {
			_ = r.End()
		}
		return w.spread.now
	}
	if n := run(3, 2); n != 4 {
		t.Fatalf("%d threads for turns of 5 ms", n)
	}
	if n := run(3, 4); n != 7 {
		t.Fatalf("%d threads for 3 long turns", n)
	}
	if n := run(1, 10); n != 7 {
		t.Fatalf("%d threads, so soon after 3 long turns", n)
	}
	if n := run(1, calmLooks+10); n != 5 {
		t.Fatalf("%d threads for 1 long turn", n)
	}
	if n := run(40, 4); n != 4*mostThreads {
		t.Fatalf("%d threads for 40 long turns", n)
	}
	if w.spread.undo(); set[len(set)-1] != 4 {
		t.Fatalf("set to %v", set)
	}
}
