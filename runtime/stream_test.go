package runtime_test

import (
	"io"
	"testing"

	"github.com/bindery/bindery/runtime"
	bytestream "github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

// streamed calls a Worker and gives a function that reads the answer's live body.
func streamed(t *testing.T, p *runtime.Pool, path string) (read func() string) {
	t.Helper()
	inv := invocation.New("test", invocation.Limits{})
	got := make(chan *fetch.ResponseData, 1)
	p.Do(inv, &runtime.Fetch{
		Invocation: inv, Request: &fetch.RequestData{Method: "GET", URL: "http://x" + path, Headers: headers.New()},
		Done: func(d *fetch.ResponseData, err error) {
			if err != nil {
				t.Error(err)
			}
			got <- d
		},
	})
	return func() string {
		d := <-got
		if d == nil {
			return ""
		}
		b, err := io.ReadAll(bytestream.NewReader(t.Context(), d.Body.Stream()))
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
}

// What makes a body works in the name of the call whose body it is, also where the answer came in the call's first turn or in another
// call's.
func TestBodyIsMadeInTheNameOfItsCall(t *testing.T) {
	p := runtime.NewPool(script(t, `
		let go;
		const gate = new Promise(resolve => go = resolve);
		const dripping = () => {
			let n = 0;
			return new Response(new ReadableStream({ async pull(controller) {
				await new Promise(resolve => setTimeout(resolve, 1));
				if (n++ === 3) controller.close(); else controller.enqueue(new TextEncoder().encode(String(n)));
			} }, { highWaterMark: 0 }));
		};
		export default { fetch(request) {
			switch (new URL(request.url).pathname) {
			case "/now": return dripping();
			case "/later":
				const waits = setInterval(() => {}, 1000);
				return gate.then(() => { clearInterval(waits); return dripping() });
			case "/go": go(); return new Response("gone");
			}
		} }`, &log{}), runtime.PoolOptions{Max: 1})
	if got := streamed(t, p, "/now")(); got != "123" {
		t.Errorf("answered at once: got %q, want 123", got)
	}
	later := streamed(t, p, "/later")
	if a := get(p, "/go"); a.body != "gone" {
		t.Fatal(a)
	}
	if got := later(); got != "123" {
		t.Errorf("answered in another call's turn: got %q, want 123", got)
	}
}
