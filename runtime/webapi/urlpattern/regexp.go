package urlpattern

import (
	"strconv"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/urlpattern/pattern"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// regexps makes and runs a realm's regular expressions.
type regexps struct {
	realm *webidl.Realm
	exec  goja.Callable // RegExp.prototype.exec
	flags string        // "v", or "u" where the engine has no v
}

type regexpsKey struct{}

// engine gives the realm's regular expressions.
func engine(r *webidl.Realm) pattern.Engine {
	e, _ := r.Slot(regexpsKey{}).(*regexps)
	if e == nil {
		class := r.Global("RegExp")
		e = &regexps{realm: r, exec: r.Intrinsic("RegExp.prototype.exec"), flags: "v"}
		if _, err := r.VM.New(class, r.Str(""), r.Str("v")); err != nil {
			e.flags = "u"
		}
		r.SetSlot(regexpsKey{}, e)
	}
	return e.compile
}

func (e *regexps) compile(source string, ignoreCase bool) (pattern.Regexp, error) {
	flags := e.flags
	if ignoreCase {
		flags += "i"
	}
	r := e.realm
	obj, err := r.VM.New(r.Global("RegExp"), r.Str(source), r.Str(flags))
	if err != nil {
		return nil, err
	}
	return &regexp{e, obj}, nil
}

// regexp is one RegExp that script never sees.
type regexp struct {
	*regexps
	object *goja.Object
}

// Exec is https://tc39.es/ecma262/#sec-regexpbuiltinexec.
func (e *regexp) Exec(input string) (groups []*string, ok bool) {
	found, ok := e.realm.Invoke(e.exec, e.object, e.realm.Str(input)).(*goja.Object)
	if !ok {
		return nil, false
	}
	groups = make([]*string, found.Get("length").ToInteger())
	for i := range groups {
		if v := found.Get(strconv.Itoa(i)); !webidl.IsNullish(v) {
			text := v.String()
			groups[i] = &text
		}
	}
	return groups, true
}
