package performance_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/performance"
	"github.com/bindery/bindery/runtime/webapi/timers"
)

func TestMain(m *testing.M) { runtimetest.Main(m, event.API, timers.API, performance.API) }

func TestPerformance(t *testing.T) {
	for _, c := range []runtimetest.Case{
		{Src: `const a = performance.now(); await scheduler.wait(1500); return performance.now() - a`, Want: "1500"},
		{Src: `performance.now(); await scheduler.wait(20); return performance.timeOrigin + performance.now() === Date.now()`, Want: "true"},
		{Src: `performance.mark("a"); await scheduler.wait(5); const m = performance.measure("m", "a"); return [m.name, m.entryType, m.duration, m instanceof PerformanceEntry, m instanceof PerformanceMeasure].join()`, Want: "m,measure,5,true,true"},
		{Src: `const m = performance.mark("a", { startTime: 4, detail: 9 }); [m.startTime, m.detail, performance.mark("b").detail, JSON.stringify(m)].join(" ")`, Want: `4 9  {"name":"a","entryType":"mark","startTime":4,"duration":0}`},
		{Src: `performance.mark("a", { startTime: -1 })`, Want: "throws TypeError"},
		{Src: `performance.measure("m", "none")`, Want: "throws SyntaxError: Failed to execute 'Performance.measure': The mark 'none' does not exist."},
		{Src: `const m = performance.measure("m", { start: 3, duration: 4 }); m.startTime + "+" + m.duration`, Want: "3+4"},
		{Src: `const m = performance.measure("m", { end: 9, duration: 4 }); m.startTime + "+" + m.duration`, Want: "5+4"},
		{Src: `performance.measure("m", { start: 3, end: 4, duration: 4 })`, Want: "throws TypeError"},
		{Src: `performance.measure("m", 2, 7).duration`, Want: "5"},
		{Src: `performance.mark("a"); performance.mark("b"); performance.measure("a", "b"); const n = () => performance.getEntries().length; const l = [n(), performance.getEntriesByName("a").length, performance.getEntriesByName("a", "mark").length, performance.getEntriesByType("mark").length]; performance.clearMarks("a"); l.push(n()); performance.clearMarks(); l.push(n()); performance.clearMeasures(); l.push(n()); l.join()`, Want: "3,2,1,2,2,1,0"},
		{Src: `for (let i = 0; i < 3000; i++) performance.mark("a" + i); performance.getEntries().length <= 1000 && performance.getEntriesByName("a2999").length === 1`, Want: "true"},
		{Src: `performance.getEntriesByName("x").length`, Want: "0"},
		{Src: `performance === performance && performance instanceof EventTarget && typeof performance.toJSON().timeOrigin`, Want: "number"},
		{Src: `new Performance()`, Want: "throws TypeError: Illegal constructor"},
	} {
		t.Run("", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(t, c) })
		})
	}
}

// run is runtimetest.Table for one case: a test in a bubble can have no subtests.
func run(t *testing.T, c runtimetest.Case) {
	rt := runtimetest.New(t)
	var res *runtimetest.Result
	if strings.Contains(c.Src, "await ") {
		res = rt.Async(c.Src)
	} else {
		res = rt.Run(c.Src)
	}
	if want, ok := strings.CutPrefix(c.Want, "throws "); ok {
		res.WantError(want)
	} else {
		res.Want(c.Want)
	}
}
