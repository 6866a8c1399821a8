package main

import "github.com/bindery/bindery/runtime/webapi/fetch"

// newOutbound is the way of global fetch to the outside.
func newOutbound() fetch.Outbound { return nil }
