package lower

import (
	"math/big"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// operatorPass bounds what one operator makes of BigInts, which nothing can interrupt. No text is too innocent for it: BigInts come by
// bindings and from globals with computed names too.
//
//	a * b   (typeof a === "number" ? a : ɵfactor(a)) * b
//	a << b  a << (typeof b === "number" ? b : ɵshift(b))
//	a ** b  typeof a === "number" ? a ** b : ɵpow(a, b)
//
// ɵfactor and ɵshift give what they're given, or throw a RangeError. As one operand is limited, the other grows by no more than that at a
// time. Objects come out wrapped, to be made primitive when the operator does it. Nothing changes where an operand is surely no BigInt,
// since the operator then gives a number or throws.
var operatorPass = pass{binary: boundOperator, assign: boundAssignment}

func boundOperator(w *walker, place *ast.Expression, e *ast.BinaryExpression) {
	switch e.Operator {
	case token.MULTIPLY, token.SHIFT_LEFT, token.EXPONENT:
	default:
		return
	}
	if w.isNoBigInt(e.Left) || w.isNoBigInt(e.Right) {
		return
	}
	switch e.Operator {
	case token.MULTIPLY:
		if _, ok := e.Right.(*ast.Identifier); ok {
			w.limitFactor(&e.Right)
		} else {
			w.limitFactor(&e.Left)
		}
	case token.SHIFT_LEFT:
		w.limitShift(&e.Right)
	case token.EXPONENT:
		*place = w.power(e.Left, e.Right)
	}
}

func boundAssignment(w *walker, e *ast.AssignExpression) {
	switch e.Operator {
	case token.MULTIPLY, token.SHIFT_LEFT, token.EXPONENT:
	default:
		return
	}
	if w.isNoBigInt(e.Right) {
		return
	}
	switch e.Operator {
	case token.MULTIPLY:
		w.limitFactor(&e.Right)
	case token.SHIFT_LEFT:
		w.limitShift(&e.Right)
	case token.EXPONENT:
		c := concat{names: &w.l.names, at: e.Left.Idx0()}
		switch left := e.Left.(type) {
		case *ast.Identifier:
			e.Operator, e.Right = token.ASSIGN, w.power(left, e.Right)
			return
		case *ast.DotExpression:
			if base, ok := c.base(w, left.Left); ok {
				read := &ast.DotExpression{Left: base, Identifier: left.Identifier}
				left.Left = c.held(left.Left, base)
				e.Operator, e.Right = token.ASSIGN, w.power(read, e.Right)
				return
			}
		}
		// Its left side can't be read for itself: the exponent alone is limited.
		w.l.program.calls(callExponent)
		e.Right = w.unlessNumber(e.Right, w.l.names.helper[callExponent])
	}
}

func (w *walker) limitFactor(operand *ast.Expression) {
	w.l.program.calls(callFactor)
	*operand = w.unlessNumber(*operand, w.l.names.helper[callFactor])
}

func (w *walker) limitShift(operand *ast.Expression) {
	w.l.program.calls(callShift)
	*operand = w.unlessNumber(*operand, w.l.names.helper[callShift])
}

// power is left ** right.
func (w *walker) power(left, right ast.Expression) ast.Expression {
	w.l.program.calls(callPow)
	at := left.Idx0()
	call := func(left ast.Expression) ast.Expression {
		return callOf(w.l.names.helper[callPow], at, left, right)
	}
	if !isSimple(right, new(int)) {
		return call(left)
	}
	test, again := w.isNumber(left)
	return &ast.ConditionalExpression{
		Test:       test,
		Consequent: &ast.BinaryExpression{Operator: token.EXPONENT, Left: again, Right: right},
		Alternate:  call(again),
	}
}

// unlessNumber is e if that's a number, else what helper makes of it.
func (w *walker) unlessNumber(e ast.Expression, helper string) ast.Expression {
	test, again := w.isNumber(e)
	return &ast.ConditionalExpression{Test: test, Consequent: again, Alternate: callOf(helper, e.Idx0(), again)}
}

// isNumber evaluates e and tests whether it's a number; again is its value once more, to be read before anything else is evaluated.
func (w *walker) isNumber(e ast.Expression) (test, again ast.Expression) {
	at := e.Idx0()
	name, ok := e.(*ast.Identifier)
	again = e
	if !ok || w.scope.resolve(name.Name) == nil || w.function.inWith() {
		again = &ast.Identifier{Name: unistring.NewFromString(w.l.names.value), Idx: at}
		e = &ast.AssignExpression{Operator: token.ASSIGN, Left: again, Right: e}
	}
	return &ast.BinaryExpression{
		Operator:   token.STRICT_EQUAL,
		Left:       &ast.UnaryExpression{Operator: token.TYPEOF, Idx: at, Operand: e},
		Right:      &ast.StringLiteral{Idx: at, Literal: `"number"`, Value: "number"},
		Comparison: true,
	}, again
}

func callOf(name string, at file.Idx, arguments ...ast.Expression) ast.Expression {
	return &ast.CallExpression{
		Callee: &ast.Identifier{Name: unistring.NewFromString(name), Idx: at}, LeftParenthesis: at,
		ArgumentList: arguments, RightParenthesis: at,
	}
}

// isNoBigInt reports whether an expression is surely neither a BigInt nor an object that may be made one. It looks only so far: each
// operator of a long chain asks.
func (w *walker) isNoBigInt(e ast.Expression) bool { return w.surelyNoBigInt(e, new(int)) }

func (w *walker) surelyNoBigInt(e ast.Expression, looked *int) bool {
	if *looked++; *looked > 32 {
		return false
	}
	switch e := e.(type) {
	case *ast.NumberLiteral:
		_, isBig := e.Value.(*big.Int)
		return !isBig
	case *ast.StringLiteral, *ast.BooleanLiteral, *ast.NullLiteral:
		return true
	case *ast.TemplateLiteral:
		return e.Tag == nil
	case *ast.Identifier:
		b := w.scope.resolve(e.Name)
		return b != nil && b.noBigInt && !w.function.inWith()
	case *ast.UnaryExpression:
		switch e.Operator {
		case token.PLUS, token.NOT, token.TYPEOF, token.VOID, token.DELETE:
			return true
		case token.MINUS, token.BITWISE_NOT:
			return w.surelyNoBigInt(e.Operand, looked)
		}
	case *ast.BinaryExpression:
		switch e.Operator {
		case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
			return w.surelyNoBigInt(e.Left, looked) && w.surelyNoBigInt(e.Right, looked)
		case token.PLUS, token.MINUS, token.MULTIPLY, token.SLASH, token.REMAINDER, token.EXPONENT,
			token.AND, token.OR, token.EXCLUSIVE_OR, token.SHIFT_LEFT, token.SHIFT_RIGHT:
			return w.surelyNoBigInt(e.Left, looked) || w.surelyNoBigInt(e.Right, looked)
		}
		return true // comparisons, >>>
	case *ast.ConditionalExpression:
		return w.surelyNoBigInt(e.Consequent, looked) && w.surelyNoBigInt(e.Alternate, looked)
	}
	return false
}
