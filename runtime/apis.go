package runtime

import (
	"github.com/bindery/bindery/runtime/webapi/base64"
	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/compression"
	"github.com/bindery/bindery/runtime/webapi/console"
	"github.com/bindery/bindery/runtime/webapi/crypto"
	"github.com/bindery/bindery/runtime/webapi/encoding"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/formdata"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/navigator"
	"github.com/bindery/bindery/runtime/webapi/performance"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/structuredclone"
	"github.com/bindery/bindery/runtime/webapi/timers"
	"github.com/bindery/bindery/runtime/webapi/url"
	"github.com/bindery/bindery/runtime/webapi/urlpattern"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// apis are the Web APIs that every isolate has. To add one, write its package beside the others and list it here.
func apis() []webidl.API {
	return []webidl.API{
		base64.API, blob.API, compression.API, console.API, crypto.API, encoding.API, event.API, fetch.API, formdata.API, headers.API, navigator.API, performance.API,
		streams.API, structuredclone.API, timers.API, url.API, urlpattern.API,
	}
}
