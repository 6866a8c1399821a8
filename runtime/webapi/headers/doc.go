// Package headers owns HTTP header lists: [List], which messages share between Workers by copy-on-write, and the class
// Headers that script sees of one. It knows no message: what a header means is others' affair.
//
// See https://fetch.spec.whatwg.org/#headers-class and https://fetch.spec.whatwg.org/#concept-header-list. As on Cloudflare Workers
// there are no forbidden headers, so of the guards only "immutable" and "none" are left.
package headers
