package body_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bindery/bindery/runtime/body"
)

func readAll(t *testing.T, s body.Stream) string {
	t.Helper()
	b, err := io.ReadAll(body.NewReader(context.Background(), s))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWholeBodyIsReadAnyNumberOfTimes(t *testing.T) {
	b := body.Bytes([]byte("hello"))
	for range 2 {
		if got := readAll(t, b.Stream()); got != "hello" {
			t.Fatalf("got %q", got)
		}
	}
	if whole, ok := b.Whole(); !ok || string(whole) != "hello" || b.Size() != 5 || b.IsLive() {
		t.Fatalf("Whole = %q, %v", whole, ok)
	}
	var none *body.Body
	if whole, ok := none.Whole(); !ok || len(whole) != 0 || none.Size() != 0 {
		t.Fatal("no body is whole and empty")
	}
}

type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error { c.closed++; return nil }

func TestReaderStream(t *testing.T) {
	c := &closer{Reader: strings.NewReader(strings.Repeat("x", 100_000))}
	if got := readAll(t, body.FromReader(c)); len(got) != 100_000 || c.closed != 1 {
		t.Fatalf("read %d bytes, closed %d times", len(got), c.closed)
	}
	c = &closer{Reader: strings.NewReader("x")}
	s := body.FromReader(c)
	s.Cancel(nil)
	s.Cancel(nil)
	if c.closed != 1 {
		t.Fatalf("closed %d times, want once", c.closed)
	}
}

// failing delivers n chunks and then err.
type failing struct {
	n         int
	err       error
	cancelled error
}

func (f *failing) Pull(deliver func([]byte, error)) {
	if f.n == 0 {
		deliver(nil, f.err)
		return
	}
	f.n--
	deliver([]byte{byte(f.n)}, nil)
}

func (f *failing) Cancel(reason error) { f.cancelled = reason }

func TestErrorsReachBothSidesOfATee(t *testing.T) {
	boom := errors.New("boom")
	a, b := body.TeeStream(&failing{n: 3, err: boom})
	for _, s := range []body.Stream{a, b} {
		got, err := io.ReadAll(body.NewReader(context.Background(), s))
		if !errors.Is(err, boom) || !bytes.Equal(got, []byte{2, 1, 0}) {
			t.Fatalf("got %v, %v", got, err)
		}
	}
}

func TestTeeCancelsItsSourceWhenBothSidesAre(t *testing.T) {
	src := &failing{n: 3}
	a, b := body.TeeStream(src)
	boom := errors.New("boom")
	a.Cancel(boom)
	if src.cancelled != nil {
		t.Fatal("one side was cancelled, the source must go on")
	}
	b.Cancel(boom)
	if src.cancelled == nil {
		t.Fatal("both sides were cancelled, the source must be")
	}
}

func TestReaderStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	gone := errors.New("gone")
	cancel(gone)
	src := &stuck{}
	if _, err := body.NewReader(ctx, src).Read(make([]byte, 1)); !errors.Is(err, gone) {
		t.Fatalf("got %v", err)
	}
	if !errors.Is(src.cancelled, gone) {
		t.Fatal("the stream was not cancelled")
	}
}

type stuck struct{ cancelled error }

func (s *stuck) Pull(func([]byte, error)) {}
func (s *stuck) Cancel(reason error)      { s.cancelled = reason }

// Both sides of a tee give the whole text, however their reads interleave.
func TestTeeInterleaved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "chunks")
		a, b := body.TeeStream(&failing{n: n, err: io.EOF})
		sides := []body.Stream{a, b}
		var got [2][]byte
		var ended [2]bool
		for !ended[0] || !ended[1] {
			i := rapid.IntRange(0, 1).Draw(t, "side")
			if ended[i] {
				i = 1 - i
			}
			sides[i].Pull(func(c []byte, err error) {
				got[i] = append(got[i], c...)
				ended[i] = err != nil
			})
		}
		if len(got[0]) != n || !bytes.Equal(got[0], got[1]) {
			t.Fatalf("got %v and %v, want %d bytes each", got[0], got[1], n)
		}
	})
}
