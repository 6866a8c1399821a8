package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// growthPass bounds what a piece of syntax makes in one step, which nothing can interrupt, of a value that's already large.
//
//	f(...a)     f(...ɵlist(a))
//	{ ...a }    { ...ɵproperties(a) }
//	`${a}…`     pieces of a few substitutions, added up
//
// The helpers give what they're given, or throw a RangeError if it's a long text, list or buffer. What merely doubles at each step is left to
// the limit of memory.
var growthPass = pass{spread: limitSpread, template: splitTemplate, rest: limitRest}

func limitSpread(w *walker, s *ast.SpreadElement, inCall bool) {
	helper := callProperties
	if inCall {
		helper = callList
	}
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

func splitTemplate(_ *walker, place *ast.Expression, e *ast.TemplateLiteral) {
	if e.Tag != nil || len(e.Expressions) <= substitutions {
		return
	}
	*place = addTemplates(e, e.Elements, e.Expressions)
}

func addTemplates(e *ast.TemplateLiteral, elements []*ast.TemplateElement, expressions []ast.Expression) ast.Expression {
	var sum ast.Expression
	for len(expressions) > 0 {
		n := min(substitutions, len(expressions))
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
		sum = &ast.BinaryExpression{Operator: token.PLUS, Left: sum, Right: piece}
	}
	return sum
}
