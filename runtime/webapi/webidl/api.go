package webidl

import (
	"sync"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// API is what one Web API package adds to the global object.
type API struct {
	Classes []Declared
	Globals []engine.Member
}

// Declared is a *Class[T] of any T.
type Declared interface{ iface() *Interface }

var (
	installMu sync.Mutex
	installed []engine.Member       // guarded by installMu
	prepares  []func(*goja.Runtime) // guarded by installMu
)

// Install adds APIs to every realm made from now on in this process. Call it while the process starts, before the first
// realm: it changes what all share. Installing a name twice replaces it.
func Install(apis ...API) {
	installMu.Lock()
	defer installMu.Unlock()
	var members []engine.Member
	for _, api := range apis {
		for _, d := range api.Classes {
			if i := d.iface(); !i.hidden {
				members = append(members, engine.Member{Name: i.Name, Make: func(rt *goja.Runtime) goja.Value {
					r := Of(rt)
					if r == nil {
						return engine.Hidden(goja.Undefined())
					}
					return engine.Hidden(r.Class(i))
				}})
			}
		}
		members = append(members, api.Globals...)
	}
	installed = append(installed, members...)
	engine.ExtendGlobal(members)
}

func globals() []engine.Member {
	installMu.Lock()
	defer installMu.Unlock()
	return installed
}

// Prepare has fn run on the runtime of every realm made from now on, before any script. It is for what no template can hold; it costs
// every isolate. Call it while the process starts.
func Prepare(fn func(*goja.Runtime)) {
	installMu.Lock()
	defer installMu.Unlock()
	prepares = append(prepares, fn)
}

func preparations() []func(*goja.Runtime) {
	installMu.Lock()
	defer installMu.Unlock()
	return prepares
}
