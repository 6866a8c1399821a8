// Package whatwgurl holds the algorithms of the WHATWG URL Standard: the URL record with its parser, its serialiser and
// the getters and setters of the URL class, hosts (IPv4, IPv6, IDNA), percent-encoding and
// application/x-www-form-urlencoded. It works on Go strings and knows no JavaScript engine; the classes URL and
// URLSearchParams wrap it elsewhere.
//
// All strings in and out are USVStrings in UTF-8. The conversion from a JavaScript string, which turns lone surrogates
// into U+FFFD, is the caller's; bytes that aren't UTF-8 are treated as U+FFFD here.
//
// Why this is not a library: docs/rationale/url.md. See https://url.spec.whatwg.org/.
package whatwgurl
