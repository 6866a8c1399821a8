package fuzz_test

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Each case is turns of so many calls in one realm.
const (
	turnsPerCase = 4
	callsPerTurn = 12
	pollutions   = 30 // in one case of three, before the calls
)

// assault makes the calls that data stands for and checks what comes of them.
func assault(t testing.TB, data []byte) {
	t.Helper()
	r := newRealm(t)
	inv := invocation.New("fuzz", invocation.Limits{})
	var harness *goja.Object
	s := newSource(data)
	r.enter(inv, time.Minute, func() {
		instances, values := r.must(instancesProgram), r.must(valuesProgram)
		ask := r.native(func(v goja.Value) goja.Value { return r.ToValue(s.next(int(v.ToInteger()))) })
		trace := r.native(func(v goja.Value) goja.Value { r.note(v.String()); return nil })
		caught := r.native(func(v goja.Value) goja.Value { r.caught(v); return nil })
		settled := 0
		kept := r.native(func(v goja.Value) goja.Value {
			if p := webidl.PromiseOf(v); p != nil {
				if settled++; settled%2 == 0 { // the others are left unhandled
					engine.Then(r.VM, p, func(goja.Value) {}, r.caught)
					return r.ToValue(true)
				}
			}
			return nil
		})
		ours, engines := r.members(instances.(*goja.Object))
		harness = r.invoke(r.must(stepsProgram), ours, engines, instances, values, r.list(names), r.list(algorithms), ask, trace, caught, kept).(*goja.Object)
	})
	if r.dead || harness == nil {
		t.Fatal("the harness does not work in a fresh realm")
	}
	polluted := s.next(3) == 0
	if polluted {
		r.enter(inv, interruptAfter, func() { r.invoke(harness.Get("pollute"), r.ToValue(pollutions)) })
	}
	for range turnsPerCase {
		if r.dead {
			break
		}
		r.enter(inv, interruptAfter, func() { r.invoke(harness.Get("steps"), r.ToValue(callsPerTurn)) })
		r.drain(30)
	}
	inv.Release()
	r.drain(100)
	if !r.dead && !polluted {
		r.canary()
	}
	r.close()
}

// canary runs a script that uses everything and must give the same as ever.
func (r *realm) canary() {
	r.t.Helper()
	inv := invocation.New("canary", invocation.Limits{})
	defer inv.Release()
	var p *goja.Promise
	r.enter(inv, time.Minute, func() { p = webidl.PromiseOf(r.must(canaryProgram)) })
	for range 1000 {
		if p == nil || p.State() != goja.PromiseStatePending {
			break
		}
		r.drain(10)
	}
	switch {
	case p == nil || p.State() == goja.PromiseStatePending:
		r.fail("the canary never ended")
	case p.State() == goja.PromiseStateRejected:
		r.fail("the canary threw %v", r.Describe(p.Result()))
	case p.Result().String() != canaryWant:
		r.fail("the canary gave\n%s, want\n%s", p.Result(), canaryWant)
	}
}

// TestMain bounds the engine's own built-ins, which are reached through ours.
func TestMain(m *testing.M) {
	bounds.Install()
	os.Exit(m.Run())
}

// TestAssault is the part of FuzzAssault that runs each time: cases by number.
func TestAssault(t *testing.T) {
	cases := 90
	if testing.Short() {
		cases = 20
	}
	if n, err := strconv.Atoi(os.Getenv("BINDERY_FUZZ_CASES")); err == nil {
		cases = n // for a longer search than each run affords
	}
	for n := range cases {
		assault(t, binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
}

// FuzzAssault throws hostile calls at all native members.
func FuzzAssault(f *testing.F) {
	for n := range 20 {
		f.Add(binary.BigEndian.AppendUint64(nil, uint64(n)*0x9e3779b97f4a7c15))
	}
	f.Fuzz(func(t *testing.T, data []byte) { assault(t, data) })
}

// TestEveryClassHasAnInstance keeps instances.js complete: without an instance a class's members are only called on wrong receivers.
func TestEveryClassHasAnInstance(t *testing.T) {
	r := newRealm(t)
	inv := invocation.New("test", invocation.Limits{})
	defer inv.Release()
	var missing, broken string
	r.enter(inv, time.Minute, func() {
		instances := r.must(instancesProgram)
		check := goja.MustCompile("check.js", `(instances, members) => {
			const made = [], broken = [], missing = new Set();
			for (const make of instances) { try { made.push(make()); } catch (e) { broken.push(make + ": " + e); } }
			for (const m of members) {
				const d = Object.getOwnPropertyDescriptor(m.holder, Symbol.toStringTag);
				if (d && typeof d.value === "string" && Object.hasOwn(m.holder, "constructor") && !made.some((v) => m.holder.isPrototypeOf?.(v) || Object.prototype.isPrototypeOf.call(m.holder, v)))
					missing.add(d.value);
			}
			return [[...missing].join(), broken.join("\n")];
		}`, true)
		ours, _ := r.members(instances.(*goja.Object))
		out := r.invoke(r.must(check), instances, ours).(*goja.Object)
		missing, broken = out.Get("0").String(), out.Get("1").String()
	})
	for _, name := range strings.Split(missing, ",") {
		switch name {
		case "", "BigInt": // a primitive
		case "CryptoKey": // made by a promise
		case "ExecutionContext", "FetchEvent": // made by an isolate: see isolate_test.go
		default:
			t.Errorf("instances.js makes no %s", name)
		}
	}
	if broken != "" {
		t.Errorf("instances.js is wrong:\n%s", broken)
	}
}
