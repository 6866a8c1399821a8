package fetch_test

import (
	"sync"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// One request and one response in many isolates at once: what each does with its own objects must not show in another, nor race.
func TestManyRealmsShareOneMessage(t *testing.T) {
	q := incoming()
	p := &fetch.ResponseData{Status: 200, Headers: incoming().Headers, Body: q.Body, CF: `{"a":1}`}
	q.Headers.Freeze()
	p.Headers.Freeze()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			rt := runtimetest.New(t)
			rt.Do(func(r *webidl.Realm) {
				_ = r.VM.Set("q", fetch.NewRequestObject(r, q, fetch.Options{Immutable: true}))
				_ = r.VM.Set("p", fetch.NewResponseObject(r, p))
			})
			rt.Async(`
				const m = new Request("http://y/", q.clone()), s = new Response(p.clone().body, p);
				m.headers.set("host", "mine"); s.headers.delete("host"); p.cf.a++; s.cf.b = 2;
				const data = await m.arrayBuffer(); new Uint8Array(data).fill(0);
				return [q.headers.get("host"), m.headers.get("host"), s.headers.has("host"), await q.text(), (await s.json()).a, JSON.stringify(s.cf)].join()`,
			).Want(`value of host,mine,false,{"a":1,"b":[1,2,3]},1,{"a":1,"b":2}`)
			rt.Do(func(r *webidl.Realm) {
				clone, _ := fetch.ResponseOf(r.VM.Get("p"))
				if taken, err := clone.Take(r); err != nil || taken == p || taken.CF != `{"a":2}` {
					t.Errorf("got %+v, %v", taken, err)
				}
			})
		})
	}
	wg.Wait()
}
