package bounds

import (
	"reflect"
	"strconv"
	"unsafe"

	"github.com/dop251/goja"
)

// goja takes it that the list which a proxy's ownKeys trap gives has no holes: one that has ends the isolate, or more where the list is long. So a proxy
// made by script gets a handler that reads the list first. It is goja's own in all but this method: same memory, and a copy of the table of
// methods by which an interface finds them.

// listedHandler is goja's handler, which has nothing but the object that script gave.
type listedHandler struct{ handler *goja.Object }

type lister interface {
	ownKeys(target *goja.Object) (*goja.Object, bool)
}

// table begins with what an interface's table of methods has before these.
type table struct {
	about   [3]uintptr
	methods [64]uintptr
}

// inspectHandler makes the table. handler is the field of a proxy that holds its handler, proxy one that script made.
func (l *inside) inspectHandler(handler reflect.StructField, proxy *goja.Object) {
	l.objectRuntime = offset(reflect.TypeFor[goja.Object](), "runtime", reflect.TypeFor[*goja.Runtime]())
	words := (*[2]unsafe.Pointer)(unsafe.Add(l.impl(proxy)[1], l.proxyHandler))
	l.scriptTab = words[0]
	t := reflect.NewAt(handler.Type, unsafe.Pointer(words)).Elem().Elem().Type().Elem()
	if t.NumField() != 1 || offset(t, "handler", reflect.TypeFor[*goja.Object]()) != 0 {
		panic("a proxy's handler has more than an object")
	}
	n := handler.Type.NumMethod()
	l.listed = new(table)
	if n > len(l.listed.methods) {
		panic("a proxy's handler has too many methods")
	}
	original := (*table)(l.scriptTab)
	l.listed.about = original.about
	copy(l.listed.methods[:n], original.methods[:n])
	own := keep(&listedHandler{})
	method, ok := handler.Type.MethodByName("ownKeys")
	if want, _ := reflect.TypeFor[lister]().MethodByName("ownKeys"); !ok || method.Type != want.Type {
		panic("a proxy's handler lists its keys otherwise")
	}
	l.listed.methods[method.Index] = (*table)((*[2]unsafe.Pointer)(unsafe.Pointer(&own))[0]).methods[0]
}

// keep calls the method through an interface. The linker leaves out methods that nothing calls so, and can't see that goja does.
//
//go:noinline
func keep(own lister) lister {
	own.ownKeys(nil)
	return own
}

// list has the keys of a proxy that script made read first.
func (l *inside) list(o *goja.Object) {
	if l == nil || l.impl(o)[0] != l.proxy {
		return
	}
	if words := (*[2]unsafe.Pointer)(unsafe.Add(l.impl(o)[1], l.proxyHandler)); words[0] == l.scriptTab {
		words[0] = unsafe.Pointer(l.listed)
	}
}

// ownKeys calls the trap, as goja's method does.
func (h *listedHandler) ownKeys(target *goja.Object) (*goja.Object, bool) {
	if h.handler == nil {
		return nil, false
	}
	rt := *(**goja.Runtime)(unsafe.Add(unsafe.Pointer(h.handler), inner.objectRuntime))
	trap := orUndefined(h.handler.Get("ownKeys"))
	if goja.IsUndefined(trap) || goja.IsNull(trap) {
		return nil, false
	}
	call := code(trap)
	if call == nil {
		panic(rt.NewTypeError("The ownKeys trap of a proxy is not a function"))
	}
	list, ok := orUndefined(call(goja.FunctionCall{This: h.handler, Arguments: []goja.Value{target}})).(*goja.Object)
	if !ok {
		panic(rt.NewTypeError("CreateListFromArrayLike called on non-object"))
	}
	s := of(rt)
	if s == nil {
		return list, true
	}
	n := lengthOf(list)
	s.fits(n, bytesValue, textArray)
	s.chargeSmall(n * bytesValue)
	keys := make([]any, 0, min(n, ordinary))
	for i, valid := int64(0), true; i < n && valid; i++ { // goja throws its error at what is not valid
		s.poll()
		key := orUndefined(list.Get(strconv.FormatInt(i, 10)))
		keys = append(keys, key)
		_, isText := key.(goja.String)
		_, isSymbol := key.(*goja.Symbol)
		valid = isText || isSymbol
	}
	return rt.NewArray(keys...), true
}
