package encoding

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// TextEncoderStream is https://encoding.spec.whatwg.org/#interface-textencoderstream.
type TextEncoderStream struct {
	transform *streams.TransformStream
	lead      uint16 // a lead surrogate at the end of the last chunk, 0 if there was none
}

// EncoderStreamClass is the class TextEncoderStream.
var EncoderStreamClass = webidl.NewClass[*TextEncoderStream]("TextEncoderStream")

func init() {
	EncoderStreamClass.Constructor(0, newTextEncoderStream).
		Getter("encoding", func(_ *TextEncoderStream, r *webidl.Realm) goja.Value { return r.Str("utf-8") }).
		Getter("readable", func(s *TextEncoderStream, _ *webidl.Realm) goja.Value { return s.transform.Readable() }).
		Getter("writable", func(s *TextEncoderStream, _ *webidl.Realm) goja.Value { return s.transform.Writable() })
}

// newTextEncoderStream is https://encoding.spec.whatwg.org/#dom-textencoderstream.
func newTextEncoderStream(c webidl.Call) *TextEncoderStream {
	s, r := &TextEncoderStream{}, c.Realm
	s.transform = streams.NewTransform(r, nil, func(t *streams.TransformController, chunk goja.Value) goja.Value {
		if b := s.encode(r.DOMString(chunk)); len(b) > 0 {
			t.EnqueueBytes(b)
		}
		return nil
	}, func(t *streams.TransformController) goja.Value {
		if s.lead != 0 {
			t.EnqueueBytes(utf8.AppendRune(nil, utf8.RuneError))
		}
		return nil
	})
	return s
}

// encode is https://encoding.spec.whatwg.org/#encode-and-enqueue-a-chunk but for the queue.
func (s *TextEncoderStream) encode(text goja.String) []byte {
	n := text.Length()
	if n == 0 {
		return nil
	}
	var b []byte
	if s.lead != 0 {
		r := utf16.DecodeRune(rune(s.lead), rune(text.CharAt(0)))
		s.lead = 0
		b = utf8.AppendRune(b, r)
		if r != utf8.RuneError { // the first code unit is the other half
			text = text.Substring(1, n)
			n--
		}
	}
	if n > 0 {
		if last := text.CharAt(n - 1); last >= 0xD800 && last < 0xDC00 {
			s.lead = last
			text = text.Substring(0, n-1)
		}
	}
	return append(b, text.String()...) // lone surrogates are U+FFFD there
}
