package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// expression walks an expression, which passes may replace.
func (w *walker) expression(place *ast.Expression) {
	switch e := (*place).(type) {
	case nil:
	case *ast.Identifier:
		if !w.function.calls && e.Name != "undefined" && w.scope.resolve(e.Name) == nil {
			w.function.calls = true // of a getter of the global object
		}
		for i := range passes {
			if passes[i].identifier != nil {
				passes[i].identifier(w, place, e)
			}
		}
	case *ast.RegExpLiteral:
		for i := range passes {
			if passes[i].regexp != nil {
				passes[i].regexp(w, place, e)
			}
		}
	case *ast.BinaryExpression:
		w.operands(e)
		for i := range passes {
			if passes[i].binary != nil {
				passes[i].binary(w, place, e)
			}
		}
	case *ast.TemplateLiteral:
		w.operands(e)
		for i := range passes {
			if passes[i].template != nil {
				passes[i].template(w, place, e)
			}
		}
	case *ast.YieldExpression:
		w.function.calls = true
		w.expression(&e.Argument)
		for i := range passes {
			if passes[i].yield != nil {
				passes[i].yield(w, place, e)
			}
		}
	case *ast.AssignExpression:
		w.assignment(e)
	case *ast.FunctionLiteral:
		w.functionLiteral(e)
	case *ast.ArrowFunctionLiteral:
		w.arrow(e)
	case *ast.ClassLiteral:
		w.class(e)
	case *ast.ObjectLiteral:
		w.properties(e.Value)
	case *ast.ArrayPattern, *ast.ObjectPattern:
		w.target(e)
	case *ast.Binding:
		w.binding(e)
	default:
		w.operands(e)
	}
}

// operands walks what is in an expression that no pass is interested in.
func (w *walker) operands(e ast.Expression) {
	switch e := e.(type) {
	case *ast.ArrayLiteral:
		w.expressions(e.Value)
		for _, element := range e.Value {
			if s, ok := element.(*ast.SpreadElement); ok {
				w.spread(s, callElements)
			}
		}
	case *ast.AwaitExpression:
		w.function.awaits = true
		w.function.calls = true
		w.expression(&e.Argument)
	case *ast.BinaryExpression:
		w.function.calls = w.function.calls || converts(e.Operator)
		w.expression(&e.Left)
		w.expression(&e.Right)
	case *ast.BracketExpression:
		w.function.calls = true
		w.expression(&e.Left)
		w.expression(&e.Member)
	case *ast.CallExpression:
		w.function.calls = true
		w.expression(&e.Callee)
		w.arguments(e.ArgumentList)
	case *ast.ConditionalExpression:
		w.expression(&e.Test)
		w.expression(&e.Consequent)
		w.expression(&e.Alternate)
	case *ast.DotExpression:
		w.function.calls = true
		w.expression(&e.Left)
	case *ast.PrivateDotExpression:
		w.function.calls = true
		w.expression(&e.Left)
	case *ast.OptionalChain:
		w.expression(&e.Expression)
	case *ast.Optional:
		w.expression(&e.Expression)
	case *ast.NewExpression:
		w.function.calls = true
		w.expression(&e.Callee)
		w.arguments(e.ArgumentList)
	case *ast.SequenceExpression:
		w.expressions(e.Sequence)
	case *ast.SpreadElement:
		w.function.calls = true
		w.expression(&e.Expression)
	case *ast.TemplateLiteral:
		w.function.calls = w.function.calls || e.Tag != nil || len(e.Expressions) > 0
		w.expression(&e.Tag)
		w.expressions(e.Expressions)
	case *ast.UnaryExpression:
		w.unary(e)
	}
}

func (w *walker) expressions(list []ast.Expression) {
	for i := range list {
		w.expression(&list[i])
	}
}

// properties walks an object literal.
func (w *walker) properties(list []ast.Property) {
	for i, property := range list {
		switch p := property.(type) {
		case *ast.PropertyShort:
			value := ast.Expression(&p.Name)
			w.expression(&value)
			w.expression(&p.Initializer)
			if value != ast.Expression(&p.Name) {
				name := &ast.StringLiteral{Idx: p.Name.Idx, Literal: quote(p.Name.Name.String()), Value: p.Name.Name}
				list[i] = &ast.PropertyKeyed{Key: name, Kind: ast.PropertyKindValue, Value: value}
			}
		case *ast.PropertyKeyed:
			w.key(&p.Key, p.Computed)
			w.expression(&p.Value)
			if key, ok := p.Key.(*ast.StringLiteral); ok && !p.Computed && p.Kind == ast.PropertyKindValue && key.Value == "__proto__" {
				w.heritage(&p.Value)
			}
		case *ast.SpreadElement:
			w.function.calls = true
			w.expression(&p.Expression)
			w.spread(p, callProperties)
		}
	}
}

func (w *walker) arguments(list []ast.Expression) {
	w.expressions(list)
	for _, e := range list {
		if s, ok := e.(*ast.SpreadElement); ok {
			w.spread(s, callList)
		}
	}
}

func (w *walker) spread(s *ast.SpreadElement, h helper) {
	for i := range passes {
		if passes[i].spread != nil {
			passes[i].spread(w, s, h)
		}
	}
}

// converts reports whether an operator may call methods of its operands.
func converts(operator token.Token) bool {
	switch operator {
	case token.STRICT_EQUAL, token.STRICT_NOT_EQUAL, token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
		return false
	}
	return true
}
