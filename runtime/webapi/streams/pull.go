package streams

import "github.com/dop251/goja"

// pulling is what both controllers of readable streams have to do with their underlying source.
type pulling struct {
	started, closeRequested, pulling, pullAgain bool
	pullAlgorithm, cancelAlgorithm              algorithm
}

// pulls gives a controller's own.
func (p *pulling) pulls() *pulling { return p }

// puller is one of the two controllers: ReadableStreamDefaultController and ReadableByteStreamController of the standard have the same
// steps here, but for when they want more and for how they fail.
type puller interface {
	pulls() *pulling
	shouldCallPull() bool
	fail(e goja.Value)
}

// begin is the end of setting up a controller: its pulls begin once the start algorithm has succeeded.
func begin(c puller, start func() *promise) {
	startPromise(start()).then(func(goja.Value) {
		c.pulls().started = true
		callPullIfNeeded(c)
	}, c.fail)
}

// callPullIfNeeded is https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed and
// https://streams.spec.whatwg.org/#readable-byte-stream-controller-call-pull-if-needed.
func callPullIfNeeded(c puller) {
	if !c.shouldCallPull() {
		return
	}
	p := c.pulls()
	if p.pulling {
		p.pullAgain = true
		return
	}
	p.pulling = true
	p.pullAlgorithm(nil).then(func(goja.Value) {
		p := c.pulls()
		p.pulling = false
		if p.pullAgain {
			p.pullAgain = false
			callPullIfNeeded(c)
		}
	}, c.fail)
}
