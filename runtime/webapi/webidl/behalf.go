package webidl

import "github.com/bindery/bindery/runtime/invocation"

// Behalf has fn run in the name of inv. It is for what happens between turns, such as taking a handler's answer: fn must not run script.
func (r *Realm) Behalf(inv *invocation.Invocation, fn func()) {
	was := r.current
	r.current = inv
	defer func() { r.current = was }()
	fn()
}
