package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
	"github.com/evanw/esbuild/pkg/api"
)

// pass is one repair. Its hooks are called on the one walk over the tree, inner nodes before outer ones, and edit the tree in
// place: that needs no second parsing, and positions and the text of functions stay the user's. A hook may be nil.
type pass struct {
	assign     func(w *walker, e *ast.AssignExpression)                  // an assignment expression
	identifier func(w *walker, place *ast.Expression, e *ast.Identifier) // a name that is read
	regexp     func(w *walker, place *ast.Expression, e *ast.RegExpLiteral)
	yield      func(w *walker, place *ast.Expression, e *ast.YieldExpression)
	binary     func(w *walker, place *ast.Expression, e *ast.BinaryExpression)
	template   func(w *walker, place *ast.Expression, e *ast.TemplateLiteral)
	spread     func(w *walker, s *ast.SpreadElement, h helper) // in a call, an object or an array, which h bounds
	rest       func(w *walker, value *ast.Expression)          // what an object pattern with a rest takes apart
	heritage   func(w *walker, value *ast.Expression)          // what becomes a prototype, of a class or an object literal
	block      func(w *walker, b *ast.BlockStatement)          // a catch or finally block
	function   func(w *walker, f *function)                    // a function whose body was walked; the wrapper is not among them
}

// passes are all repairs and bounds, in the order in which their hooks are called.
var passes = []pass{argumentsPass, concatPass, regexpPass, operatorPass, growthPass, chainPass, depthPass}

// walker goes over a tree, knows what each name stands for, and calls the passes.
type walker struct {
	l        *lowering
	top      *function
	scope    *scope
	function *function
	errors   []api.Message
}

func newWalker(l *lowering) *walker {
	w := &walker{l: l}
	w.top = &function{}
	w.function = w.top
	w.top.scope = w.enter()
	return w
}

func (w *walker) program() {
	f := w.l.wrapper
	w.parameters(f.ParameterList, f.DeclarationList, f.Body.List)
	w.statements(f.Body.List)
}

// fail notes a fault at a node; the walk goes on, to report all of them.
func (w *walker) fail(node ast.Node, text string) {
	w.errors = append(w.errors, api.Message{Text: text, Location: w.l.place(int(node.Idx0()) - 1)})
}

// parameters declares all names of a function's scope and walks its parameters.
func (w *walker) parameters(list *ast.ParameterList, vars []*ast.VariableDeclaration, body []ast.Statement) {
	if list != nil {
		for _, b := range list.List {
			w.scope.declareTarget(b.Target)
		}
		w.scope.declareTarget(list.Rest)
	}
	w.scope.declareVars(vars)
	w.scope.declareLexical(body)
	if list == nil {
		return
	}
	w.function.inParameters = true
	for _, b := range list.List {
		w.binding(b)
	}
	w.target(list.Rest)
	w.function.inParameters = false
}

// inFunction walks a function: visit does its inside.
func (w *walker) inFunction(f *function, visit func()) {
	f.outer = w.function
	if f.arrow != nil {
		f.dynamic = w.function.dynamic
	}
	w.function = f
	f.scope = w.enter()
	visit()
	for i := range passes {
		if passes[i].function != nil {
			passes[i].function(w, f)
		}
	}
	w.leave()
	w.function = f.outer
}

func (w *walker) functionLiteral(f *ast.FunctionLiteral) {
	if f == nil {
		return
	}
	w.inFunction(&function{literal: f}, func() {
		if f.Name != nil {
			w.scope.declare(f.Name.Name)
		}
		w.parameters(f.ParameterList, f.DeclarationList, f.Body.List)
		w.statements(f.Body.List)
	})
}

func (w *walker) arrow(f *ast.ArrowFunctionLiteral) {
	block, _ := f.Body.(*ast.BlockStatement)
	w.inFunction(&function{arrow: f}, func() {
		if block != nil {
			w.parameters(f.ParameterList, f.DeclarationList, block.List)
			w.statements(block.List)
			return
		}
		w.parameters(f.ParameterList, f.DeclarationList, nil)
		w.expression(&f.Body.(*ast.ExpressionBody).Expression)
	})
}

func (w *walker) class(c *ast.ClassLiteral) {
	w.function.calls = w.function.calls || c.SuperClass != nil
	w.enter()
	if c.Name != nil {
		w.scope.declare(c.Name.Name)
	}
	w.expression(&c.SuperClass)
	w.heritage(&c.SuperClass)
	for _, element := range c.Body {
		switch element := element.(type) {
		case *ast.FieldDefinition:
			w.key(&element.Key, element.Computed)
			if element.Initializer != nil {
				w.inFunction(&function{field: element}, func() { w.expression(&element.Initializer) })
			}
		case *ast.MethodDefinition:
			w.key(&element.Key, element.Computed)
			w.functionLiteral(element.Body)
		case *ast.ClassStaticBlock:
			w.inFunction(&function{static: element}, func() {
				w.scope.declareVars(element.DeclarationList)
				w.scope.declareLexical(element.Block.List)
				w.statements(element.Block.List)
			})
		}
	}
	w.leave()
}

// key walks the name of a property, which is an expression only if it's computed.
func (w *walker) key(key *ast.Expression, computed bool) {
	if computed {
		w.function.calls = true // of toString
		w.expression(key)
	}
}

// binding walks a declared name or pattern with its first value.
func (w *walker) binding(b *ast.Binding) {
	w.target(b.Target)
	if b.Initializer == nil {
		return
	}
	w.value(&b.Initializer, b.Target)
	if !w.function.inParameters {
		w.takenApart(b.Target, &b.Initializer)
	}
	if name, ok := b.Target.(*ast.Identifier); ok && isNumeric(b.Initializer) {
		if declared := w.scope.resolve(name.Name); declared != nil {
			declared.numeric = true
		}
	}
}

// takenApart calls passes for a value that a pattern is for.
func (w *walker) takenApart(target ast.Expression, value *ast.Expression) {
	pattern, ok := target.(*ast.ObjectPattern)
	if !ok || pattern.Rest == nil {
		return
	}
	for i := range passes {
		if passes[i].rest != nil {
			passes[i].rest(w, value)
		}
	}
}

func (w *walker) bindings(list []*ast.Binding) {
	for _, b := range list {
		w.binding(b)
	}
}

// value walks an expression in a declaration, of which target may take the value; if it's a parameter's, it's noted whether
// it may call script.
func (w *walker) value(place *ast.Expression, target ast.Expression) {
	f := w.function
	if !f.inParameters {
		w.expression(place)
		return
	}
	others := f.calls
	f.calls = false
	w.expression(place)
	if f.calls {
		name, _ := target.(*ast.Identifier)
		f.early = append(f.early, early{place, name})
	}
	f.calls = f.calls || others
}

// target walks what is declared or assigned to: computed keys and defaults in it are expressions.
func (w *walker) target(target ast.Expression) {
	switch t := target.(type) {
	case nil:
	case *ast.Identifier:
		w.changed(t)
	case *ast.ArrayPattern:
		w.function.calls = true
		for _, element := range t.Elements {
			w.target(element)
		}
		w.target(t.Rest)
	case *ast.ObjectPattern:
		w.function.calls = true
		for _, property := range t.Properties {
			switch property := property.(type) {
			case *ast.PropertyShort:
				w.changed(&property.Name)
				w.value(&property.Initializer, &property.Name)
			case *ast.PropertyKeyed:
				if property.Computed {
					w.value(&property.Key, nil)
				}
				w.target(property.Value)
			}
		}
		w.target(t.Rest)
	case *ast.AssignExpression:
		w.target(t.Left)
		w.value(&t.Right, t.Left)
	case *ast.Binding:
		w.binding(t)
	default:
		w.expression(&target)
	}
}

// changed notes an assignment to a name.
func (w *walker) changed(name *ast.Identifier) {
	if b := w.scope.resolve(name.Name); b != nil && b.function != w.function {
		b.changes = true
	}
}

func (w *walker) assignment(e *ast.AssignExpression) {
	w.target(e.Left)
	if e.Operator != token.ASSIGN {
		w.function.calls = true
	}
	w.expression(&e.Right)
	w.takenApart(e.Left, &e.Right)
	for i := range passes {
		if passes[i].assign != nil {
			passes[i].assign(w, e)
		}
	}
}

func (w *walker) heritage(value *ast.Expression) {
	for i := range passes {
		if passes[i].heritage != nil {
			passes[i].heritage(w, value)
		}
	}
}

// unary walks an operator with one operand.
func (w *walker) unary(e *ast.UnaryExpression) {
	switch e.Operator {
	case token.NOT, token.TYPEOF, token.VOID:
	default:
		w.function.calls = true
	}
	if e.Operator == token.INCREMENT || e.Operator == token.DECREMENT {
		w.target(e.Operand)
		return
	}
	w.expression(&e.Operand)
}
