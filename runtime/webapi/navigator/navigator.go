// Package navigator is the global object navigator
// (https://developers.cloudflare.com/workers/runtime-apis/web-standards/#navigatoruseragent).
//
// userAgent is Cloudflare's: it is how npm packages tell that they run in a Worker, and not in Node or a browser.
package navigator

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// UserAgent is what navigator.userAgent says.
const UserAgent = "Cloudflare-Workers"

// API is what this package adds to the global object.
var API = webidl.API{
	Classes: []webidl.Declared{class},
	Globals: []engine.Member{{Name: "navigator", Make: func(rt *goja.Runtime) goja.Value {
		r := webidl.Of(rt)
		if r == nil {
			return engine.Hidden(goja.Undefined())
		}
		return class.New(r, &navigator{})
	}}},
}

// navigator is https://html.spec.whatwg.org/#workernavigator.
type navigator struct {
	languages goja.Value
}

var class = webidl.NewClass[*navigator]("Navigator")

func init() {
	class.
		Getter("userAgent", func(_ *navigator, r *webidl.Realm) goja.Value { return r.Str(UserAgent) }).
		Getter("language", func(_ *navigator, r *webidl.Realm) goja.Value { return r.Str("en") }).
		Getter("languages", func(n *navigator, r *webidl.Realm) goja.Value {
			if n.languages == nil {
				n.languages = r.Array(r.Str("en"))
			}
			return n.languages
		}).
		// One: an isolate runs on one processor at a time, and has no threads to offer.
		Getter("hardwareConcurrency", func(_ *navigator, r *webidl.Realm) goja.Value { return r.ToValue(1) }).
		Getter("onLine", func(_ *navigator, r *webidl.Realm) goja.Value { return r.ToValue(true) }).
		Getter("platform", func(_ *navigator, r *webidl.Realm) goja.Value { return r.Str("linux") })
}
