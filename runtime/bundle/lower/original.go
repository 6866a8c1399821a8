package lower

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// originals are the globals that esbuild's helpers look up when they are called, by the parameter that stands for each. Private members and
// for await go on when script has replaced them.
var originals = map[helper]string{globalWeakMap: "WeakMap", globalWeakSet: "WeakSet", globalSymbol: "Symbol"}

// value gives the global as the engine made it. Script has not run yet.
func (h helper) value(rt *goja.Runtime) goja.Value {
	if v := engine.Intrinsic(rt, originals[h]); v != nil {
		return v
	}
	return goja.Undefined()
}

// searching helpers are the functions of esbuild's that look one up. It declares those that it needs before all other code.
var searching = map[string]bool{"__knownSymbol": true, "__privateAdd": true}

// lookups finds where code that esbuild added, and no code of the user's, mentions one of originals.
type lookups struct {
	source []byte
	inside bool            // the declaration of a searching function
	last   [3]lexeme       // tokens before
	own    map[string]bool // names of the source that begin with an underscore, made when first needed
}

// see takes the next token, and replaces it where it is a mention.
func (u *lookups) see(s *statements, k lexeme) {
	switch {
	case len(s.t.open) == 0 && s.t.is(k, ";"):
		u.inside = false
	case k.kind == nameToken && !s.t.property:
		u.name(s, k)
	}
	u.last = [3]lexeme{u.last[1], u.last[2], k}
}

func (u *lookups) name(s *statements, k lexeme) {
	name := s.t.text(k)
	if len(s.t.open) == 0 && searching[name] && s.t.is(u.last[2], "var") && !u.occurs(name) {
		u.inside = true
		return
	}
	for h, global := range originals {
		if name == global && (u.inside || u.isPrivate(s)) {
			copy(s.l.code[k.start:k.end], s.l.names.helper[h]) // as long as the global's
			s.l.program.calls(h)
		}
	}
}

// isPrivate reports whether the tokens before are `_name = new`, which esbuild makes of a private name.
func (u *lookups) isPrivate(s *statements) bool {
	if !s.t.is(u.last[2], "new") || !s.t.is(u.last[1], "=") || u.last[0].kind != nameToken {
		return false
	}
	name := s.t.text(u.last[0])
	return strings.HasPrefix(name, "_") && !u.occurs(name)
}

// occurs reports whether the source has a name that begins with an underscore.
func (u *lookups) occurs(name string) bool {
	if u.own == nil {
		u.own = map[string]bool{}
		for i := 0; i < len(u.source); i++ {
			start := i
			for i < len(u.source) && isNameByte(u.source[i]) {
				i++
			}
			if i > start && u.source[start] == '_' {
				u.own[string(u.source[start:i])] = true
			}
		}
	}
	return u.own[name]
}
