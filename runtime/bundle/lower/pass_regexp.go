package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/unistring"

	"github.com/bindery/bindery/runtime/regex"
)

// regexpPass gives literals a pattern that goja matches correctly, compiled with the program like any other. The call around
// such a literal sets the source that script sees back to what the user wrote.
var regexpPass = pass{regexp: expandLiteral}

func expandLiteral(w *walker, place *ast.Expression, e *ast.RegExpLiteral) {
	if !regex.Needed(e.Pattern, e.Flags) {
		return
	}
	expanded, err := regex.ExpandPattern(e.Pattern, e.Flags)
	if err != nil {
		w.fail(e, err.Error())
		return
	}
	flags := regex.EngineFlags(e.Flags)
	if expanded == e.Pattern && flags == e.Flags {
		return
	}
	original := &ast.StringLiteral{Idx: e.Idx, Literal: quote(e.Pattern), Value: unistring.NewFromString(e.Pattern)}
	e.Pattern, e.Flags = expanded, flags
	w.l.program.calls(callRegExp)
	*place = &ast.CallExpression{
		Callee:           &ast.Identifier{Name: unistring.NewFromString(w.l.names.helper[callRegExp]), Idx: e.Idx},
		LeftParenthesis:  e.Idx,
		ArgumentList:     []ast.Expression{e, original},
		RightParenthesis: e.Idx,
	}
}
