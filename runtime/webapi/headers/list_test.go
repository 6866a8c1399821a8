package headers_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/bindery/bindery/runtime/webapi/headers"
)

func text(l *headers.List) string {
	s := ""
	for name, value := range l.All() {
		s += name + "=" + value + ";"
	}
	return s
}

func want(t *testing.T, l *headers.List, want string) {
	t.Helper()
	if got := text(l); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestListChanges(t *testing.T) {
	l := headers.New()
	l.Append("Content-Type", "a")
	l.Append("X-Odd-One", "b")
	l.Append("x-odd-one", "c")
	want(t, l, "content-type=a;x-odd-one=b;x-odd-one=c;")
	if v, ok := l.Get("X-ODD-one"); v != "b, c" || !ok {
		t.Errorf("got %q, %v", v, ok)
	}
	if v, ok := l.Get("x-odd"); v != "" || ok {
		t.Errorf("got %q, %v", v, ok)
	}
	l.Set("X-Odd-One", "d")
	want(t, l, "content-type=a;x-odd-one=d;")
	l.Set("new", "e")
	l.Delete("CONTENT-TYPE")
	l.Delete("absent")
	want(t, l, "x-odd-one=d;new=e;")
}

// A change of one list must never show in another that shares its memory, whichever is changed, and however often they are cloned.
func TestListIsCopiedOnWrite(t *testing.T) {
	changes := map[string]func(*headers.List){
		"append": func(l *headers.List) { l.Append("b", "2") },
		"set":    func(l *headers.List) { l.Set("a", "2") },
		"delete": func(l *headers.List) { l.Delete("a") },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			original := headers.New(headers.Pair{Name: "a", Value: "1"}, headers.Pair{Name: "z", Value: "9"})
			original.Append("y", "8") // leaves spare capacity behind
			before := text(original)
			first := original.Clone()
			second := first.Clone()
			change(first)
			want(t, original, before)
			want(t, second, before)
			change(original)
			want(t, second, before)
			changed := text(first)
			change(second)
			want(t, first, changed)
			want(t, original, changed)
		})
	}
}

func TestFrozenListIsSharedByMany(t *testing.T) {
	l := headers.New(headers.Pair{Name: "a", Value: "1"}).Freeze()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := l.Freeze().Clone()
			c.Set("a", fmt.Sprint(i))
			if v, _ := c.Get("a"); v != fmt.Sprint(i) {
				t.Errorf("got %q", v)
			}
		})
	}
	wg.Wait()
	want(t, l, "a=1;")
	defer func() {
		if recover() == nil {
			t.Error("a frozen list could be changed")
		}
	}()
	l.Append("b", "2")
}

func TestNilList(t *testing.T) {
	var l *headers.List
	if l.Len() != 0 || l.Has("a") || l.Sorted() != nil || l.Freeze() != nil || len(l.HTTP()) != 0 {
		t.Error("a nil list is not empty")
	}
	want(t, l, "")
	c := l.Clone()
	c.Append("a", "1")
	want(t, c, "a=1;")
}

func TestHTTP(t *testing.T) {
	h := http.Header{"Content-Type": {"text/plain"}, "Set-Cookie": {"a=1", "b=2"}, "X-Strange-Thing": {"s"}}
	l := headers.FromHTTP(h)
	if l.Len() != 4 || !slices.Equal(l.Values("set-cookie"), []string{"a=1", "b=2"}) {
		t.Fatalf("got %s", text(l))
	}
	back := l.HTTP()
	if fmt.Sprint(back) != fmt.Sprint(h) {
		t.Errorf("got %v, want %v", back, h)
	}
	back["Content-Type"] = append(back["Content-Type"], "other")
	if fmt.Sprint(back["Set-Cookie"], back["X-Strange-Thing"]) != "[a=1 b=2] [s]" {
		t.Errorf("values share memory they may grow into: %v", back)
	}
}

func TestLower(t *testing.T) {
	for _, name := range []string{"Content-Type", "content-type", "X-Strange-THING", "", "CONTENT-TYPE"} {
		if got := headers.Lower(name); got != http.Header(map[string][]string{}).Get(name)+lower(name) {
			t.Errorf("got %q", got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { headers.Lower("Content-Type") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func TestGetDoesNotAllocate(t *testing.T) {
	l := headers.New(headers.Pair{Name: "accept", Value: "a"}, headers.Pair{Name: "x-strange", Value: "b"})
	if n := testing.AllocsPerRun(100, func() { l.Get("X-Strange"); l.Clone().Len() }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
