// Package url is the classes URL and URLSearchParams (https://url.spec.whatwg.org/#api).
//
// It owns what script sees: conversions, the live link between a URL and its searchParams, and laziness. A query becomes a list of
// pairs when script first asks for one of them, and a URL is serialised anew only after a change. The algorithms are those of
// package whatwgurl. URL.createObjectURL and revokeObjectURL are left out: a Worker has no store of blobs.
package url

import "github.com/bindery/bindery/runtime/webapi/webidl"

// API is URL and URLSearchParams.
var API = webidl.API{Classes: []webidl.Declared{Class, SearchParamsClass}}
