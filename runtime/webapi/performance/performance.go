// Package performance is the global object performance (https://w3c.github.io/hr-time/, https://w3c.github.io/user-timing/ in part).
//
// Cloudflare freezes the clock while code runs, so that script cannot measure what its neighbours in the same process leave in the
// caches. Bindery runs the Workers of one owner, and a clock that stands still makes code unmeasurable: here time goes on, in steps
// of a millisecond, as Date.now does. performance.timeOrigin is 0 in workerd; ours is when the isolate first read the clock, so that
// timeOrigin + now() is the time.
package performance

import (
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// API is what this package adds to the global object.
var API = webidl.API{
	Classes: []webidl.Declared{class, entryClass, markClass, measureClass},
	Globals: []engine.Member{{Name: "performance", Make: func(rt *goja.Runtime) goja.Value {
		r := webidl.Of(rt)
		if r == nil {
			return engine.Hidden(goja.Undefined())
		}
		return class.New(r, &performance{origin: time.Now()})
	}}},
}

// maxEntries is how many marks and measures a realm keeps; with more, the oldest go.
const maxEntries = 1000

// performance is https://w3c.github.io/hr-time/#the-performance-interface.
type performance struct {
	event.Target
	origin  time.Time
	entries []*entry
}

// entry is https://w3c.github.io/performance-timeline/#the-performanceentry-interface.
type entry struct {
	name, kind      string
	start, duration float64
	detail          goja.Value
	object          *goja.Object
}

// Bind implements what webidl asks of a value that wants to know its object.
func (e *entry) Bind(_ *webidl.Realm, obj *goja.Object) { e.object = obj }

var (
	class        = webidl.NewClass[*performance]("Performance")
	entryClass   = webidl.NewClass[*entry]("PerformanceEntry")
	markClass    = webidl.NewClass[*entry]("PerformanceMark")
	measureClass = webidl.NewClass[*entry]("PerformanceMeasure")
)

// now is milliseconds since the origin.
func (p *performance) now() float64 { return float64(time.Since(p.origin).Milliseconds()) }

func init() {
	class.Extends(event.TargetClass.Interface).
		Method("now", 0, func(p *performance, c webidl.Call) goja.Value { return c.ToValue(p.now()) }).
		Getter("timeOrigin", func(p *performance, r *webidl.Realm) goja.Value { return r.ToValue(float64(p.origin.UnixMilli())) }).
		Method("mark", 1, mark).
		Method("measure", 1, measure).
		Method("clearMarks", 0, func(p *performance, c webidl.Call) goja.Value { return p.clear(c, "mark") }).
		Method("clearMeasures", 0, func(p *performance, c webidl.Call) goja.Value { return p.clear(c, "measure") }).
		Method("clearResourceTimings", 0, func(*performance, webidl.Call) goja.Value { return goja.Undefined() }).
		Method("getEntries", 0, func(p *performance, c webidl.Call) goja.Value {
			return p.list(c, func(*entry) bool { return true })
		}).
		Method("getEntriesByType", 1, func(p *performance, c webidl.Call) goja.Value {
			kind := c.String(0)
			return p.list(c, func(e *entry) bool { return e.kind == kind })
		}).
		Method("getEntriesByName", 1, func(p *performance, c webidl.Call) goja.Value {
			name, kind := c.String(0), ""
			if c.Has(1) {
				kind = c.String(1)
			}
			return p.list(c, func(e *entry) bool { return e.name == name && (kind == "" || e.kind == kind) })
		}).
		Method("toJSON", 0, func(p *performance, c webidl.Call) goja.Value {
			obj := c.VM.NewObject()
			c.Put(obj, "timeOrigin", c.ToValue(float64(p.origin.UnixMilli())))
			return obj
		})
	entryClass.
		Getter("name", func(e *entry, r *webidl.Realm) goja.Value { return r.Str(e.name) }).
		Getter("entryType", func(e *entry, r *webidl.Realm) goja.Value { return r.Str(e.kind) }).
		Getter("startTime", func(e *entry, r *webidl.Realm) goja.Value { return r.ToValue(e.start) }).
		Getter("duration", func(e *entry, r *webidl.Realm) goja.Value { return r.ToValue(e.duration) }).
		Method("toJSON", 0, func(e *entry, c webidl.Call) goja.Value {
			obj := c.VM.NewObject()
			c.Put(obj, "name", c.Str(e.name))
			c.Put(obj, "entryType", c.Str(e.kind))
			c.Put(obj, "startTime", c.ToValue(e.start))
			c.Put(obj, "duration", c.ToValue(e.duration))
			return obj
		})
	detail := func(e *entry, _ *webidl.Realm) goja.Value {
		if e.detail == nil {
			return goja.Null()
		}
		return e.detail
	}
	markClass.Extends(entryClass.Interface).Getter("detail", detail)
	measureClass.Extends(entryClass.Interface).Getter("detail", detail)
}

func mark(p *performance, c webidl.Call) goja.Value {
	e := &entry{name: c.String(0), kind: "mark", start: p.now()}
	d := c.Dict(1)
	if v, ok := d.Get("startTime"); ok {
		if e.start = c.Number(v); e.start < 0 {
			panic(c.TypeError("Failed to execute '%s': the startTime must not be negative", c.Name))
		}
	}
	e.detail, _ = d.Get("detail")
	p.keep(e)
	return markClass.New(c.Realm, e)
}

// measure is https://w3c.github.io/user-timing/#measure-method, for marks of this realm and times.
func measure(p *performance, c webidl.Call) goja.Value {
	e := &entry{name: c.String(0), kind: "measure"}
	end := p.now()
	if obj, ok := c.Arg(1).(*goja.Object); ok {
		d := c.Dictionary(obj)
		e.detail, _ = d.Get("detail")
		start, hasStart := d.Get("start")
		stop, hasEnd := d.Get("end")
		duration, hasDuration := d.Get("duration")
		if hasStart && hasEnd && hasDuration {
			panic(c.TypeError("Failed to execute '%s': start, end and duration must not be given all three", c.Name))
		}
		if hasStart {
			e.start = p.at(c, start)
		}
		switch {
		case hasEnd:
			end = p.at(c, stop)
			if hasDuration {
				e.start = end - c.Number(duration)
			}
		case hasStart && hasDuration:
			end = e.start + c.Number(duration)
		}
	} else {
		if c.Has(1) {
			e.start = p.at(c, c.Arg(1))
		}
		if c.Has(2) {
			end = p.at(c, c.Arg(2))
		}
	}
	e.duration = end - e.start
	p.keep(e)
	return measureClass.New(c.Realm, e)
}

// at is a time, given as such or as the name of a mark.
func (p *performance) at(c webidl.Call, v goja.Value) float64 {
	if goja.IsNumber(v) {
		return c.Number(v)
	}
	name := c.USVString(v)
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := p.entries[i]; e.kind == "mark" && e.name == name {
			return e.start
		}
	}
	panic(c.DOMException("SyntaxError", "Failed to execute '%s': The mark '%s' does not exist.", c.Name, name))
}

func (p *performance) keep(e *entry) {
	if len(p.entries) >= maxEntries {
		p.entries = append(p.entries[:0], p.entries[maxEntries/2:]...)
	}
	p.entries = append(p.entries, e)
}

func (p *performance) clear(c webidl.Call, kind string) goja.Value {
	name, all := "", !c.Has(0)
	if !all {
		name = c.String(0)
	}
	var kept []*entry
	for _, e := range p.entries {
		if e.kind != kind || !all && e.name != name {
			kept = append(kept, e)
		}
	}
	p.entries = kept
	return goja.Undefined()
}

func (p *performance) list(c webidl.Call, want func(*entry) bool) goja.Value {
	list := []goja.Value{}
	for _, e := range p.entries {
		if want(e) {
			list = append(list, e.object)
		}
	}
	return c.Array(list...)
}
