package lower

import (
	"fmt"
	"path"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/engine"
)

// Input is a bundle to lower.
type Input struct {
	Name          string // the bundle's file name, for messages without a better place; relative, with slashes
	Code          []byte // an ES module, or a classic script
	Map           []byte // its source map (version 3), or nil
	ServiceWorker bool   // Code is a classic script without imports and exports
}

// Program is a lowered and compiled bundle. It belongs to no runtime and may be run by many at the same time.
//
// Running it gives one function, the module's wrapper. Call it with this undefined (the global object for a ServiceWorker),
// the values of its Helpers for that runtime, and then importFn, which is called once with each of Imports, in order, before any
// of the module's own code and returns an object with the exports of that module (default under "default"). Dynamic imports
// call importFn later. The wrapper returns the exports: an object without a prototype that has each of Exports, or when
// Async a promise of it.
//
// An export that a function of the module assigns to after loading is an accessor, so that it's live; all others are plain.
// The top-level declarations of a ServiceWorker are local to the wrapper, as in the IIFE that bundlers make of such scripts.
type Program struct {
	*goja.Program
	Async    bool          // the module awaits at its top level: the wrapper returns a promise
	Exports  []string      // names of the exports
	Imports  []string      // specifiers of static external imports, each once, in order
	Warnings []api.Message // of the lowering, in the user's files

	// Dynamic says that the module calls import(): importFn may be called after loading. With no Imports either it never is.
	Dynamic bool

	called uint16 // which helpers, as bits
}

// Lower lowers and compiles a bundle. It is safe for use by several goroutines.
//
// Untrusted source can end the process (deep nesting overflows the stacks of esbuild and goja, which no recover catches): the
// scan that refuses it reckons with accidents, not with every attack, so call Lower in a process that may die.
//
// Errors are *Error, with positions in the files that Map names.
func Lower(in Input) (program *Program, err error) {
	l := &lowering{in: in}
	defer func() {
		if x := recover(); x != nil {
			program, err = nil, l.fail(l.place(0), fmt.Sprintf("%s: internal error: %v", l.step, x))
		}
	}()
	steps := []struct {
		doing string
		run   func() error
	}{
		{"read source map", l.readMap},
		{"check nesting", l.checkNesting},
		{"lower with esbuild", l.transform},
		{"find imports and exports", l.link},
		{"parse with goja", l.parse},
		{"repair", l.repair},
		{"compile with goja", l.compile},
	}
	for _, step := range steps {
		l.step = step.doing
		if err := step.run(); err != nil {
			return nil, err
		}
	}
	return &l.program, nil
}

// lowering is the life of one call of Lower.
type lowering struct {
	in   Input
	step string // what is being done, for errors

	inMap  *sourceMap // from in.Code to the user's files, nil if there is none
	outMap *sourceMap // from code, without the line of the wrapper, to the user's files

	code   []byte // what esbuild printed, later with import and export statements blanked
	text   string // code inside its wrapper
	prefix int    // length of the wrapper's first line, which comes before code
	names  names
	module module

	tree    *ast.Program
	wrapper *ast.FunctionLiteral
	program Program
}

// parse makes the tree that the repairs work on and that is compiled. There is no second parsing.
func (l *lowering) parse() error {
	l.wrap()
	tree, err := parser.ParseFile(nil, path.Base(l.in.Name), l.text, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return l.parseError(err)
	}
	if len(tree.Body) == 1 {
		if statement, ok := tree.Body[0].(*ast.ExpressionStatement); ok {
			if wrapper, ok := statement.Expression.(*ast.FunctionLiteral); ok {
				l.tree, l.wrapper = tree, wrapper
				return nil
			}
		}
	}
	// Only text that closes the wrapper and opens another function gets here.
	return l.fail(l.place(l.prefix), "unbalanced braces")
}

// repair runs the passes over the tree.
func (l *lowering) repair() error {
	w := newWalker(l)
	w.program()
	if len(w.errors) > 0 {
		return &Error{Messages: w.errors}
	}
	l.wrapper.Async = w.top.awaits
	l.program.Async = w.top.awaits
	l.returnExports(w.top.scope)
	return nil
}

func (l *lowering) compile() error {
	consumer, err := l.outMap.consumer(l.code)
	if err != nil {
		return l.fail(l.place(0), fmt.Sprintf("source map: %v", err))
	}
	if consumer != nil {
		l.tree.File.SetSourceMap(consumer)
	}
	compiled, err := goja.CompileAST(l.tree, false)
	if err != nil {
		return l.compileError(err)
	}
	engine.Check(compiled, &checks)
	l.program.Program = compiled
	return nil
}

// checks bound what single instructions do. The passes bound what these don't see, and what there is where goja's inside isn't known.
var checks = func() engine.Checks {
	c := bounds.Checks()
	c.Rest = func(rt *goja.Runtime, v goja.Value) {
		if length(v) > maxSpread {
			panic(rangeError(rt, "Invalid array length"))
		}
	}
	return c
}()
