package store

import (
	"fmt"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// A follower takes entries off the end of its log when the leader has others there. What is left must be readable after a restart.
func TestTruncatedLogOpensAgain(t *testing.T) {
	dir := t.TempDir()
	open := func() *checkedLog {
		t.Helper()
		l, err := openLog(dir, hclog.NewNullLogger())
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	write := func(l *checkedLog, from, to, term uint64) {
		t.Helper()
		for i := from; i <= to; i++ {
			if err := l.StoreLog(&raft.Log{Index: i, Term: term, Data: fmt.Appendf(nil, "%d of %d", i, term)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	l := open()
	write(l, 1, 10, 1)
	for term := uint64(2); term < 6; term++ {
		if err := l.DeleteRange(8, 10); err != nil {
			t.Fatal(err)
		}
		if term%2 == 0 { // what comes in its place may come before or after the restart
			write(l, 8, 10, term)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open()
		if term%2 != 0 {
			write(l, 8, 10, term)
		}
		for i := uint64(1); i <= 10; i++ {
			want := uint64(1)
			if i >= 8 {
				want = term
			}
			var got raft.Log
			if err := l.GetLog(i, &got); err != nil || got.Term != want {
				t.Errorf("entry %d is of term %d, want %d: %v", i, got.Term, want, err)
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
