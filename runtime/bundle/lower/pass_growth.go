package lower

import (
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// growthPass bounds what a piece of syntax makes in one step, which nothing can interrupt, of a value that's already large.
//
//	f(...a)     f(...ɵlist(a))
//	{ ...a }    { ...ɵproperties(a) }
//	[...a]      [...ɵelements(a)]
//	`${a}…`     pieces of a few substitutions, added up
//	s + s       ɵcat(s, s) if s is a string
//	`${s}${s}`  ɵcat(`${s}`, `${s}`)
//
// The helpers give what they're given, or throw a RangeError if it's a long text, list or buffer. What doubles at each step by other means than
// a value that is added to itself is left to the limit of memory.
var growthPass = pass{spread: limitSpread, template: splitTemplate, rest: limitRest, binary: limitDoubling}

func limitSpread(w *walker, s *ast.SpreadElement, helper helper) {
	switch s.Expression.(type) {
	case *ast.ObjectLiteral, *ast.ArrayLiteral:
		return // as long as the source
	}
	w.l.program.calls(helper)
	s.Expression = callOf(w.l.names.helper[helper], s.Expression.Idx0(), s.Expression)
}

// limitRest is for what an object pattern with a rest takes apart.
func limitRest(w *walker, value *ast.Expression) {
	w.l.program.calls(callProperties)
	*value = callOf(w.l.names.helper[callProperties], (*value).Idx0(), *value)
}

// substitutions is how many a template literal may have in one step.
const substitutions = 4

func splitTemplate(w *walker, place *ast.Expression, e *ast.TemplateLiteral) {
	if e.Tag == nil && (len(e.Expressions) > substitutions || repeated(e.Expressions) < len(e.Expressions)) {
		*place = w.addTemplates(e, e.Elements, e.Expressions)
	}
}

// repeated is how many expressions there are before the first that's the same as one before it.
func repeated(list []ast.Expression) int {
	seen := map[string]bool{}
	for i, e := range list {
		if name := nameOf(e); name != "" {
			if seen[name] {
				return i
			}
			seen[name] = true
		}
	}
	return len(list)
}

// nameOf is what a variable or a property of one is written as, "" for what is neither.
func nameOf(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.Identifier:
		return e.Name.String()
	case *ast.ThisExpression:
		return "this"
	case *ast.DotExpression:
		if base := nameOf(e.Left); base != "" {
			return base + "." + e.Identifier.Name.String()
		}
	}
	return ""
}

// mostOperands is how many operands of a sum are compared with the next one.
const mostOperands = 8

// limitDoubling is for a sum to which is added what it has already, or what is made of that.
func limitDoubling(w *walker, place *ast.Expression, e *ast.BinaryExpression) {
	if e.Operator != token.PLUS || w.function.dynamic > 0 || isNumeric(e.Left) || isNumeric(e.Right) {
		return
	}
	left, found := e.Left, false
	for n := 0; n < mostOperands && !found; n++ {
		sum, ok := plus(left)
		operand := left
		if ok {
			operand, left = sum.Right, sum.Left
		}
		name := nameOf(operand)
		found = name != "" && !w.isCount(operand) && mentions(e.Right, name, new(int))
		if !ok {
			break
		}
	}
	if !found {
		return
	}
	w.l.program.calls(callCat)
	c := concat{names: &w.l.names, at: e.Left.Idx0()}
	id, simple := e.Left.(*ast.Identifier)
	if !simple || w.scope.resolve(id.Name) == nil {
		*place = c.call(e.Left, e.Right)
		return
	}
	*place = &ast.ConditionalExpression{Test: c.isString(id), Consequent: c.call(id, e.Right), Alternate: &ast.BinaryExpression{Operator: token.PLUS, Left: id, Right: e.Right}}
}

// isCount reports whether e is a variable that is most likely a number.
func (w *walker) isCount(e ast.Expression) bool {
	id, ok := e.(*ast.Identifier)
	if !ok {
		return false
	}
	b := w.scope.resolve(id.Name)
	return b != nil && b.numeric
}

// mentions reports whether an expression has the variable or property called name in it. It looks at a few parts only, and into no function.
func mentions(e ast.Expression, name string, looked *int) bool {
	if *looked++; *looked > 16 || e == nil {
		return false
	}
	if nameOf(e) == name {
		return true
	}
	any := func(list ...ast.Expression) bool {
		return slices.ContainsFunc(list, func(e ast.Expression) bool { return mentions(e, name, looked) })
	}
	switch e := e.(type) {
	case *ast.DotExpression:
		return any(e.Left)
	case *ast.BracketExpression:
		return any(e.Left)
	case *ast.CallExpression:
		return any(e.Callee) || any(e.ArgumentList...)
	case *ast.BinaryExpression:
		return any(e.Left, e.Right)
	case *ast.ConditionalExpression:
		return any(e.Consequent, e.Alternate)
	case *ast.TemplateLiteral:
		return any(e.Expressions...)
	}
	return false
}

func (w *walker) addTemplates(e *ast.TemplateLiteral, elements []*ast.TemplateElement, expressions []ast.Expression) ast.Expression {
	var sum ast.Expression
	for len(expressions) > 0 {
		n := min(substitutions, repeated(expressions))
		piece := &ast.TemplateLiteral{OpenQuote: e.OpenQuote, CloseQuote: e.CloseQuote, Expressions: expressions[:n:n]}
		piece.Elements = append(piece.Elements, elements[:n]...)
		elements, expressions = elements[n:], expressions[n:]
		if len(expressions) == 0 {
			piece.Elements = append(piece.Elements, elements[0])
		} else {
			piece.Elements = append(piece.Elements, &ast.TemplateElement{Idx: piece.Elements[n-1].Idx, Valid: true})
		}
		if sum == nil {
			sum = piece
			continue
		}
		w.l.program.calls(callCat)
		c := concat{names: &w.l.names, at: e.OpenQuote}
		sum = c.call(sum, piece)
	}
	return sum
}
