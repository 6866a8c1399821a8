package fuzz_test

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"regexp"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"

	_ "github.com/bindery/bindery/runtime" // installs what every isolate has
)

var (
	//go:embed walk.js
	walkJS string
	//go:embed instances.js
	instancesJS string
	//go:embed values.js
	valuesJS string
	//go:embed steps.js
	stepsJS string
)

var (
	walkProgram      = goja.MustCompile("walk.js", walkJS, true)
	instancesProgram = goja.MustCompile("instances.js", instancesJS, false)
	valuesProgram    = goja.MustCompile("values.js", valuesJS, false)
	stepsProgram     = goja.MustCompile("steps.js", stepsJS, true)
	canaryProgram    = goja.MustCompile("canary.js", canaryJS, true)
)

// canaryJS must give the same value whatever happened before: nothing in it may have been broken by calls of native functions.
const canaryJS = `(async () => {
	const h = new Headers([["a", "b"]]); h.append("a", "c");
	const r = new Response(new Blob(["x", new Uint8Array([121])]).stream());
	const u = new URL("../b?c=d", "http://h/a/"); u.searchParams.append("e", "f");
	const clone = structuredClone(new Map([[1, { a: [1n] }]]));
	return [h.get("a"), await r.text(), u.href, clone.get(1).a[0], new TextDecoder().decode(new TextEncoder().encode("é")), atob(btoa("z")),
		JSON.stringify({ a: [1] }), [...Iterator.from([1, 2]).map((x) => x * 2)].join()].join("|");
})()`

const canaryWant = "b, c|xy|http://h/b?c=d&e=f|1|é|z|{\"a\":[1]}|2,4"

// Names of dictionary members, and algorithms: what an API looks for in an object.
var (
	names = strings.Fields(`a length then next done value return throw message name stack cause toString method headers body signal redirect cf status
		statusText encodeBodyInto webSocket type mode highWaterMark size start pull cancel write close abort transform flush readableType autoAllocateChunkSize preventClose
		preventAbort preventCancel min view once passive capture handleEvent detail data error filename lineno colno promise reason bubbles cancelable composed fatal
		ignoreBOM stream endings lastModified transfer protocol username password hostname port pathname search hash baseURL ignoreCase startTime duration start end
		depth priority delay expectedLength hash iv salt info iterations namedCurve kty k alg crv x y use key_ops ext locale style minimumFractionDigits maximumFractionDigits timeZone
		dateStyle timeStyle hour12 numeric currency unit notation alphabet lastChunkHandling maxByteLength constructor index raw duplex url credentials encodeBody`)
	algorithms = strings.Fields(`SHA-1 SHA-256 SHA-512 MD5 AES-GCM AES-CBC AES-CTR AES-KW HMAC ECDSA ECDH Ed25519 X25519 RSA-OAEP RSA-PSS RSASSA-PKCS1-v1_5
		PBKDF2 HKDF P-256 P-384 P-521 raw spki pkcs8 jwk __proto__`)
)

// goText is what no script may ever see: the insides of Go.
var goText = regexp.MustCompile(`runtime error|reflect:|reflect\.|interface conversion|%!|goja\.|\*goja|webidl:|engine:|0xc0|github\.com|\.go:\d|index out of range|nil pointer|<nil>|strconv\.|internal error|unexpected end of JSON input$|slice bounds`)

// realm is one realm under fire.
type realm struct {
	*webidl.Realm
	t     testing.TB
	meter bounds.Meter
	trace []string
	dead  bool // interrupted: only the process must survive

	mu      sync.Mutex
	tasks   []posted // guarded by mu
	closed  bool     // guarded by mu
	pending int      // guarded by mu
	came    *sync.Cond
}

type posted struct {
	inv  *invocation.Invocation
	task func()
}

func newRealm(t testing.TB) *realm {
	r := &realm{t: t}
	r.came = sync.NewCond(&r.mu)
	r.Realm = webidl.NewRealm(r)
	r.VM.SetMaxCallStackSize(10_000)
	bounds.SetMeter(r.Realm, &r.meter)
	return r
}

// Post implements webidl.Host.
func (r *realm) Post(inv *invocation.Invocation, task func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.tasks = append(r.tasks, posted{inv, task})
	}
	r.came.Broadcast()
}

// Pending implements webidl.Host.
func (r *realm) Pending(delta int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending += delta
	r.came.Broadcast()
}

// settle waits for work under way, and runs the tasks that come.
func (r *realm) settle() {
	r.mu.Lock()
	for r.pending > 0 && len(r.tasks) == 0 {
		r.came.Wait()
	}
	r.mu.Unlock()
	r.drain(1000)
}

// maxLog is the longest message that a log must take.
const maxLog = 70 << 10

// Log implements webidl.Host.
func (r *realm) Log(_ *invocation.Invocation, e webidl.LogEntry) {
	if len(e.Text) > 20*maxLog { // groups indent up to 20 levels
		r.fail("a log entry of %d bytes", len(e.Text))
	}
	r.look(e.Text)
}

// Unhandled implements webidl.Host.
func (r *realm) Unhandled(_ *invocation.Invocation, reason goja.Value) { r.caught(reason) }

func (r *realm) caught(v goja.Value) {
	t := r.Describe(v)
	r.look(t.Class + t.Error())
}

// engineText is goja's own text where "+object" finds no way to a primitive, to its end, which may be cut off: no Go code of ours is on that way.
var engineText = regexp.MustCompile(`(?s)Could not convert &\{.*?( to primitive|$)`)

func (r *realm) look(text string) {
	text = engineText.ReplaceAllString(text, "")
	if m := goText.FindString(text); m != "" {
		at := strings.Index(text, m)
		r.fail("script sees Go's inside: %q", text[max(0, at-200):min(len(text), at+200)])
	}
}

func (r *realm) fail(format string, args ...any) {
	r.t.Helper()
	text := fmt.Sprintf(format, args...)
	if _, again := told.LoadOrStore(strings.Map(withoutDigits, text[:min(len(text), 120)]), true); again {
		r.t.Fail()
		return
	}
	r.t.Errorf("%s\nafter\n%s", text, r.story())
}

// told are the failures whose story has been told: the same fault is often met.
var told sync.Map

func withoutDigits(c rune) rune {
	if c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
		return '#'
	}
	return c
}

// traceFile, where it is set, takes the calls as they are made, for what ends the process.
var traceFile = sync.OnceValue(func() *os.File {
	f, _ := os.Create(os.Getenv("BINDERY_FUZZ_TRACE")) // nil, which swallows what is written, if it is not set
	return f
})

func (r *realm) note(text string) {
	r.trace = append(r.trace, text)
	if f := traceFile(); f != nil {
		fmt.Fprintln(f, text)
	}
}

// story is the calls that led to the failure, the last ones.
func (r *realm) story() string { return strings.Join(r.trace[max(0, len(r.trace)-40):], "\n") }

// Limits of one turn: script is interrupted after the first time, and native code that goes on for the second is a fault.
const (
	interruptAfter = 250 * time.Millisecond
	hungAfter      = 20 * time.Second
	maxHeap        = 3 << 30
)

// enter runs one turn. It reports false when the realm is lost.
func (r *realm) enter(inv *invocation.Invocation, patience time.Duration, task func()) {
	interrupt := time.AfterFunc(patience, func() {
		r.VM.Interrupt("fuzz")
		r.meter.Interrupt()
	})
	stop := make(chan struct{})
	go r.guard(stop)
	err := r.recovered(func() error { return r.Enter(inv, task) })
	close(stop)
	interrupt.Stop()
	r.VM.ClearInterrupt()
	r.meter.Clear()
	var ex *goja.Exception
	switch {
	case err == nil:
	case errors.As(err, &ex):
		r.caught(ex.Value())
	default:
		r.dead = true
	}
}

// guard ends the process, with the story, when native code neither ends nor stops allocating.
func (r *realm) guard(stop chan struct{}) {
	deadline := time.After(hungAfter)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			var m goruntime.MemStats
			goruntime.ReadMemStats(&m)
			if m.HeapAlloc < maxHeap {
				continue
			}
			fmt.Fprintf(os.Stderr, "heap of %d MB after\n%s\n", m.HeapAlloc>>20, r.story())
		case <-deadline:
			fmt.Fprintf(os.Stderr, "hung after\n%s\n", r.story())
		}
		debug.SetTraceback("all")
		panic("fuzz: a native function goes on without end")
	}
}

func (r *realm) recovered(fn func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			r.fail("Go panic: %v\n%s", x, debug.Stack())
			err = errors.New("panic")
		}
	}()
	return fn()
}

// drain runs what was posted, up to a number of turns: script may start timers for ever.
func (r *realm) drain(turns int) {
	for ; turns > 0 && !r.dead; turns-- {
		r.mu.Lock()
		if len(r.tasks) == 0 {
			r.mu.Unlock()
			return
		}
		p := r.tasks[0]
		r.tasks = r.tasks[1:]
		r.mu.Unlock()
		r.enter(p.inv, interruptAfter, p.task)
	}
}

func (r *realm) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed, r.tasks = true, nil
}

// must gives the value of a program of ours.
func (r *realm) must(p *goja.Program) goja.Value {
	v, err := r.VM.RunProgram(p)
	if err != nil {
		panic(err)
	}
	return v
}

func (r *realm) invoke(fn goja.Value, args ...goja.Value) goja.Value {
	return r.Invoke(r.Callback(fn, "harness"), goja.Undefined(), args...)
}

// members gives the native members of the realm: ours, which are tested, and the engine's, which they may rely on.
func (r *realm) members(instances *goja.Object) (ours, engines *goja.Object) {
	var made []goja.Value
	r.VM.ForOf(instances, func(fn goja.Value) bool {
		v := r.invoke(fn)
		if p := webidl.PromiseOf(v); p != nil && p.State() == goja.PromiseStateFulfilled {
			v = p.Result()
		}
		made = append(made, v)
		return true
	})
	all := r.invoke(r.must(walkProgram), r.Array(made...)).(*goja.Object)
	var lists [2][]goja.Value
	r.VM.ForOf(all, func(v goja.Value) bool {
		i := 0
		if enginePaths()[v.(*goja.Object).Get("path").String()] {
			i = 1
		}
		lists[i] = append(lists[i], v)
		return true
	})
	return r.Array(lists[0]...), r.Array(lists[1]...)
}

// enginePaths are the members of goja itself, but for those that package builtins replaces.
var enginePaths = sync.OnceValue(func() map[string]bool {
	vm := goja.New()
	walk, err := vm.RunProgram(walkProgram)
	if err != nil {
		panic(err)
	}
	fn, _ := goja.AssertFunction(walk)
	list, err := fn(goja.Undefined(), vm.NewArray())
	if err != nil {
		panic(err)
	}
	paths := make(map[string]bool)
	vm.ForOf(list, func(v goja.Value) bool {
		paths[v.(*goja.Object).Get("path").String()] = true
		return true
	})
	for _, p := range builtins.Properties() {
		delete(paths, p.Key())
	}
	return paths
})

// source gives numbers from bytes; when these are used up, from a generator that they seed.
type source struct {
	data  []byte
	state uint64
}

func newSource(data []byte) *source {
	s := &source{data: data, state: 0x9e3779b97f4a7c15}
	for _, b := range data {
		s.state = (s.state ^ uint64(b)) * 0x100000001b3
	}
	return s
}

func (s *source) next(n int) int {
	if n <= 0 {
		return 0
	}
	if len(s.data) >= 2 {
		x := int(s.data[0])<<8 | int(s.data[1])
		s.data = s.data[2:]
		return x % n
	}
	s.state ^= s.state << 13
	s.state ^= s.state >> 7
	s.state ^= s.state << 17
	return int(s.state>>1) % n
}

// native makes a function of the harness.
func (r *realm) native(fn func(v goja.Value) goja.Value) goja.Value {
	return engine.NewFunction(r.VM, "", 1, func(c goja.FunctionCall) goja.Value {
		if v := fn(c.Argument(0)); v != nil {
			return v
		}
		return goja.Undefined()
	})
}

func (r *realm) list(words []string) goja.Value {
	var values []goja.Value
	for _, w := range words {
		values = append(values, r.Str(w))
	}
	return r.Array(values...)
}
