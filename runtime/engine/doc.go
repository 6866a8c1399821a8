// Package engine is the one place that leans on the inside of goja.
//
// It owns seven tricks that goja's public API does not offer or makes dear: script objects that carry a Go value in the
// same allocation, prototypes and constructors whose members are built at first touch, properties added to goja's own
// lazy templates (so that a new runtime has every Web API without paying for one), promises born settled, promise
// reactions in Go, calls of async functions whose promise only Go sees, and instructions that look at operands before goja's. It knows nothing of Workers or Web APIs.
//
// Everything is found by name through reflection when the process starts ([Native] tells the outcome), never by a
// layout written down here. If a field is gone, has another type, or the trial run at start gives a wrong answer, the
// package falls back to goja's public API: slower, larger, the same behaviour. BINDERY_ENGINE=public forces that, which
// is how the tests run both ways.
//
// All functions that take a *goja.Runtime, or a value of one, must be called by the goroutine that holds it.
package engine
