package lower

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/unistring"
)

// scope holds the names that a function, block, loop or class declares.
type scope struct {
	outer    *scope
	function *function
	names    map[unistring.String]*binding
}

// binding is a declared name.
type binding struct {
	function *function
	numeric  bool // declared with a number as its first value
	noBigInt bool // a constant that is surely neither a BigInt nor an object
	changes  bool // assigned to in a function inside the one that declares it
}

// function is a function that the walk is in. The wrapper is the outermost one.
type function struct {
	outer *function
	scope *scope

	// What it is, but for the wrapper.
	literal *ast.FunctionLiteral
	arrow   *ast.ArrowFunctionLiteral
	field   *ast.FieldDefinition  // the first value of a class field
	static  *ast.ClassStaticBlock // a static block of a class

	awaits                  bool // has an await of its own
	mentions                bool // mentions arguments outside of arrows
	lent                    bool // an arrow in it mentions arguments
	lentEarly, inParameters bool // lent by an arrow among its parameters; these are being walked
	dynamic                 int  // depth of with statements
	calls                   bool // has something of its own that may call script
	early                   []early
}

// early is an expression among the parameters of a function that may call script, and the name that takes its value.
type early struct {
	place *ast.Expression
	name  *ast.Identifier
}

// inWith reports whether a with statement is around the function: names in it may be properties.
func (f *function) inWith() bool {
	for ; f != nil; f = f.outer {
		if f.dynamic > 0 {
			return true
		}
	}
	return false
}

func (w *walker) enter() *scope {
	w.scope = &scope{outer: w.scope, function: w.function}
	return w.scope
}

func (w *walker) leave() { w.scope = w.scope.outer }

func (s *scope) declare(name unistring.String) *binding {
	if b := s.names[name]; b != nil {
		return b
	}
	if s.names == nil {
		s.names = map[unistring.String]*binding{}
	}
	b := &binding{function: s.function}
	s.names[name] = b
	return b
}

// resolve finds the declaration of a name, nil if it's a global's.
func (s *scope) resolve(name unistring.String) *binding {
	for ; s != nil; s = s.outer {
		if b := s.names[name]; b != nil {
			return b
		}
	}
	return nil
}

// declareTarget declares the names of a binding pattern.
func (s *scope) declareTarget(target ast.Expression) {
	switch target := target.(type) {
	case *ast.Identifier:
		s.declare(target.Name)
	case *ast.ArrayPattern:
		for _, element := range target.Elements {
			s.declareTarget(element)
		}
		s.declareTarget(target.Rest)
	case *ast.ObjectPattern:
		for _, property := range target.Properties {
			switch property := property.(type) {
			case *ast.PropertyShort:
				s.declare(property.Name.Name)
			case *ast.PropertyKeyed:
				s.declareTarget(property.Value)
			}
		}
		s.declareTarget(target.Rest)
	case *ast.AssignExpression: // an element with a default
		s.declareTarget(target.Left)
	case *ast.Binding:
		s.declareTarget(target.Target)
	}
}

// declareLexical declares what a list of statements declares for its block.
func (s *scope) declareLexical(list []ast.Statement) {
	for _, statement := range list {
		for {
			labelled, ok := statement.(*ast.LabelledStatement)
			if !ok {
				break
			}
			statement = labelled.Statement
		}
		switch statement := statement.(type) {
		case *ast.LexicalDeclaration:
			for _, b := range statement.List {
				s.declareTarget(b.Target)
			}
		case *ast.ClassDeclaration:
			s.declare(statement.Class.Name.Name)
		case *ast.FunctionDeclaration:
			s.declare(statement.Function.Name.Name)
		}
	}
}

func (s *scope) declareVars(list []*ast.VariableDeclaration) {
	for _, declaration := range list {
		for _, b := range declaration.List {
			s.declareTarget(b.Target)
		}
	}
}
