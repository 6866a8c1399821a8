package streams

import (
	"math"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// queuingStrategy is https://streams.spec.whatwg.org/#dictdef-queuingstrategy. size is nil where every chunk counts 1.
type queuingStrategy struct {
	highWaterMark    float64
	hasHighWaterMark bool
	size             sizeAlgorithm
}

// sizeAlgorithm gives the size of a chunk, or what script threw instead.
type sizeAlgorithm func(chunk goja.Value) (size float64, thrown goja.Value)

func toStrategy(c webidl.Call, v goja.Value) (s queuingStrategy) {
	d := c.Dictionary(v)
	if hwm, ok := d.Get("highWaterMark"); ok {
		s.highWaterMark, s.hasHighWaterMark = c.Number(hwm), true
	}
	if size, ok := d.Get("size"); ok {
		r, fn := c.Realm, c.Callback(size, "size")
		s.size = func(chunk goja.Value) (float64, goja.Value) {
			v, thrown := call(r, fn, goja.Undefined(), forScript(r, chunk))
			if thrown != nil {
				return 0, thrown
			}
			var n float64
			thrown = r.Try(func() { n = r.Number(v) })
			return n, thrown
		}
	}
	return s
}

// extractHighWaterMark is https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark.
func extractHighWaterMark(r *webidl.Realm, s queuingStrategy, otherwise float64) float64 {
	if !s.hasHighWaterMark {
		return otherwise
	}
	if math.IsNaN(s.highWaterMark) || s.highWaterMark < 0 {
		panic(r.RangeError("A queuing strategy's highWaterMark property must be a nonnegative, non-NaN number"))
	}
	return s.highWaterMark
}

type (
	countStrategy      struct{ highWaterMark float64 }
	byteLengthStrategy struct{ highWaterMark float64 }
)

var (
	countStrategyClass      = webidl.NewClass[*countStrategy]("CountQueuingStrategy")
	byteLengthStrategyClass = webidl.NewClass[*byteLengthStrategy]("ByteLengthQueuingStrategy")
)

// sizeFunctions are the two size functions of a realm, which all strategies share.
type sizeFunctions struct{ count, byteLength goja.Value }

type sizeFunctionsKey struct{}

func sizesOf(r *webidl.Realm) *sizeFunctions {
	if s, ok := r.Slot(sizeFunctionsKey{}).(*sizeFunctions); ok {
		return s
	}
	count := webidl.Function("size", 0, "size", func(c webidl.Call) goja.Value { return c.ToValue(1) })
	byteLength := webidl.Function("size", 1, "size", func(c webidl.Call) goja.Value {
		if webidl.IsNullish(c.Arg(0)) {
			panic(c.TypeError("Cannot read properties of %s (reading 'byteLength')", c.Arg(0)))
		}
		return undefinedOr(c.Arg(0).ToObject(c.VM).Get("byteLength"))
	})
	s := &sizeFunctions{count: count.Make(r.VM), byteLength: byteLength.Make(r.VM)}
	r.SetSlot(sizeFunctionsKey{}, s)
	return s
}

func strategyInit(c webidl.Call) float64 {
	v, ok := c.Dict(0).Get("highWaterMark")
	if !ok {
		panic(c.TypeError("Failed to construct '%s': required member highWaterMark is undefined.", constructed(c)))
	}
	return c.Number(v)
}

func init() {
	countStrategyClass.Constructor(1, func(c webidl.Call) *countStrategy { return &countStrategy{strategyInit(c)} }).
		Getter("highWaterMark", func(s *countStrategy, r *webidl.Realm) goja.Value { return r.ToValue(s.highWaterMark) }).
		Getter("size", func(_ *countStrategy, r *webidl.Realm) goja.Value { return sizesOf(r).count })
	byteLengthStrategyClass.Constructor(1, func(c webidl.Call) *byteLengthStrategy { return &byteLengthStrategy{strategyInit(c)} }).
		Getter("highWaterMark", func(s *byteLengthStrategy, r *webidl.Realm) goja.Value { return r.ToValue(s.highWaterMark) }).
		Getter("size", func(_ *byteLengthStrategy, r *webidl.Realm) goja.Value { return sizesOf(r).byteLength })
}
