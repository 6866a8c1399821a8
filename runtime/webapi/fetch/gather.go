package fetch

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// maxBuffered bounds what text(), json() and their like gather of a stream, as on Cloudflare the memory of an isolate does.
const maxBuffered = 128 << 20

var errTooLarge = &webidl.Thrown{Class: "TypeError", Message: "Memory limit would be exceeded before EOF."}

// gatherer collects a stream. run may be called on the strand; the rest goes on wherever chunks come.
type gatherer struct {
	src    body.Stream
	chunks [][]byte
	size   int64

	mu   sync.Mutex
	done bool     // guarded by mu
	then []func() // guarded by mu: what runs once it is done

	data []byte // valid once done
	err  error  // valid once done
}

// run pulls until the stream ends or a chunk is not there yet; then the goroutine that brings it goes on.
func (g *gatherer) run() {
	for more := true; more; {
		var turn atomic.Int32 // whoever comes second, the return of Pull or the chunk, goes on
		over := false
		g.src.Pull(func(chunk []byte, err error) {
			over = !g.take(chunk, err)
			if turn.Swap(1) == 1 && !over {
				g.run()
			}
		})
		more = turn.Swap(1) == 1 && !over
	}
}

// take keeps a chunk, and reports whether there may be more.
func (g *gatherer) take(chunk []byte, err error) bool {
	switch {
	case err == io.EOF:
		g.end(join(g.chunks), nil)
		return false
	case err != nil:
		g.end(nil, err)
		return false
	}
	if g.isDone() { // it was abandoned meanwhile
		return false
	}
	g.chunks = append(g.chunks, chunk)
	g.size += int64(len(chunk))
	if g.size > maxBuffered {
		g.abandon(errTooLarge)
		return false
	}
	return true
}

// abandon ends it early. Safe from any goroutine.
func (g *gatherer) abandon(err error) {
	g.end(nil, err)
	g.src.Cancel(err)
}

// end ends it once; later calls do nothing.
func (g *gatherer) end(data []byte, err error) {
	g.mu.Lock()
	if g.done {
		g.mu.Unlock()
		return
	}
	g.done, g.data, g.err = true, data, err
	then := g.then
	g.mu.Unlock()
	for _, fn := range then {
		fn()
	}
}

func (g *gatherer) isDone() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.done
}

// whenDone has fn run when it is done, on any goroutine: at once if it is.
func (g *gatherer) whenDone(fn func()) {
	g.mu.Lock()
	done := g.done
	if !done {
		g.then = append(g.then, fn)
	}
	g.mu.Unlock()
	if done {
		fn()
	}
}

// join gives the bytes of chunks that nobody changes; one chunk is not copied.
func join(chunks [][]byte) []byte {
	if len(chunks) == 1 {
		return chunks[0]
	}
	return bytes.Join(chunks, nil)
}

// copies is how many bytes join has to allocate.
func copies(chunks [][]byte) (n int64) {
	if len(chunks) == 1 {
		return 0
	}
	for _, c := range chunks {
		n += int64(len(c))
	}
	return n
}
