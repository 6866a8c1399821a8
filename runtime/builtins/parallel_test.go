package builtins_test

import (
	"sync"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
)

// Runtimes on different goroutines share symbols, compiled helpers, locale data and the table of states.
func TestRuntimesInParallel(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			rt := goja.New()
			builtins.Install(rt)
			v, err := rt.RunString(`
				const log = [String(Symbol.asyncIterator), Symbol.dispose.description];
				log.push([1, 2].values().map((x) => x).toArray().length, JSON.stringify({ "\ufffd": 1 }));
				log.push((1234).toLocaleString("de"), new Date(0).toLocaleDateString("en", { timeZone: "Asia/Tokyo" }));
				log.push(["b", "a"].sort(new Intl.Collator("en").compare).join(""), new RegExp("\\p{L}", "u").test("é"));
				const s = new DisposableStack(); s.defer(() => log.push("gone")); s.dispose();
				Array.fromAsync([1]).then((a) => log.push(a.length));
				log.join()`)
			if err != nil {
				t.Error(err)
				return
			}
			const want = "Symbol(Symbol.asyncIterator),Symbol.dispose,2,{\"\ufffd\":1},1.234,1/1/1970,ab,true,gone"
			if got := v.String(); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	group.Wait()
}
