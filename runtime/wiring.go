package runtime

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/url"
)

// Web API packages that need each other in both directions know the other by a function that is set here.
func init() {
	fetch.RegisterBodyInit(func(v goja.Value) ([]byte, string, bool) {
		if p, ok := url.SearchParamsOf(v); ok {
			return []byte(p.String()), "application/x-www-form-urlencoded;charset=UTF-8", true
		}
		return nil, "", false
	})
}
