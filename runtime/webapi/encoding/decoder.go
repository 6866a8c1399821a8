package encoding

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TextDecoder is https://encoding.spec.whatwg.org/#interface-textdecoder.
type TextDecoder struct {
	decoder          *codec.Decoder
	fatal, ignoreBOM bool
}

// DecoderClass is the class TextDecoder.
var DecoderClass = webidl.NewClass[*TextDecoder]("TextDecoder")

func init() {
	DecoderClass.Constructor(0, newTextDecoder).
		Getter("encoding", func(d *TextDecoder, r *webidl.Realm) goja.Value { return r.Str(d.encoding()) }).
		Getter("fatal", func(d *TextDecoder, r *webidl.Realm) goja.Value { return r.ToValue(d.fatal) }).
		Getter("ignoreBOM", func(d *TextDecoder, r *webidl.Realm) goja.Value { return r.ToValue(d.ignoreBOM) }).
		Method("decode", 0, decode)
}

// newTextDecoder is https://encoding.spec.whatwg.org/#dom-textdecoder.
func newTextDecoder(c webidl.Call) *TextDecoder {
	e, label := codec.UTF8, ""
	if c.Has(0) {
		label = c.String(0)
		e = codec.Lookup(label)
	}
	options := c.Dictionary(c.Arg(1))
	d := &TextDecoder{fatal: options.Bool("fatal", false), ignoreBOM: options.Bool("ignoreBOM", false)}
	if e == nil || e.Name() == "replacement" {
		panic(c.RangeError("\"%s\" is not a valid encoding.", label))
	}
	d.decoder = codec.NewDecoder(e, d.fatal, d.ignoreBOM)
	return d
}

// encoding is the encoding's name in lower case (https://encoding.spec.whatwg.org/#dom-textdecoder-encoding).
func (d *TextDecoder) encoding() string {
	if e := d.decoder.Encoding(); e != codec.UTF8 {
		return strings.ToLower(e.Name())
	}
	return "utf-8"
}

// decode is https://encoding.spec.whatwg.org/#dom-textdecoder-decode.
func decode(d *TextDecoder, c webidl.Call) goja.Value {
	var chunk []byte
	stream := false
	if c.Has(0) {
		chunk = bytesOf(c)
	}
	if c.Has(1) {
		stream = c.Dictionary(c.Arg(1)).Bool("stream", false)
		if c.Has(0) {
			chunk = bytesOf(c) // as they are now: the dictionary may have run script
		}
	}
	bounds.Charge(c.Realm, int64(len(chunk)))
	text, err := d.decoder.Decode(chunk, stream)
	if err != nil {
		panic(c.TypeError("Failed to decode input."))
	}
	return c.Str(text)
}

func bytesOf(c webidl.Call) []byte {
	b, ok := c.BufferBytes(c.Arg(0))
	if !ok {
		panic(c.TypeError("Failed to execute 'TextDecoder.decode': parameter 1 is not of type 'ArrayBuffer' or 'ArrayBufferView'."))
	}
	return b
}
