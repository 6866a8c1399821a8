package lower

import (
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/unistring"
)

// argumentsPass repairs arrow functions that read the arguments of the function around them. goja panics or gives undefined
// unless that function mentions arguments itself, and before the arrow does, so it's made to.
//
// A mention outside of functions would read the wrapper's arguments: it's renamed to a global that doesn't exist.
var argumentsPass = pass{identifier: mentionArguments, function: lendArguments}

func mentionArguments(w *walker, place *ast.Expression, e *ast.Identifier) {
	if e.Name != "arguments" || w.scope.resolve(e.Name) != nil {
		return
	}
	f := w.function
	for f.arrow != nil {
		f = f.outer
	}
	switch {
	case f == w.top:
		*place = &ast.Identifier{Name: unistring.NewFromString(w.l.names.arguments), Idx: e.Idx}
	case f == w.function:
		f.mentions = true
	default:
		f.lent = true
		f.lentEarly = f.lentEarly || f.inParameters
	}
}

func lendArguments(w *walker, f *function) {
	if f.literal == nil || !f.lent {
		return
	}
	if f.lentEarly {
		// A mention in the body comes too late for arrows among the parameters, and so does one in a later parameter.
		if place, name := firstInitializer(f.literal.ParameterList); place != nil {
			*place = before(mention((*place).Idx0()), *place, name)
		} else {
			w.fail(f.literal, "an arrow function in a computed key among the parameters that reads arguments is not supported")
		}
	}
	if f.mentions {
		return
	}
	body := f.literal.Body
	at := 0
	for at < len(body.List) && isDirective(body.List[at]) {
		at++
	}
	body.List = slices.Insert(body.List, at, ast.Statement(&ast.ExpressionStatement{Expression: mention(body.LeftBrace)}))
}

func mention(at file.Idx) ast.Expression { return &ast.Identifier{Name: "arguments", Idx: at} }

// before makes init (first, init). An anonymous function takes its name from what it's assigned to: it gets it from a
// property of the same name instead.
func before(first, init ast.Expression, name *ast.Identifier) ast.Expression {
	at := init.Idx0()
	if name != nil && isAnonymous(init) {
		key := &ast.StringLiteral{Idx: at, Literal: quote(name.Name.String()), Value: name.Name}
		object := &ast.ObjectLiteral{LeftBrace: at, RightBrace: at, Value: []ast.Property{
			&ast.PropertyKeyed{Key: key, Kind: ast.PropertyKindValue, Value: init},
		}}
		init = &ast.DotExpression{Left: object, Identifier: ast.Identifier{Name: name.Name, Idx: at}}
	}
	return &ast.SequenceExpression{Sequence: []ast.Expression{first, init}}
}

func isAnonymous(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.ArrowFunctionLiteral:
		return true
	case *ast.FunctionLiteral:
		return e.Name == nil
	case *ast.ClassLiteral:
		return e.Name == nil
	}
	return false
}

// firstInitializer finds the default value that comes first in a parameter list, and the name that it's for.
func firstInitializer(list *ast.ParameterList) (*ast.Expression, *ast.Identifier) {
	for _, b := range list.List {
		if place, name := initializerOf(b); place != nil {
			return place, name
		}
	}
	return initializerOf(list.Rest)
}

func initializerOf(target ast.Expression) (*ast.Expression, *ast.Identifier) {
	var elements []ast.Expression
	switch t := target.(type) {
	case *ast.Binding:
		if t.Initializer != nil {
			name, _ := t.Target.(*ast.Identifier)
			return &t.Initializer, name
		}
		return initializerOf(t.Target)
	case *ast.AssignExpression:
		name, _ := t.Left.(*ast.Identifier)
		return &t.Right, name
	case *ast.PropertyShort:
		if t.Initializer != nil {
			return &t.Initializer, &t.Name
		}
	case *ast.PropertyKeyed:
		return initializerOf(t.Value)
	case *ast.ArrayPattern:
		elements = append(elements, t.Elements...)
		elements = append(elements, t.Rest)
	case *ast.ObjectPattern:
		for _, p := range t.Properties {
			elements = append(elements, p)
		}
	}
	for _, e := range elements {
		if place, name := initializerOf(e); place != nil {
			return place, name
		}
	}
	return nil, nil
}

func isDirective(s ast.Statement) bool {
	expression, ok := s.(*ast.ExpressionStatement)
	if !ok {
		return false
	}
	_, ok = expression.Expression.(*ast.StringLiteral)
	return ok
}
