// Package webidl is the glue between Web APIs written in Go and script: classes, conversions, errors, promises.
//
// It owns the Realm (one goja runtime with what the Web APIs need of it), the declarative [Class] with its brand checks,
// the conversions of Web IDL (https://webidl.spec.whatwg.org/), DOMException, and the one door through which Go work comes
// back to script ([Realm.Pending]). It knows no particular API; each of those is a package beside this one that declares
// its classes here and exports an [API]. It knows nothing of Workers or of how isolates are run: the isolate is a [Host].
package webidl
