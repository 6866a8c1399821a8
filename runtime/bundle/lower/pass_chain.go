package lower

import "github.com/dop251/goja/ast"

// chainPass bounds chains of prototypes that syntax makes, as built-ins bound theirs: goja looks a property up by recursion, and a getter at the end of a
// chain that looks up again would overflow Go's stack before its depth is looked at.
//
//	class extends A         class extends ɵchain(A)
//	{ __proto__: a }        { __proto__: ɵchain(a) }
//	F.prototype = a         F.prototype = ɵchain(a)
//
// The helper gives what it's given, or throws a RangeError.
var chainPass = pass{heritage: limitChain, assign: limitPrototype}

func limitChain(w *walker, value *ast.Expression) {
	switch (*value).(type) {
	case nil, *ast.NullLiteral:
		return
	}
	w.l.program.calls(callChain)
	*value = callOf(w.l.names.helper[callChain], (*value).Idx0(), *value)
}

func limitPrototype(w *walker, e *ast.AssignExpression) {
	name := ""
	switch left := e.Left.(type) {
	case *ast.DotExpression:
		name = left.Identifier.Name.String()
	case *ast.BracketExpression:
		switch key := left.Member.(type) {
		case *ast.StringLiteral:
			name = key.Value.String()
		case *ast.TemplateLiteral, *ast.BinaryExpression:
			if !w.isNumeric(key) {
				name = "prototype" // perhaps
			}
		}
	}
	if name != "prototype" && name != "__proto__" {
		return
	}
	switch e.Right.(type) {
	case *ast.ObjectLiteral, *ast.FunctionLiteral, *ast.NumberLiteral, *ast.StringLiteral:
		return
	}
	limitChain(w, &e.Right)
}

// isNumeric reports whether an operator gives a number, if what it gets are no objects: a[i + 1].
func (w *walker) isNumeric(e ast.Expression) bool {
	b, ok := e.(*ast.BinaryExpression)
	if !ok {
		return false
	}
	for _, side := range []ast.Expression{b.Left, b.Right} {
		if s, ok := side.(*ast.StringLiteral); ok && s.Value != "" {
			return false
		}
		if t, ok := side.(*ast.TemplateLiteral); ok && t.Tag == nil {
			return false
		}
	}
	return true
}
