package sim_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// TestFailover kills the leader again and again, and asks how long it takes until a command is committed. Time here is the timers' and the
// network's alone; what disks and processors add is for tests of real processes.
func TestFailover(t *testing.T) {
	dir := workDir(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, 1, dir)
		defer s.end(func() {})
		s.form()
		var took []time.Duration
		for range 30 {
			m := s.leader()
			for ; m == nil; m = s.leader() {
				time.Sleep(10 * time.Millisecond)
			}
			m.kill(t)
			began := time.Now()
			for !s.commits() {
				time.Sleep(5 * time.Millisecond)
			}
			took = append(took, time.Since(began))
			s.restart(m)
			time.Sleep(5 * time.Second)
		}
		slices.Sort(took)
		median, worst := took[len(took)/2], took[len(took)-1]
		t.Logf("from the leader's death to the next commit: %v in the middle, %v at most", median, worst)
		if median > time.Second {
			t.Errorf("it takes %v in the middle, want 1 s at most", median)
		}
	})
}

// commits tries to have a command committed.
func (s *schedule) commits() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, m := range s.members {
		if !m.leads() {
			continue
		}
		_, err := m.store.Load().Propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_PutNode{PutNode: &binderyv1.PutNode{Node: &binderyv1.Node{Id: "x"}}}})
		if err == nil {
			return true
		}
	}
	return false
}
