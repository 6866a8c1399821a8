package lower

import (
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// depthPass ends recursion with an error that script can catch. Each function that may call script again begins with
//
//	--ɵdepth || (ɵdepth = ɵdeep(ɵdepth = 1))
//
// where the native ɵdeep looks at the real depth, throws if it's too great, and else gives how many functions may begin before it wants to
// look again. A recursion of depth n begins n functions, so it can't be missed by more than that number; and nothing has to be undone when a
// function ends. What goes wrong in ɵdeep leaves 1, so the next function looks again.
//
// A function with nothing in it that may call script doesn't count, for it ends a recursion. That's not just one without calls: getters,
// conversions, iterators and proxies lead to script too.
//
// A generator goes on where it was, not at its beginning, so it counts there too.
var depthPass = pass{function: countDepth, yield: countYield, block: countHandler}

func countDepth(w *walker, f *function) {
	if !f.calls || f.inWith() {
		return
	}
	w.l.program.calls(callDeep)
	d := depth{&w.l.names}
	for _, e := range f.early {
		d.expression(e.place, e.name)
	}
	switch {
	case f.literal != nil:
		d.statements(&f.literal.Body.List, f.literal.Body.LeftBrace)
	case f.arrow != nil:
		switch body := f.arrow.Body.(type) {
		case *ast.BlockStatement:
			d.statements(&body.List, body.LeftBrace)
		case *ast.ExpressionBody:
			d.expression(&body.Expression, nil)
		}
	case f.static != nil:
		d.statements(&f.static.Block.List, f.static.Block.LeftBrace)
	case f.field != nil:
		var name *ast.Identifier
		if key, ok := f.field.Key.(*ast.StringLiteral); ok && !f.field.Computed {
			name = &ast.Identifier{Name: key.Value}
		}
		d.expression(&f.field.Initializer, name)
	}
}

// countYield makes of a yield (ɵvalue = yield x, check, ɵvalue).
func countYield(w *walker, place *ast.Expression, e *ast.YieldExpression) {
	if w.function.inWith() {
		return
	}
	w.l.program.calls(callDeep)
	value := func() *ast.Identifier {
		return &ast.Identifier{Name: unistring.NewFromString(w.l.names.value), Idx: e.Yield}
	}
	*place = &ast.SequenceExpression{Sequence: []ast.Expression{
		&ast.AssignExpression{Operator: token.ASSIGN, Left: value(), Right: e},
		depth{&w.l.names}.prologue(e.Yield),
		value(),
	}}
}

// countHandler is for a generator that is resumed by throw or return.
func countHandler(w *walker, b *ast.BlockStatement) {
	if f := w.function.literal; f != nil && f.Generator && !w.function.inWith() {
		w.l.program.calls(callDeep)
		depth{&w.l.names}.statements(&b.List, b.LeftBrace)
	}
}

// depth builds the nodes that count.
type depth struct{ names *names }

// prologue is the check as one expression.
func (d depth) prologue(at file.Idx) ast.Expression {
	count := func() *ast.Identifier { return &ast.Identifier{Name: unistring.NewFromString(d.names.depth), Idx: at} }
	set := func(value ast.Expression) ast.Expression {
		return &ast.AssignExpression{Operator: token.ASSIGN, Left: count(), Right: value}
	}
	return &ast.BinaryExpression{
		Operator: token.LOGICAL_OR,
		Left:     &ast.UnaryExpression{Operator: token.DECREMENT, Idx: at, Operand: count()},
		Right: set(&ast.CallExpression{
			Callee:          &ast.Identifier{Name: unistring.NewFromString(d.names.helper[callDeep]), Idx: at},
			LeftParenthesis: at, RightParenthesis: at,
			ArgumentList: []ast.Expression{set(&ast.NumberLiteral{Idx: at, Literal: "1", Value: int64(1)})},
		}),
	}
}

// statements puts the check before a body, behind its directives.
func (d depth) statements(list *[]ast.Statement, at file.Idx) {
	first := 0
	for first < len(*list) && isDirective((*list)[first]) {
		first++
	}
	*list = slices.Insert(*list, first, ast.Statement(&ast.ExpressionStatement{Expression: d.prologue(at)}))
}

// expression puts the check before an expression, whose value may be a function that takes its name from where it's assigned to.
func (d depth) expression(place *ast.Expression, name *ast.Identifier) {
	*place = before(d.prologue((*place).Idx0()), *place, name)
}
