package timers

import (
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/timers/alarm"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// scheduler is the global object of that name. It has no state.
type scheduler struct{}

var schedulerClass = webidl.NewClass[*scheduler]("Scheduler").Hide()

func init() {
	schedulerClass.AsyncMethod("wait", 1, wait)
}

// wait gives a promise that is fulfilled after a time, or rejected when options.signal is aborted before.
func wait(_ *scheduler, c webidl.Call) goja.Value {
	ms := delay(c.Number(c.Arg(0)))
	var signal *event.Signal
	if v, ok := c.Dict(1).Get("signal"); ok {
		if signal, ok = event.SignalOf(v); !ok {
			panic(c.TypeError("Failed to execute '%s': the member 'signal' of its options is not of type 'AbortSignal'.", c.Name))
		}
	}
	if c.Invocation() == nil {
		panic(c.Error(webidl.GlobalScope))
	}
	d := c.NewDeferred()
	if signal != nil && signal.Aborted() {
		d.Reject(signal.Reason())
		return d.Value()
	}
	remove := func() {}
	a := alarm.Set(c.Realm, time.Duration(ms)*time.Millisecond, func() {
		remove()
		d.Resolve(goja.Undefined())
	}, nil)
	if signal != nil {
		remove = signal.OnAbort(func() {
			if a.Stop() {
				d.Reject(signal.Reason())
			}
		})
	}
	return d.Value()
}
