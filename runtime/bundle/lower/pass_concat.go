package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// concatPass makes appending to a string linear. goja has no ropes, so s += x copies s each time. It becomes
//
//	s = typeof s === "string" ? ɵcat(s, x) : s + x
//
// with a native ɵcat that appends in place when it can, and does what + does for all values. Where x is long, or surely a
// string, it's just s = ɵcat(s, x); where x or the first value of s is a number nothing changes, to keep counting cheap.
// Properties are read once, through a variable of the wrapper: nothing runs between its writing and its reading.
var concatPass = pass{assign: concatenate}

func concatenate(w *walker, e *ast.AssignExpression) {
	spelledOut(w, e)
	if e.Operator != token.PLUS || w.function.dynamic > 0 || isNumeric(e.Right) {
		return
	}
	c := concat{names: &w.l.names, at: e.Left.Idx0()}
	twice := !isText(e.Right) && isSimple(e.Right, new(int))
	var read ast.Expression // the value of the left side, evaluated for the first time
	again := e.Left         // the same value once more
	switch left := e.Left.(type) {
	case *ast.Identifier:
		b := w.scope.resolve(left.Name)
		if b == nil || b.numeric {
			return
		}
		read = left
	case *ast.DotExpression:
		base, ok := c.base(w, left.Left)
		if !ok {
			return
		}
		read = &ast.DotExpression{Left: base, Identifier: left.Identifier}
		left.Left = c.held(left.Left, base)
	case *ast.PrivateDotExpression:
		base, ok := c.base(w, left.Left)
		if !ok {
			return
		}
		read = &ast.PrivateDotExpression{Left: base, Identifier: left.Identifier}
		left.Left = c.held(left.Left, base)
	default:
		return
	}
	e.Operator = token.ASSIGN
	w.l.program.calls(callCat)
	if !twice {
		e.Right = c.call(read, e.Right)
		return
	}
	if _, ok := read.(*ast.Identifier); !ok {
		again = c.identifier(c.names.value)
		read = &ast.AssignExpression{Operator: token.ASSIGN, Left: c.identifier(c.names.value), Right: read}
	}
	e.Right = &ast.ConditionalExpression{
		Test:       c.isString(read),
		Consequent: c.call(again, e.Right),
		Alternate:  &ast.BinaryExpression{Operator: token.PLUS, Left: again, Right: e.Right},
	}
}

// spelledOut makes s += x of s = s + x, which is the same; and of s = s + x + y, however many there are, s = ɵcat(s + x, y): a string that
// grows by itself doubles with each step, and only ɵcat sees that it gets too long.
func spelledOut(w *walker, e *ast.AssignExpression) {
	left, ok := e.Left.(*ast.Identifier)
	sum, isSum := plus(e.Right)
	if !ok || !isSum || e.Operator != token.ASSIGN || w.function.dynamic > 0 || isNumeric(sum.Right) {
		return
	}
	if first, ok := sum.Left.(*ast.Identifier); ok && first.Name == left.Name {
		e.Operator, e.Right = token.PLUS, sum.Right
		return
	}
	first := sum.Left
	for inner, ok := plus(first); ok; inner, ok = plus(first) {
		if isNumeric(inner.Right) {
			return
		}
		first = inner.Left
	}
	if name, ok := first.(*ast.Identifier); !ok || name.Name != left.Name {
		return
	}
	if b := w.scope.resolve(left.Name); b == nil || b.numeric {
		return
	}
	w.l.program.calls(callCat)
	c := concat{names: &w.l.names, at: e.Left.Idx0()}
	e.Right = c.call(sum.Left, sum.Right)
}

func plus(e ast.Expression) (sum *ast.BinaryExpression, ok bool) {
	sum, ok = e.(*ast.BinaryExpression)
	return sum, ok && sum.Operator == token.PLUS
}

// concat builds the nodes of one rewritten assignment.
type concat struct {
	names *names
	at    file.Idx
}

func (c *concat) identifier(name string) *ast.Identifier {
	return &ast.Identifier{Name: unistring.NewFromString(name), Idx: c.at}
}

func (c *concat) isString(e ast.Expression) ast.Expression {
	return &ast.BinaryExpression{
		Operator:   token.STRICT_EQUAL,
		Left:       &ast.UnaryExpression{Operator: token.TYPEOF, Idx: c.at, Operand: e},
		Right:      &ast.StringLiteral{Idx: c.at, Literal: `"string"`, Value: "string"},
		Comparison: true,
	}
}

func (c *concat) call(left, right ast.Expression) ast.Expression {
	return &ast.CallExpression{
		Callee: c.identifier(c.names.helper[callCat]), LeftParenthesis: c.at,
		ArgumentList: []ast.Expression{left, right}, RightParenthesis: c.at,
	}
}

// base gives an expression for the object whose property is assigned to, once it was evaluated: itself if reading it again
// has no effect, else the variable that held puts it in.
func (c *concat) base(w *walker, object ast.Expression) (ast.Expression, bool) {
	switch object := object.(type) {
	case *ast.ThisExpression:
		return object, true
	case *ast.Identifier:
		return object, w.scope.resolve(object.Name) != nil
	case *ast.SuperExpression:
		return nil, false
	}
	return c.identifier(c.names.object), true
}

func (c *concat) held(object, base ast.Expression) ast.Expression {
	if object == base {
		return object
	}
	return &ast.AssignExpression{Operator: token.ASSIGN, Left: base, Right: object}
}

// isNumeric reports whether an expression is most likely a number: it only decides about speed.
func isNumeric(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.NumberLiteral, *ast.BooleanLiteral:
		return true
	case *ast.UnaryExpression:
		return e.Operator != token.TYPEOF && e.Operator != token.VOID
	case *ast.BinaryExpression:
		switch e.Operator {
		case token.PLUS:
			return isNumeric(e.Left) && isNumeric(e.Right)
		case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
			return isNumeric(e.Right)
		}
		return true
	case *ast.ConditionalExpression:
		return isNumeric(e.Consequent) && isNumeric(e.Alternate)
	case *ast.DotExpression:
		return e.Identifier.Name == "length" || e.Identifier.Name == "byteLength" || e.Identifier.Name == "size"
	case *ast.CallExpression:
		callee, ok := e.Callee.(*ast.DotExpression)
		if !ok {
			return false
		}
		object, ok := callee.Left.(*ast.Identifier)
		return ok && object.Name == "Math"
	}
	return false
}

// isText reports whether an expression is surely a string.
func isText(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.StringLiteral:
		return true
	case *ast.TemplateLiteral:
		return e.Tag == nil
	case *ast.BinaryExpression:
		return e.Operator == token.PLUS && (isText(e.Left) || isText(e.Right))
	}
	return false
}

// isSimple reports whether an expression is short enough to be compiled twice, and has nothing in it that passes change.
func isSimple(e ast.Expression, size *int) bool {
	if *size++; *size > 12 {
		return false
	}
	list := func(list []ast.Expression) bool {
		for _, e := range list {
			if !isSimple(e, size) {
				return false
			}
		}
		return true
	}
	switch e := e.(type) {
	case *ast.Identifier, *ast.NumberLiteral, *ast.StringLiteral, *ast.BooleanLiteral, *ast.NullLiteral, *ast.ThisExpression:
		return true
	case *ast.DotExpression:
		return isSimple(e.Left, size)
	case *ast.PrivateDotExpression:
		return isSimple(e.Left, size)
	case *ast.BracketExpression:
		return isSimple(e.Left, size) && isSimple(e.Member, size)
	case *ast.CallExpression:
		return isSimple(e.Callee, size) && list(e.ArgumentList)
	case *ast.BinaryExpression:
		return isSimple(e.Left, size) && isSimple(e.Right, size)
	case *ast.ConditionalExpression:
		return isSimple(e.Test, size) && isSimple(e.Consequent, size) && isSimple(e.Alternate, size)
	case *ast.UnaryExpression:
		return isSimple(e.Operand, size)
	case *ast.AwaitExpression:
		return isSimple(e.Argument, size)
	}
	return false
}
