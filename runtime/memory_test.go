package runtime_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/runtime"
)

// leaky keeps a few megabytes of objects at each request, in turns that are all short.
const leaky = `
	const hold = [];
	export default { async fetch(request) {
		const piece = [];
		for (let i = 0; i < 20_000; i++) piece.push({ i });
		if (request.url.includes("keep")) hold.push(piece);
		await null;
		return new Response(String(piece.length));
	} };`

// What a module's variables come to hold over many requests counts, and costs the isolate: a new one answers.
func TestMemoryHeldOverManyRequestsIsLimited(t *testing.T) {
	p, lines := guarded(t, leaky, runtime.GuardOptions{}, runtime.Limits{Memory: 100 << 20})
	for range 500 {
		a := get(p, "/keep")
		var limit *runtime.LimitError
		if a.err != nil && !errors.As(a.err, &limit) {
			t.Fatal(a.err)
		}
		if text := lines.String(); strings.Contains(text, "Worker exceeded memory limit. (its isolate held some") && strings.Contains(text, "limit: 100 MB") {
			if a := get(p, "/"); a.body != "20000" {
				t.Fatalf("a new isolate does not answer: %+v", a)
			}
			return
		}
	}
	t.Fatalf("gigabytes are held, and nobody says so: %s", lines)
}

// One that makes garbage beside one that holds: who holds is ended.
func TestOnlyTheOneThatHoldsIsEnded(t *testing.T) {
	g := runtime.NewGuard(runtime.GuardOptions{})
	t.Cleanup(g.Close)
	guard := func(source string) (*runtime.Pool, *log) {
		lines := &log{}
		s := script(t, source, lines)
		s.Guard, s.Limits = g, runtime.Limits{CPU: 20 * time.Second, Memory: 64 << 20}
		return runtime.NewPool(s, runtime.PoolOptions{Max: 1}), lines
	}
	holds, _ := guard(`export default { fetch() { const hold = []; for (;;) hold.push({ a: [1, 2, 3] }); } }`)
	wastes, _ := guard(`export default { fetch() {
		let n = 0;
		for (const end = Date.now() + 2000; Date.now() < end;) for (let i = 0; i < 1000; i++) n += [i, {}, [i]].length;
		return new Response("done " + (n > 0));
	} }`)
	waste := elsewhere(wastes)
	a := get(holds, "/")
	if a.err == nil || !strings.HasPrefix(a.err.Error(), "Worker exceeded memory limit.") {
		t.Fatalf("the one that holds: %+v", a)
	}
	if a := <-waste; a.body != "done true" {
		t.Fatalf("the one that makes garbage: %+v", a)
	}
}

// elsewhere asks a pool on a goroutine of its own.
func elsewhere(p *runtime.Pool) <-chan answer { return elsewhereAt(p, "/") }

func elsewhereAt(p *runtime.Pool, path string) <-chan answer {
	c := make(chan answer, 1)
	go func() { c <- get(p, path) }()
	return c
}
