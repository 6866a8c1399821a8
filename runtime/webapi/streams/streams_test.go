package streams_test

import (
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins"
	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/encoding"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) {
	streams.AbortSignalOf = func(v goja.Value) (streams.Signal, bool) { s, ok := event.SignalOf(v); return s, ok }
	streams.NewAbortController = func(r *webidl.Realm) streams.AbortController { return event.NewSignal(r) }
	webidl.Prepare(builtins.Install)
	runtimetest.Main(m, streams.API, event.API, encoding.API, webidl.API{Globals: globals()})
}

// drain pulls a stream to its end as Go does, and gives what total makes of all bytes.
func drain(c webidl.Call, each func(chunk []byte), result func() goja.Value) goja.Value {
	s, _ := streams.Of(c.Arg(0))
	src, err := streams.ToSource(c.Realm, s)
	if err != nil {
		panic(c.FromError(err))
	}
	d, settle, r := c.NewDeferred(), c.Pending(), c.Realm
	got := make(chan error, 1)
	go func() {
		for {
			src.Pull(func(chunk []byte, err error) {
				each(chunk)
				got <- err
			})
			switch err := <-got; err {
			case nil:
			case io.EOF:
				settle(func() { d.Resolve(result()) })
				return
			default:
				settle(func() { d.Reject(r.FromError(err)) })
				return
			}
		}
	}()
	return d.Value()
}

// globals are what the snippets use: source(n, size) makes a stream of n chunks from Go that are there at once, slow(...texts) one whose
// chunks come from other goroutines, and bytes(stream) gives all that a stream gives as text, with Go reading.
func globals() []engine.Member {
	return []engine.Member{
		webidl.Function("source", 2, "source", func(c webidl.Call) goja.Value {
			n, size := int(c.Integer(c.Arg(0), 32, false)), int(c.Integer(c.Arg(1), 32, false))
			return streams.FromSource(c.Realm, &chunks{left: n, chunk: make([]byte, size)})
		}),
		webidl.Function("slow", 0, "slow", func(c webidl.Call) goja.Value {
			s := &slow{}
			for _, v := range c.Args {
				s.texts = append(s.texts, v.String())
			}
			return streams.FromSource(c.Realm, s)
		}),
		webidl.AsyncFunction("consume", 1, "consume", func(c webidl.Call) goja.Value {
			s, _ := streams.Of(c.Arg(0))
			d := c.NewDeferred()
			r := c.Realm
			streams.Consume(r, s, func(chunks [][]byte, err goja.Value) {
				if err != nil {
					d.Reject(err)
					return
				}
				var all []byte
				for _, chunk := range chunks {
					all = append(all, chunk...)
				}
				d.Resolve(r.Str(string(all)))
			})
			return d.Value()
		}),
		webidl.Function("clone", 1, "clone", func(c webidl.Call) goja.Value {
			s, _ := streams.Of(c.Arg(0))
			a, b := streams.Tee(c.Realm, s)
			return c.Array(a, b)
		}),
		webidl.AsyncFunction("drain", 1, "drain", func(c webidl.Call) goja.Value {
			var all []byte
			return drain(c, func(chunk []byte) { all = append(all, chunk...) }, func() goja.Value { return c.Str(string(all)) })
		}),
		webidl.AsyncFunction("count", 1, "count", func(c webidl.Call) goja.Value {
			total := 0
			return drain(c, func(chunk []byte) { total += len(chunk) }, func() goja.Value { return c.ToValue(total) })
		}),
	}
}

// chunks gives the same chunk again and again, at once.
type chunks struct {
	left  int
	chunk []byte
}

func (s *chunks) Pull(deliver func([]byte, error)) {
	if s.left == 0 {
		deliver(nil, io.EOF)
		return
	}
	s.left--
	deliver(s.chunk, nil)
}

func (s *chunks) Cancel(error) { s.left = 0 }

// slow gives texts from goroutines of its own. The text "error: x" is an error, "" an empty chunk.
type slow struct {
	mu        sync.Mutex
	texts     []string // guarded by mu
	cancelled error    // guarded by mu
	pulls     int      // guarded by mu
}

func (s *slow) Pull(deliver func([]byte, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls++
	switch {
	case s.cancelled != nil:
		go deliver(nil, s.cancelled)
	case len(s.texts) == 0:
		go deliver(nil, io.EOF)
	default:
		text := s.texts[0]
		s.texts = s.texts[1:]
		if message, failed := strings.CutPrefix(text, "error: "); failed {
			go deliver(nil, &webidl.Thrown{Class: "TypeError", Message: message})
			return
		}
		go deliver([]byte(text), nil)
	}
}

func (s *slow) Cancel(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancelled == nil {
		s.cancelled = reason
	}
}
