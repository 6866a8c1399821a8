package bounds

import (
	"math/big"
	"reflect"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// maxBigIntText is how many digits a text may have that becomes a BigInt.
const maxBigIntText = MaxBigIntBits / 3

func init() {
	rules["BigInt"] = bigIntText
	rules["BigInt.asIntN"] = wrapBits(true)
	rules["BigInt.asUintN"] = wrapBits(false)
}

var bigIntPointer = reflect.TypeFor[*big.Int]()

// bigInt gives the number in a BigInt value, which must not be changed; nil if v is none.
func bigInt(v goja.Value) *big.Int {
	if v == nil || !goja.IsBigInt(v) {
		return nil
	}
	if r := reflect.ValueOf(v); r.CanConvert(bigIntPointer) {
		return r.Convert(bigIntPointer).Interface().(*big.Int)
	}
	n, _ := v.Export().(*big.Int)
	return n
}

// bigIntText is BigInt of a text, which for goja takes the square of its length.
func bigIntText(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		v := c.Argument(0)
		if o, ok := v.(*goja.Object); ok {
			if v = s.toPrimitive(o, hintNumber); v != goja.Value(o) {
				set(&c, 0, v)
			}
		}
		t, ok := v.(goja.String)
		if !ok || t.Length() <= shortNumber {
			return own(c)
		}
		if t.Length() > maxBigIntText {
			s.throwRange(textBigInt)
		}
		digits := strings.TrimSpace(t.String())
		negative := strings.HasPrefix(digits, "-")
		digits = strings.TrimPrefix(strings.TrimPrefix(digits, "-"), "+")
		if strings.Trim(digits, "0123456789") != "" || len(digits) <= shortNumber {
			return own(c) // not decimal: hexadecimal and the like take no longer than they are, or not a number
		}
		n := s.decimal(digits)
		if negative {
			n.Neg(n)
		}
		return s.rt.ToValue(n)
	}
}

const (
	shortNumber = 2000 // digits that math/big reads quickly
	ten         = 10
)

// decimal reads digits: their halves first.
func (s *state) decimal(digits string) *big.Int {
	powers := make(map[int]*big.Int) // of ten
	power := func(n int) *big.Int {
		p := powers[n]
		if p == nil {
			p = new(big.Int).Exp(big.NewInt(ten), big.NewInt(int64(n)), nil)
			powers[n] = p
		}
		return p
	}
	var read func(string) *big.Int
	read = func(digits string) *big.Int {
		if len(digits) <= shortNumber {
			n, _ := new(big.Int).SetString(digits, ten)
			return n
		}
		s.poll()
		low := shortNumber // the greatest half of a power of two of these, so that powers are few
		for low*2 < len(digits) {
			low *= 2
		}
		high := read(digits[:len(digits)-low])
		high.Mul(high, power(low))
		return high.Add(high, read(digits[len(digits)-low:]))
	}
	return read(digits)
}

// wrapBits is asIntN and asUintN: goja makes 2**bits whatever the number is.
func wrapBits(signed bool) rule {
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) < 2 {
				return own(c)
			}
			bits := truncate(s.number(&c, 0))
			if bits <= MaxBigIntBits || bits > maxSafe {
				return own(c)
			}
			set(&c, 0, s.rt.ToValue(64)) // the number is wanted first, and checked by goja
			n := bigInt(c.Arguments[1])
			if n == nil {
				set(&c, 0, s.rt.ToValue(MaxBigIntBits))
				return own(c)
			}
			if signed || n.Sign() >= 0 {
				return c.Arguments[1]
			}
			s.throwRange(textBigInt)
			return nil
		}
	}
}

// Operators makes the functions that the node half of the bundler puts for operators that would run on for long with BigInts:
// mul, pow and shl stand for *, ** and <<. They take what the operator takes and give what it gives. Call it on the strand of r.
func Operators(r *webidl.Realm) (mul, pow, shl goja.Value) {
	s := stateOf(r)
	return s.operator(multiplication, s.boundMul), s.operator(power, s.boundPow), s.operator(shift, s.boundShift)
}

var (
	multiplication = goja.MustCompile("bounds", "(a,b)=>a*b", true)
	power          = goja.MustCompile("bounds", "(a,b)=>a**b", true)
	shift          = goja.MustCompile("bounds", "(a,b)=>a<<b", true)
)

func (s *state) operator(p *goja.Program, bound func(a, b *big.Int)) goja.Value {
	v, err := s.rt.RunProgram(p)
	if err != nil {
		panic(err)
	}
	operate := code(v)
	return engine.NewFunction(s.rt, "", 0, func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) != 2 {
			return goja.Undefined()
		}
		for i, v := range c.Arguments {
			if o, ok := v.(*goja.Object); ok {
				set(&c, i, s.numeral(o))
			}
		}
		if a := bigInt(c.Arguments[0]); a != nil {
			if b := bigInt(c.Arguments[1]); b != nil {
				bound(a, b)
			}
		}
		return operate(c)
	})
}

const hintNumber = "number"

// toPrimitive is numeral for what is asked once, with a hint: o itself where only its own conversion tells.
func (s *state) toPrimitive(o *goja.Object, hint string) goja.Value {
	if f := o.GetSymbol(goja.SymToPrimitive); f != nil && !goja.IsUndefined(f) && !goja.IsNull(f) {
		call := code(f)
		if call == nil {
			return o
		}
		v := call(goja.FunctionCall{This: o, Arguments: []goja.Value{s.rt.ToValue(hint)}})
		if _, isObject := v.(*goja.Object); isObject {
			panic(s.rt.NewTypeError("Cannot convert object to primitive value"))
		}
		return orUndefined(v)
	}
	return s.numeral(o)
}

// numeral is ToPrimitive of an object with hint number.
func (s *state) numeral(o *goja.Object) goja.Value {
	if f := o.GetSymbol(goja.SymToPrimitive); f != nil && !goja.IsUndefined(f) && !goja.IsNull(f) {
		return o.ToNumber()
	}
	for _, name := range []string{"valueOf", "toString"} {
		if f := code(orUndefined(o.Get(name))); f != nil {
			if v := f(goja.FunctionCall{This: o}); v != nil {
				if _, isObject := v.(*goja.Object); !isObject {
					return v
				}
			}
		}
	}
	panic(s.rt.NewTypeError("Cannot convert object to primitive value"))
}

func (s *state) boundMul(a, b *big.Int) {
	if n := a.BitLen() + b.BitLen(); n > 64 {
		s.bits(float64(n) - 1)
	}
}

func (s *state) boundPow(a, b *big.Int) {
	if b.Sign() <= 0 || a.BitLen() <= 1 {
		return
	}
	if !b.IsUint64() {
		s.throwRange(textBigInt)
	}
	s.bits(float64(a.BitLen()-1) * float64(b.Uint64()))
}

func (s *state) boundShift(a, b *big.Int) {
	if a.Sign() == 0 || b.Sign() <= 0 {
		return
	}
	if !b.IsUint64() {
		s.throwRange(textBigInt)
	}
	s.bits(float64(a.BitLen()) + float64(b.Uint64()))
}

func (s *state) bits(n float64) {
	if n > MaxBigIntBits {
		s.throwRange(textBigInt)
	}
	s.chargeSmall(int64(n / 8))
}
