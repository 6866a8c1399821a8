package bounds

import (
	"math"
	"math/big"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// Checks bound what operators make or read in one step, where nothing is called that could be wrapped: see engine.Check. They do nothing in a runtime that
// is no realm.
func Checks() engine.Checks {
	return engine.Checks{Compare: comparands, Sum: sum, Store: stored}
}

// sum is for + and template literals.
func sum(rt *goja.Runtime, units, bytes int64) {
	if s := of(rt); s != nil {
		s.fits(units, 1, textString)
		s.report(bytes)
	}
}

// comparands gives what is compared in the place of two operands. goja reads a text that is compared with a BigInt in the square of its
// length, and nothing interrupts it.
func comparands(rt *goja.Runtime, left, right goja.Value, loosely bool) (goja.Value, goja.Value) {
	s := of(rt)
	if s == nil {
		return left, right
	}
	hint := hintNumber
	if loosely {
		hint = "default"
	}
	a, aIsObject := left.(*goja.Object)
	b, bIsObject := right.(*goja.Object)
	if loosely && aIsObject && bIsObject {
		return left, right
	}
	if aIsObject && (bIsObject || mayBeLong(right)) {
		left = s.toPrimitive(a, hint)
	}
	if bIsObject && mayBeLong(left) {
		right = s.toPrimitive(b, hint)
	}
	if n := bigInt(left); n != nil {
		if t, ok := right.(goja.String); ok && t.Length() > shortNumber {
			right = s.comparable(t, n)
		}
	} else if n := bigInt(right); n != nil {
		if t, ok := left.(goja.String); ok && t.Length() > shortNumber {
			left = s.comparable(t, n)
		}
	}
	return left, right
}

// mayBeLong reports whether comparing with a value may take long.
func mayBeLong(v goja.Value) bool {
	t, ok := v.(goja.String)
	return ok && t.Length() > shortNumber || goja.IsBigInt(v)
}

// comparable gives a number, or BigInt, that has to n the relation that a long text has. No digits are read if their number tells already.
func (s *state) comparable(t goja.String, n *big.Int) goja.Value {
	digits, negative, base := numeral(t.String())
	if base == 0 {
		return s.rt.ToValue(math.NaN())
	}
	if len(digits) <= shortNumber {
		v, _ := new(big.Int).SetString(digits, base)
		return s.signed(v, negative)
	}
	// What has that many digits is so long at least.
	if bits := float64(len(digits)-1) * math.Log2(float64(base)); bits > float64(n.BitLen()) {
		sign := 1
		if negative {
			sign = -1
		}
		return s.rt.ToValue(math.Inf(sign))
	}
	return s.signed(s.read(digits, base), negative)
}

func (s *state) signed(n *big.Int, negative bool) goja.Value {
	if negative {
		n.Neg(n)
	}
	return s.rt.ToValue(n)
}

// read reads digits in less than the square of their number.
func (s *state) read(digits string, base int) *big.Int {
	switch base {
	case ten:
		return s.decimal(digits)
	case octal: // three binary ones each
		var b strings.Builder
		b.Grow(len(digits) * 3)
		for _, c := range []byte(digits) {
			for bit := 2; bit >= 0; bit-- {
				b.WriteByte('0' + (c-'0')>>bit&1)
			}
		}
		digits, base = b.String(), 2
	}
	n, _ := new(big.Int).SetString(digits, base)
	return n
}

const octal = 8

// numeral takes apart what StringToBigInt accepts: its digits without leading zeros, and their base, which is 0 if it's no integer.
// https://tc39.es/ecma262/#sec-stringtobigint
func numeral(text string) (digits string, negative bool, base int) {
	text = strings.TrimFunc(text, isSpace)
	all := "0123456789"
	base = ten
	if len(text) > 2 && text[0] == '0' {
		switch text[1] {
		case 'x', 'X':
			base, all = 16, "0123456789abcdefABCDEF"
		case 'o', 'O':
			base, all = octal, all[:octal]
		case 'b', 'B':
			base, all = 2, all[:2]
		}
	}
	if base != ten {
		text = text[2:]
	} else if text != "" && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		if text = text[1:]; text == "" {
			return "", false, 0
		}
	}
	if strings.Trim(text, all) != "" {
		return "", false, 0
	}
	if text = strings.TrimLeft(text, "0"); text == "" {
		text = "0"
	}
	return text, negative, base
}

// isSpace is white space and line terminators of ECMAScript.
func isSpace(c rune) bool {
	switch c {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF:
		return true
	}
	return c >= 0x2000 && c <= 0x200A
}

// stored gives what is stored in a BigInt64Array or BigUint64Array in the place of an object or a text.
func stored(rt *goja.Runtime, v goja.Value) goja.Value {
	s := of(rt)
	if s == nil {
		return v
	}
	if o, ok := v.(*goja.Object); ok {
		v = s.toPrimitive(o, hintNumber)
	}
	t, ok := v.(goja.String)
	if !ok || t.Length() <= shortNumber {
		return v
	}
	digits, negative, base := numeral(t.String())
	if base == 0 {
		panic(s.newError("SyntaxError", "Cannot convert a text that is no integer to a BigInt"))
	}
	if len(digits) > maxBigIntText {
		s.throwRange(textBigInt)
	}
	return s.signed(s.read(digits, base), negative)
}
