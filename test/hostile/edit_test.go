package hostile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// editPatience is how long it may take until an edit is served or refused.
const editPatience = time.Minute

// good is what a Worker is before it is edited and after.
func good(version int) string {
	return fmt.Sprintf("export default { fetch() { return new Response(\"good %d\"); } };\n", version)
}

// A source text that can't be compiled or loaded is an edit of a Worker that is served: the fault is told, the last good version and
// the others are served on, and the next edit mends it.
func TestEdits(t *testing.T) {
	edits := chosen(readAll(t), true)
	var before []*hostile
	for _, h := range edits {
		b := *h
		b.source, b.generate = good(1), nil
		before = append(before, &b)
	}
	f := newFleet(t, before)
	for _, h := range edits {
		t.Run(h.id(), func(t *testing.T) {
			s := f.server(t)
			s.resetPeak()
			// However it ends, the next server and the next edit find a good version.
			defer write(t, filepath.Join(f.dir, h.id(), h.file), good(1))
			f.edit(t, s, h)
			if s.dead(0) {
				t.Fatalf("the process died of the edit\n%s", s.trace())
			}
			if peak := s.highWater(); peak > ceiling {
				t.Errorf("resident memory was %d MB, more than %d", peak>>20, ceiling>>20)
			}
			f.count(t, s)
		})
	}
}

func (f *fleet) edit(t *testing.T, s *server, h *hostile) {
	t.Helper()
	file := filepath.Join(f.dir, h.id(), h.file)
	from := s.mark()
	began := time.Now()
	replace(t, file, h.text(t))
	verdict, ok := s.wait(from, editPatience, func(l line) bool {
		return l.Type == "fault" || l.Type == "long" || l.Type == "swap" && slices.Contains(l.Changed, h.id())
	})
	took := time.Since(began)
	if !ok {
		if s.dead(300 * time.Millisecond) {
			t.Fatalf("the process died of the edit\n%s", s.trace())
		}
		s.kill("an edit of " + h.id() + " came to no end")
		<-s.died
		t.Fatalf("the edit was neither served nor refused within %v", editPatience)
	}
	switch verdict.Type {
	case "long":
		t.Errorf("a line of output is longer than %d bytes: %.200s", longestLine, verdict.raw)
	case "swap":
		a := s.get(h.id(), h.cpu+grace)
		check(t, s, h, a, h.expect, fmt.Sprintf("edit served after %v", took), from)
	default:
		checkFault(t, h, verdict, took)
		if a := s.get(h.id(), h.cpu+grace); a.body != "good 1" {
			t.Errorf("the last good version is not served: %v", a)
		}
	}
	from = s.mark()
	replace(t, file, good(2))
	if _, ok := s.wait(from, editPatience, func(l line) bool {
		return l.Type == "swap" && slices.Contains(l.Changed, h.id()) || l.Type == "repaired"
	}); !ok {
		t.Fatalf("the edit that mends it was not served; dead: %v\n%s", s.dead(0), s.trace())
	}
	if a := s.get(h.id(), h.cpu+grace); a.body != "good 2" {
		t.Errorf("the version that mends it is not served: %v", a)
	}
	from = s.mark()
	replace(t, file, good(1)) // as the next server would find it
	s.wait(from, editPatience, func(l line) bool { return l.Type == "swap" })
}

// replace writes a file at once, as editors do: nobody sees half of it.
func replace(t *testing.T, file, text string) {
	t.Helper()
	whole := filepath.Join(t.TempDir(), "whole")
	write(t, whole, text)
	if err := os.Rename(whole, file); err != nil {
		t.Fatal(err)
	}
}

// checkFault compares a fault with what is wanted. It must name the Worker or its file.
func checkFault(t *testing.T, h *hostile, l line, took time.Duration) {
	t.Helper()
	for _, m := range l.Messages {
		if !strings.Contains(m.File, h.id()) && !strings.Contains(m.Message, h.id()) {
			continue
		}
		if slices.ContainsFunc(h.expect, func(o outcome) bool { return o.status == 0 && has(m.Message, o.texts) }) {
			return
		}
	}
	t.Errorf("fault after %v: %.600s, want %v", took, l.raw, h.expect)
}
