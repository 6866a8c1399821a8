package compression

import (
	"bufio"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// format is https://compression.spec.whatwg.org/#supported-formats.
type format struct {
	name string
	// open reads the head of the data, and gives what reads the rest; it reads not a byte behind the end.
	open     func(r *bufio.Reader) (io.Reader, error)
	encoders *sync.Pool // of *encoder, ready for new data: one has a megabyte of tables
}

var formats = []*format{
	{
		name:     "deflate", // the zlib format, RFC 1950
		open:     func(r *bufio.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		encoders: encoders(func(w io.Writer) writer { return zlib.NewWriter(w) }),
	},
	{
		name: "deflate-raw", // RFC 1951
		open: func(r *bufio.Reader) (io.Reader, error) { return flate.NewReader(r), nil },
		encoders: encoders(func(w io.Writer) writer {
			fw, err := flate.NewWriter(w, flate.DefaultCompression)
			if err != nil {
				panic(err) // the level is valid
			}
			return fw
		}),
	},
	{
		name: "gzip", // RFC 1952
		open: func(r *bufio.Reader) (io.Reader, error) {
			z, err := gzip.NewReader(r)
			if err != nil {
				return nil, err
			}
			z.Multistream(false) // what follows the first member is trailing data
			return z, nil
		},
		encoders: encoders(func(w io.Writer) writer { return gzip.NewWriter(w) }),
	},
}

// formatOf converts the first argument of both constructors.
func formatOf(c webidl.Call) *format {
	name := c.String(0)
	for _, f := range formats {
		if f.name == name {
			return f
		}
	}
	panic(c.TypeError("The compression format must be either 'deflate', 'deflate-raw' or 'gzip'."))
}

// writer is what the writers of all formats are.
type writer interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// encoder is a writer with what it has written and nobody has taken.
type encoder struct {
	writer
	out output
}

type output struct{ b []byte }

func (o *output) Write(b []byte) (int, error) {
	o.b = append(o.b, b...)
	return len(b), nil
}

// take gives what was written since it was last called.
func (e *encoder) take() []byte {
	b := e.out.b
	e.out.b = nil
	return b
}

func encoders(open func(w io.Writer) writer) *sync.Pool {
	return &sync.Pool{New: func() any {
		e := &encoder{}
		e.writer = open(&e.out)
		return e
	}}
}
