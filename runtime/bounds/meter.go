package bounds

import (
	"fmt"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Defaults of a Meter and bounds that no Meter changes.
const (
	// DefaultLimit is how many bytes one allocation may take.
	DefaultLimit = 128 << 20
	// MaxBigIntBits is how long a BigInt may get. Multiplying two that long takes tens of milliseconds, and nothing can interrupt it.
	MaxBigIntBits = 1 << 21
	// MaxArguments is how many arguments apply and its like pass on.
	MaxArguments = 1 << 18
	// MaxDepth is how deep built-ins may call each other, through whatever script put between them. An interrupt passes through all of them by
	// new panics, in quadratic time: a second for 2,000.
	MaxDepth = 2000
)

// Meter watches what the built-ins of one realm do. It may be part of its owner's struct; the zero Meter has the defaults and no hook. A nil one is like it, and counts
// nothing. Its methods may be called
// from any goroutine but for Charge, which belongs to the strand; the fields must not change once script runs.
type Meter struct {
	// Limit is how many bytes one allocation may take; 0 means DefaultLimit.
	Limit int64
	// OnCharge, if any, is told of bytes allocated, in lots of some ten kilobytes where they come in small pieces. An error ends
	// the built-in: script sees a RangeError with its text; an error that is a *goja.InterruptedError ends script instead. Called on
	// the strand.
	OnCharge func(bytes int64) error

	charged atomic.Int64
	flag    uint32  // not 0 when an interrupt waits
	engine  *uint32 // goja's own mark of one, nil if unknown
}

// SetMeter gives a realm its Meter. Call it before script runs.
func SetMeter(r *webidl.Realm, m *Meter) {
	s := stateOf(r)
	s.meter = m
	m.engine = inner.interruptFlag(r.VM)
	if m.engine == nil {
		s.flag = &m.flag
	}
}

// MeterOf gives the Meter of a realm, nil if it has none.
func MeterOf(r *webidl.Realm) *Meter { return stateOf(r).meter }

// Charged is how many bytes the built-ins have allocated so far, whatever has become of them since. Safe from any goroutine.
func (m *Meter) Charged() int64 { return m.charged.Load() }

// Charge counts, and tells the hook of, bytes that were or will be allocated. Errors: one that says so if bytes is more than one allocation may
// take, else what the hook returned.
func (m *Meter) Charge(bytes int64) error {
	if limit := m.limit(); bytes > limit {
		return fmt.Errorf("allocation of %d bytes is more than the limit of %d", bytes, limit)
	}
	if m == nil {
		return nil
	}
	m.charged.Add(bytes)
	if m.OnCharge == nil {
		return nil
	}
	return m.OnCharge(bytes)
}

// Interrupt has the built-ins that run now, or next, stop. Where package engine is native, Runtime.Interrupt is enough; elsewhere call
// this beside it, after it: a built-in that sees the mark lets goja raise the interrupt, which has the value given there.
func (m *Meter) Interrupt() { atomic.StoreUint32(&m.flag, 1) }

// Clear takes an Interrupt back; with Runtime.ClearInterrupt.
func (m *Meter) Clear() { atomic.StoreUint32(&m.flag, 0) }

// Poll reports whether an interrupt waits. Go code that works long for script calls it now and then; Check does so for a realm.
func (m *Meter) Poll() bool {
	return m != nil && (atomic.LoadUint32(&m.flag) != 0 || m.engine != nil && atomic.LoadUint32(m.engine) != 0)
}

func (m *Meter) limit() int64 {
	if m == nil || m.Limit == 0 {
		return DefaultLimit
	}
	return m.Limit
}

// Check ends script with goja's *goja.InterruptedError, by a panic as native functions throw, if an interrupt waits. For Go code called by script
// that works long.
func Check(r *webidl.Realm) { stateOf(r).poll() }

// Poll is Check for a runtime; it does nothing in one that is no realm.
func Poll(rt *goja.Runtime) {
	if s := of(rt); s != nil {
		s.poll()
	}
}

// Charge charges bytes that a native function of r is about to allocate. It throws a RangeError (panics as native functions do)
// when they are too many.
func Charge(r *webidl.Realm, bytes int64) { stateOf(r).charge(bytes, textAllocation) }

// ChargeSum is Charge of bytes more for something that is gathered, and takes sum bytes by now.
func ChargeSum(r *webidl.Realm, bytes, sum int64) {
	s := stateOf(r)
	s.fits(sum, 1, textAllocation)
	s.chargeSmall(bytes)
}

// ChargeText is Charge of the text that data becomes, which nothing is allocated for if it is ASCII.
func ChargeText(r *webidl.Realm, data []byte) {
	s := stateOf(r)
	if len(data) > smallLot {
		s.fits(int64(len(data)), 1, textString)
		for _, c := range data {
			if c >= utf8.RuneSelf {
				s.charge(int64(len(data))*2, textString)
				return
			}
		}
	}
}

// ChargeJSON is Charge of what JSON becomes when it is read.
func ChargeJSON(r *webidl.Realm, text []byte) {
	stateOf(r).chargeJSON(unsafe.String(unsafe.SliceData(text), len(text)), int64(len(text)))
}

// V8's texts.
const (
	textString     = "Invalid string length"
	textArray      = "Invalid array length"
	textBuffer     = "Array buffer allocation failed"
	textBigInt     = "Maximum BigInt size exceeded"
	textStack      = "Maximum call stack size exceeded"
	textAllocation = "Allocation failed: too large"
)

// state is what the guarded built-ins of one realm share. Only its strand uses it.
type state struct {
	rt      *goja.Runtime
	meter   *Meter
	depth   int
	small   int64   // bytes of small allocations not yet charged
	flag    *uint32 // not 0 when an interrupt waits
	library map[string]native
	exec    *goja.Object // RegExp.prototype.exec, where only goja's public API is used
	arrays  *goja.Object // %Array.prototype%, once it was asked for
	joining []*goja.Object

	matched   uintptr // the text that goja copied last to find matches in
	replacing *replacing
	replacer  *goja.Object
	failing   bool // an error is being made: what that calls may begin

	frames    *int // how many frames script's stack has
	flat      int  // how many it had when the innermost guarded built-in began
	unwinding any  // the panic that a built-in which ends has stopped
	nextSet   bool // the next method of array iterators is guarded
}

type stateKey struct{}

func stateOf(r *webidl.Realm) *state {
	s, _ := r.Slot(stateKey{}).(*state)
	if s == nil {
		s = &state{rt: r.VM, flag: inner.interruptFlag(r.VM), frames: engine.Frames(r.VM)}
		if s.flag == nil {
			s.flag = new(uint32)
		}
		r.SetSlot(stateKey{}, s)
	}
	return s
}

// of gives the state of a runtime, nil if it is no realm: such a runtime stays as goja made it.
func of(rt *goja.Runtime) *state {
	r := webidl.Of(rt)
	if r == nil {
		return nil
	}
	return stateOf(r)
}

var noop = goja.MustCompile("bounds", "0", true)

// poll ends script if an interrupt waits.
func (s *state) poll() {
	if atomic.LoadUint32(s.flag) != 0 {
		s.interrupt()
	}
}

// interrupt has goja raise its interrupt, by a step of script.
func (s *state) interrupt() {
	if _, err := s.rt.RunProgram(noop); err != nil {
		panic(err)
	}
	if s.meter != nil {
		s.meter.Clear() // goja's mark is gone: the interrupt was taken back
	}
}

// fits throws a RangeError with text if n units of size bytes are more than one allocation may take.
func (s *state) fits(n, size int64, text string) {
	if n > s.meter.limit()/size {
		s.throwRange(text)
	}
}

// charge is Meter.Charge for n bytes that one built-in allocates.
func (s *state) charge(n int64, text string) {
	s.fits(n, 1, text)
	s.report(n)
}

// chargeSmall is charge for what is too little to look at each time.
func (s *state) chargeSmall(n int64) {
	if s.small += n; s.small >= smallLot {
		n, s.small = s.small, 0
		s.report(n)
	}
}

const smallLot = 64 << 10

func (s *state) report(n int64) {
	if s.meter == nil {
		return
	}
	s.meter.charged.Add(n)
	if s.meter.OnCharge == nil {
		return
	}
	err := s.meter.OnCharge(n)
	if err == nil {
		return
	}
	if interrupt, ok := err.(*goja.InterruptedError); ok {
		panic(interrupt)
	}
	s.throwRange(err.Error())
}

func (s *state) throwRange(text string) { panic(s.newError("RangeError", text)) }

func (s *state) newError(class, text string) *goja.Object {
	s.failing = true // the constructor may be bounded too
	defer func() { s.failing = false }()
	constructor := s.rt.Get(class)
	if r := webidl.Of(s.rt); r != nil {
		constructor = r.Global(class)
	}
	o, err := s.rt.New(constructor, s.rt.ToValue(text))
	if err != nil {
		panic(err)
	}
	return o
}
