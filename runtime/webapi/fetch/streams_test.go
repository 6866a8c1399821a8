package fetch_test

import (
	"io"
	"sync"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// readable stands in for ReadableStream: `new ReadableStream(["a", "b"])` gives these chunks, each from a goroutine of its own.
type readable struct {
	src               body.Stream
	locked, disturbed bool
}

var readableClass = webidl.NewClass[*readable]("ReadableStream")

func init() {
	readableClass.Constructor(1, func(c webidl.Call) *readable {
		s := &slowStream{}
		for _, v := range c.Sequence(c.Arg(0)) {
			s.chunks = append(s.chunks, []byte(v.String()))
		}
		return &readable{src: s}
	}).
		Getter("locked", func(s *readable, r *webidl.Realm) goja.Value { return r.ToValue(s.locked) }).
		Method("getReader", 0, func(s *readable, _ webidl.Call) goja.Value { s.locked = true; return goja.Undefined() }).
		Method("touch", 0, func(s *readable, c webidl.Call) goja.Value { s.disturbed = true; return c.This })
	of := func(v goja.Value) *readable { s, _ := readableClass.From(v); return s }
	fetch.SetStreams(fetch.Streams{
		FromSource: func(r *webidl.Realm, s body.Stream) *goja.Object { return readableClass.New(r, &readable{src: s}) },
		Is:         func(v goja.Value) bool { return of(v) != nil },
		ToSource: func(_ *webidl.Realm, v *goja.Object) body.Stream {
			s := of(v)
			s.locked, s.disturbed = true, true
			return s.src
		},
		Consume: func(r *webidl.Realm, v *goja.Object, done func([]byte, goja.Value)) {
			s := of(v)
			s.locked, s.disturbed = true, true
			back, ctx := r.Pending(), r.Invocation().Context()
			go func() {
				data, err := io.ReadAll(body.NewReader(ctx, s.src))
				back(func() {
					if err != nil {
						done(nil, r.FromError(err))
						return
					}
					done(data, nil)
				})
			}()
		},
		Tee: func(r *webidl.Realm, v *goja.Object) (a, b *goja.Object) {
			s := of(v)
			s.locked, s.disturbed = true, true
			x, y := body.TeeStream(s.src)
			return readableClass.New(r, &readable{src: x}), readableClass.New(r, &readable{src: y})
		},
		Locked:    func(v *goja.Object) bool { return of(v).locked },
		Disturbed: func(v *goja.Object) bool { return of(v).disturbed },
	})
}

// slowStream delivers chunks from other goroutines, then err or io.EOF.
type slowStream struct {
	err error

	mu        sync.Mutex
	chunks    [][]byte // guarded by mu
	cancelled error    // guarded by mu
}

func (s *slowStream) Pull(deliver func([]byte, error)) {
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case s.cancelled != nil:
			go deliver(nil, s.cancelled)
		case len(s.chunks) > 0:
			c := s.chunks[0]
			s.chunks = s.chunks[1:]
			go deliver(c, nil)
		case s.err != nil:
			go deliver(nil, s.err)
		default:
			go deliver(nil, io.EOF)
		}
	}()
}

func (s *slowStream) Cancel(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancelled == nil {
		s.cancelled = reason
	}
}
