package builtins

import (
	"github.com/dop251/goja"
)

// The well-known symbols that goja lacks. They are shared by all runtimes of the process, as goja's own are.
var (
	// SymAsyncIterator is Symbol.asyncIterator.
	SymAsyncIterator = goja.NewSymbol("Symbol.asyncIterator")
	// SymDispose is Symbol.dispose.
	SymDispose = goja.NewSymbol("Symbol.dispose")
	// SymAsyncDispose is Symbol.asyncDispose.
	SymAsyncDispose = goja.NewSymbol("Symbol.asyncDispose")
)

func symbolProperties() []Property {
	wellKnown := func(name string, symbol *goja.Symbol) Property {
		return Property{On: "Symbol", Name: name, Kind: Data, Make: func(*goja.Runtime) goja.Value { return symbol }}
	}
	return []Property{
		wellKnown("asyncIterator", SymAsyncIterator),
		wellKnown("dispose", SymDispose),
		wellKnown("asyncDispose", SymAsyncDispose),
	}
}
