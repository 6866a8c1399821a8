package builtins

import (
	"math"
	"math/big"

	"github.com/dop251/goja"
)

func mathProperties() []Property {
	return []Property{
		method("Math", "sumPrecise", 1, mathSumPrecise),
		method("Math", "f16round", 1, func(rt *goja.Runtime) native {
			return func(call goja.FunctionCall) goja.Value {
				return rt.ToValue(f16round(call.Argument(0).ToNumber().ToFloat()))
			}
		}),
	}
}

// f16round rounds to the nearest binary16 number, ties to even.
func f16round(x float64) float64 {
	abs := math.Abs(x)
	switch {
	case x == 0 || math.IsNaN(x) || math.IsInf(x, 0):
		return x
	case abs >= 65520:
		return math.Inf(int(math.Copysign(1, x)))
	}
	_, e := math.Frexp(abs) // abs = f * 2**e, f in [0.5, 1)
	quantum := math.Ldexp(1, max(e-11, -24))
	return math.Copysign(math.RoundToEven(abs/quantum)*quantum, x)
}

// fromFloat16 gives the value of a binary16 number.
func fromFloat16(bits uint16) float64 {
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(fraction, -24)
	case 31:
		f = math.Inf(1)
		if fraction != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(1024+fraction, exponent-25)
	}
	if bits>>15 != 0 {
		return -f
	}
	return f
}

// toFloat16 gives the bits of the nearest binary16 number.
func toFloat16(x float64) uint16 {
	f := f16round(x)
	var sign uint16
	if math.Signbit(f) {
		sign = 1 << 15
	}
	f = math.Abs(f)
	switch {
	case math.IsNaN(f):
		return 0x7E00
	case math.IsInf(f, 0):
		return sign | 0x7C00
	case f < 1.0/(1<<14):
		return sign | uint16(f*(1<<24))
	}
	fraction, exponent := math.Frexp(f)
	return sign | uint16(exponent+14)<<10 | uint16(fraction*2048)&1023
}

// mathSumPrecise is Math.sumPrecise, https://tc39.es/ecma262/#sec-math.sumprecise.
func mathSumPrecise(rt *goja.Runtime) native {
	return func(call goja.FunctionCall) goja.Value {
		items := call.Argument(0)
		if isNullish(items) {
			panic(rt.NewTypeError("%s is not iterable", items.String()))
		}
		var sum exactSum
		special, onlyMinusZero := 0.0, true
		forOf(rt, items, func(v goja.Value) {
			if _, isObject := v.(*goja.Object); isObject || !goja.IsNumber(v) {
				panic(rt.NewTypeError("%s is not a number", describe(v, "object")))
			}
			switch f := v.ToFloat(); {
			case math.IsNaN(f) || math.IsInf(f, 0):
				special += f
			case f != 0 || !math.Signbit(f):
				onlyMinusZero = false
				sum.add(f)
			}
		})
		switch {
		case special != 0: // also NaN
			return rt.ToValue(special)
		case onlyMinusZero:
			return rt.ToValue(math.Copysign(0, -1))
		default:
			return rt.ToValue(sum.value())
		}
	}
}

// exactSum adds floats without rounding: a fixed-point number in units of 2**-1074, in digits of 32 bits that are
// carried every now and then.
type exactSum struct {
	digits [70]int64
	adds   int
}

func (s *exactSum) add(f float64) {
	bits := math.Float64bits(f)
	mantissa, exponent := bits&(1<<52-1), int(bits>>52&0x7FF)
	if exponent > 0 {
		mantissa |= 1 << 52
		exponent--
	}
	digit, shift := exponent/32, uint(exponent%32)
	low, high := mantissa<<shift, mantissa>>(64-shift)
	if shift == 0 {
		high = 0
	}
	for i, part := range [3]int64{int64(low & 0xFFFFFFFF), int64(low >> 32), int64(high)} {
		if f < 0 {
			part = -part
		}
		s.digits[digit+i] += part
	}
	if s.adds++; s.adds == 1<<30 {
		s.carry()
	}
}

func (s *exactSum) carry() {
	s.adds = 0
	for i := range len(s.digits) - 1 {
		s.digits[i+1] += s.digits[i] >> 32
		s.digits[i] &= 0xFFFFFFFF
	}
}

func (s *exactSum) value() float64 {
	s.carry()
	total := new(big.Int)
	for i := len(s.digits) - 1; i >= 0; i-- {
		total.Lsh(total, 32)
		total.Add(total, big.NewInt(s.digits[i]))
	}
	if total.Sign() == 0 {
		return 0
	}
	f := new(big.Float).SetInt(total)
	result, _ := f.SetMantExp(f, -1074).Float64()
	return result
}
