package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

func (w *walker) statements(list []ast.Statement) {
	for _, s := range list {
		w.statement(s)
	}
}

func (w *walker) block(b *ast.BlockStatement) {
	if b == nil {
		return
	}
	w.enter()
	w.scope.declareLexical(b.List)
	w.statements(b.List)
	w.leave()
}

func (w *walker) statement(s ast.Statement) {
	switch s := s.(type) {
	case *ast.BlockStatement:
		w.block(s)
	case *ast.ExpressionStatement:
		w.expression(&s.Expression)
	case *ast.VariableStatement:
		w.bindings(s.List)
	case *ast.LexicalDeclaration:
		w.bindings(s.List)
		if s.Token == token.CONST {
			w.constants(s.List)
		}
	case *ast.FunctionDeclaration:
		w.functionLiteral(s.Function)
	case *ast.ClassDeclaration:
		w.class(s.Class)
	case *ast.ReturnStatement:
		w.expression(&s.Argument)
	case *ast.ThrowStatement:
		w.expression(&s.Argument)
	case *ast.IfStatement:
		w.expression(&s.Test)
		w.statement(s.Consequent)
		w.statement(s.Alternate)
	case *ast.TryStatement:
		w.try(s)
	case *ast.SwitchStatement:
		w.switchStatement(s)
	case *ast.LabelledStatement:
		w.statement(s.Statement)
	case *ast.WithStatement:
		w.function.calls = true
		w.expression(&s.Object)
		w.function.dynamic++
		w.statement(s.Body)
		w.function.dynamic--
	default:
		w.loop(s)
	}
}

// constants notes which names stand for something that operators are quick with.
func (w *walker) constants(list []*ast.Binding) {
	for _, b := range list {
		if name, ok := b.Target.(*ast.Identifier); ok && b.Initializer != nil && w.isNoBigInt(b.Initializer) {
			w.scope.declare(name.Name).noBigInt = true
		}
	}
}

func (w *walker) try(s *ast.TryStatement) {
	w.block(s.Body)
	if s.Catch != nil {
		w.enter()
		w.scope.declareTarget(s.Catch.Parameter)
		w.target(s.Catch.Parameter)
		w.handler(s.Catch.Body)
		w.leave()
	}
	w.handler(s.Finally)
}

// handler walks the block of a catch or finally.
func (w *walker) handler(b *ast.BlockStatement) {
	if b == nil {
		return
	}
	w.block(b)
	for i := range passes {
		if passes[i].block != nil {
			passes[i].block(w, b)
		}
	}
}

func (w *walker) switchStatement(s *ast.SwitchStatement) {
	w.expression(&s.Discriminant)
	w.enter()
	for _, c := range s.Body {
		w.scope.declareLexical(c.Consequent)
	}
	for _, c := range s.Body {
		w.expression(&c.Test)
		w.statements(c.Consequent)
	}
	w.leave()
}

func (w *walker) loop(s ast.Statement) {
	w.enter()
	switch s := s.(type) {
	case *ast.WhileStatement:
		w.expression(&s.Test)
		w.statement(s.Body)
	case *ast.DoWhileStatement:
		w.statement(s.Body)
		w.expression(&s.Test)
	case *ast.ForStatement:
		w.forInitializer(s.Initializer)
		w.expression(&s.Test)
		w.expression(&s.Update)
		w.statement(s.Body)
	case *ast.ForInStatement:
		w.function.calls = true // of traps
		w.forInto(s.Into)
		w.expression(&s.Source)
		w.statement(s.Body)
	case *ast.ForOfStatement:
		w.function.calls = true
		w.forInto(s.Into)
		w.expression(&s.Source)
		w.statement(s.Body)
	}
	w.leave()
}

func (w *walker) forInitializer(initializer ast.ForLoopInitializer) {
	switch i := initializer.(type) {
	case *ast.ForLoopInitializerExpression:
		w.expression(&i.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		w.bindings(i.List)
	case *ast.ForLoopInitializerLexicalDecl:
		for _, b := range i.LexicalDeclaration.List {
			w.scope.declareTarget(b.Target)
		}
		w.bindings(i.LexicalDeclaration.List)
	}
}

func (w *walker) forInto(into ast.ForInto) {
	switch i := into.(type) {
	case *ast.ForIntoVar:
		w.binding(i.Binding)
	case *ast.ForDeclaration:
		w.scope.declareTarget(i.Target)
		w.target(i.Target)
	case *ast.ForIntoExpression:
		w.target(i.Expression)
	}
}
