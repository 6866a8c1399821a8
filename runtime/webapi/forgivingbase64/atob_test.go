package forgivingbase64_test

import (
	"strconv"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/base64"
	"github.com/bindery/bindery/runtime/webapi/webidl"
	"github.com/bindery/bindery/runtime/webapi/wpt"
)

func TestMain(m *testing.M) { runtimetest.Main(m, base64.API) }

func TestBase64JSONThroughAtob(t *testing.T) {
	data := wpt.Data(t, "fetch/data-urls/resources/base64.json")
	count := wpt.NewTally(t, "base64.json")
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString("(" + tryAtob + ")(" + string(data) + ")")
		if err != nil {
			t.Error(err)
			return
		}
		for _, entry := range r.Sequence(v) {
			pair := r.Sequence(entry)
			count.Check(strconv.QuoteToASCII(pair[0].String()), pair[1].String())
		}
	})
	count.Done()
}

// tryAtob also holds that what atob gives comes back from btoa.
const tryAtob = `(rows) => rows.map(([input, bytes]) => {
	let got;
	try { got = atob(input) } catch (e) { return [input, bytes === null && e.name === "InvalidCharacterError" ? "" : String(e)] }
	const codes = [...got].map((c) => c.charCodeAt(0)).join();
	if (bytes === null || codes !== bytes.join()) return [input, "gives " + codes];
	return [input, atob(btoa(got)) === got ? "" : "btoa gives " + btoa(got)];
})`
