// Package urlpattern is the class URLPattern (https://urlpattern.spec.whatwg.org/#urlpattern-class).
//
// It owns the conversions and the regular expressions, which are the realm's own; the algorithms are those of package pattern.
package urlpattern

import "github.com/bindery/bindery/runtime/webapi/webidl"

// API is URLPattern.
var API = webidl.API{Classes: []webidl.Declared{Class}}
