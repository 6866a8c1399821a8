package navigator_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/navigator"
)

func TestMain(m *testing.M) { runtimetest.Main(m, navigator.API) }

func TestNavigator(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `navigator.userAgent`, Want: "Cloudflare-Workers"},
		{Src: `[navigator.language, navigator.languages, navigator.hardwareConcurrency, navigator.onLine, navigator.platform].join()`, Want: "en,en,1,true,linux"},
		{Src: `navigator.languages === navigator.languages && navigator === navigator`, Want: "true"},
		{Src: `"use strict"; try { navigator.userAgent = 1 } catch (e) { e.name }`, Want: "TypeError"},
		{Src: `String(navigator)`, Want: "[object Navigator]"},
		{Src: `new Navigator()`, Want: "throws TypeError: Illegal constructor"},
	})
}
