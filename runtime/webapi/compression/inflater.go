package compression

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"runtime"
	"sync"

	"github.com/bindery/bindery/runtime/invocation"
)

// pieceSize is the most that one step of an inflater gives, in bytes: the window of deflate, so that more would not make fewer steps.
const pieceSize = 32 << 10

// failure is what ends an inflater before its time: the message of the TypeError that script sees, workerd's where it has one.
type failure string

func (f failure) Error() string { return string(f) }

const (
	errCorrupt    failure = "Decompression failed."
	errTrailing   failure = "Trailing bytes after end of compressed data"
	errIncomplete failure = "Called close() on a decompression stream with incomplete data"
	errStopped    failure = "The invocation that this DecompressionStream belongs to is over."
)

// inflater decompresses step by step: feed gives it input, step gives a piece of the output. The reader below it, which can only wait for
// input where it stands, runs as a coroutine that is left there meanwhile: it never runs but inside a step. The coroutine ends with the data, with stop,
// with the invocation that began it, or with the inflater, whatever comes first.
type inflater struct {
	format *format

	mu      sync.Mutex // the coroutine and all that it shares: stop may come from any goroutine
	in      *input     // nil before the first step
	next    func() ([]byte, bool)
	end     func()
	forget  func()
	stopped bool
	hungry  bool // all input is used up
	ended   bool // the data is whole; more is an error
}

// input is the coroutine's side of an inflater. It doesn't know the inflater, so that one that nobody needs any more is collected.
type input struct {
	chunk []byte
	eof   bool
	yield func(piece []byte) bool // an empty piece asks for input
	over  bool                    // yield must not be called again
	err   error                   // how it ended: nil with the data
}

// feed gives the next bytes of the input, which nobody may change while the inflater needs them. Those before must be used up.
func (f *inflater) feed(b []byte, inv *invocation.Invocation) {
	if len(b) == 0 {
		return
	}
	f.start(inv)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in.chunk, f.hungry = b, false
}

// finish says that no more input comes.
func (f *inflater) finish(inv *invocation.Invocation) {
	f.start(inv)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in.eof, f.hungry = true, false
}

func (f *inflater) start(inv *invocation.Invocation) {
	if f.in != nil {
		return
	}
	in := &input{}
	f.in = in
	f.next, f.end = iter.Pull(in.pieces(f.format))
	runtime.AddCleanup(f, func(end func()) { end() }, f.end)
	if inv != nil {
		f.forget = inv.OnEnd(f.stop)
	}
}

// step gives the next piece, nil when all input is used up, io.EOF after the end of data that is whole.
func (f *inflater) step() (piece []byte, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.stopped:
		return nil, errStopped
	case f.ended:
		return nil, f.trailing()
	}
	piece, ok := f.next()
	switch {
	case ok:
		f.hungry = piece == nil
		return piece, nil
	case f.in.err != nil:
		return nil, f.in.err
	}
	f.ended, f.hungry = true, true
	return nil, f.trailing()
}

// trailing is how a step behind the end of the data ends.
func (f *inflater) trailing() error {
	if len(f.in.chunk) > 0 {
		return errTrailing
	}
	return io.EOF
}

// stop ends the coroutine. Any goroutine may call it, more than once.
func (f *inflater) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
	if f.end != nil {
		f.end()
	}
}

// close is stop for an inflater that nobody needs any more.
func (f *inflater) close() {
	f.stop()
	if f.forget != nil {
		f.forget()
		f.forget = nil
	}
}

// pieces is the coroutine.
func (in *input) pieces(f *format) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		in.yield = yield
		switch err := in.inflate(f); err {
		case nil, errStopped, errTrailing:
			in.err = err
		case io.EOF, io.ErrUnexpectedEOF:
			in.err = errIncomplete
		default:
			in.err = errCorrupt
		}
	}
}

func (in *input) inflate(f *format) error {
	buffered := bufio.NewReader(in)
	r, err := f.open(buffered)
	if err != nil {
		return err
	}
	buf := make([]byte, pieceSize)
	for {
		n, err := r.Read(buf)
		if in.over {
			return errStopped
		}
		if n > 0 && !in.yield(bytes.Clone(buf[:n])) {
			in.over = true
			return errStopped
		}
		switch {
		case err == io.EOF && buffered.Buffered() > 0:
			return errTrailing
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// Read waits for input.
func (in *input) Read(p []byte) (int, error) {
	for len(in.chunk) == 0 {
		switch {
		case in.over:
			return 0, errStopped
		case in.eof:
			return 0, io.EOF
		case !in.yield(nil):
			in.over = true
		}
	}
	n := copy(p, in.chunk)
	in.chunk = in.chunk[n:]
	return n, nil
}
