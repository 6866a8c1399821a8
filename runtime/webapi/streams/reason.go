package streams

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// reason is why script cancelled or failed a stream, on its way through Go.
type reason struct {
	webidl.Thrown
	r     *webidl.Realm
	value goja.Value // for r alone, unless it is a primitive
}

// Unwrap gives what those see who know nothing of reasons.
func (e *reason) Unwrap() error { return &e.Thrown }

// ReasonOf makes an error of the value of script that is why a body is cancelled, fails or is aborted. FromReason gives it back: in the same
// realm the value itself, in another one a primitive as it is, as by structured cloning, and an error like it of anything else. To others it
// is the [*webidl.Thrown] that Realm.Describe gives.
func ReasonOf(r *webidl.Realm, v goja.Value) error {
	v = undefinedOr(v)
	if s, ok := v.(goja.String); ok {
		s.Length() // has goja look into a string that came from Go: from then on it is immutable, and two realms may share it
	}
	return &reason{*r.Describe(v), r, v}
}

// FromReason makes the value of script that a reason stands for, of any other error what Realm.FromError does.
func FromReason(r *webidl.Realm, err error) goja.Value {
	var e *reason
	if errors.As(err, &e) && (e.r == r || primitive(e.value)) {
		return e.value
	}
	return r.FromError(err)
}

// primitive reports whether a value belongs to no realm.
func primitive(v goja.Value) bool {
	switch v.(type) {
	case *goja.Object, *goja.Symbol:
		return false
	}
	return true
}
