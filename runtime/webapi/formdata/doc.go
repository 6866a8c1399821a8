// Package formdata owns the class FormData and the two encodings of one in a body: multipart/form-data and
// application/x-www-form-urlencoded.
//
// See https://xhr.spec.whatwg.org/#interface-formdata, https://datatracker.ietf.org/doc/html/rfc7578 and, for how names are escaped,
// https://html.spec.whatwg.org/#multipart-form-data.
package formdata
