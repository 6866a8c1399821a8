package runtime

import (
	"encoding/json"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// executionContext is the ctx that a handler receives
// (https://developers.cloudflare.com/workers/runtime-apis/context/).
type executionContext struct {
	iso   *Isolate
	inv   *invocation.Invocation
	given json.RawMessage // the binding's
	props goja.Value
}

var contextClass = webidl.NewClass[*executionContext]("ExecutionContext")

func init() {
	contextClass.
		Method("waitUntil", 1, func(c *executionContext, call webidl.Call) goja.Value {
			c.iso.waitUntil(c.inv, call.Arg(0))
			return goja.Undefined()
		}).
		Method("passThroughOnException", 0, func(*executionContext, webidl.Call) goja.Value {
			return goja.Undefined() // no origin server stands behind a Worker here: there is nothing to pass to
		}).
		Getter("props", func(c *executionContext, r *webidl.Realm) goja.Value {
			if c.props == nil {
				c.props = parseProps(r, c.given)
			}
			return c.props
		})
}

// parseProps makes the object that a binding's configuration gave, {} where it gave none.
func parseProps(r *webidl.Realm, props json.RawMessage) goja.Value {
	if len(props) == 0 {
		return r.VM.NewObject()
	}
	return r.Invoke(r.Intrinsic("JSON.parse"), goja.Undefined(), r.Str(string(props)))
}

func (iso *Isolate) newContext(inv *invocation.Invocation, props json.RawMessage) *goja.Object {
	return contextClass.New(iso.Realm, &executionContext{iso: iso, inv: inv, given: props})
}

// waitUntil keeps inv alive until v settles; a rejection is reported.
func (iso *Isolate) waitUntil(inv *invocation.Invocation, v goja.Value) {
	if !inv.HoldWait() {
		return
	}
	c := &call{iso: iso, inv: inv, job: &waitJob{iso: iso, inv: inv}, background: true}
	iso.add(c)
	iso.Realm.ThenAsync(v, c.fulfil, func(reason goja.Value) { c.fail(iso.Realm.Describe(reason)) })
}

// waitJob is the call that stands for a waitUntil promise.
type waitJob struct {
	iso *Isolate
	inv *invocation.Invocation
}

func (*waitJob) Start(*Isolate) goja.Value      { return nil }
func (*waitJob) Fulfilled(*Isolate, goja.Value) {}
func (j *waitJob) Failed(err error) {
	t, ok := err.(*webidl.Thrown)
	if !ok {
		t = &webidl.Thrown{Class: "Error", Message: err.Error()}
	}
	j.iso.report(j.inv, t, "waitUntil")
}
