package blob

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Class is the class Blob; every File is one too.
var Class = webidl.NewClass[*Blob]("Blob")

// API is what this package adds to the global object.
var API = webidl.API{Classes: []webidl.Declared{Class, FileClass}}

// Blob is what a Blob object carries. It never changes and may be shared between realms.
type Blob struct {
	data []byte
	typ  string
}

// New makes a Blob of bytes that nobody may change from now on. typ is taken as it is.
func New(data []byte, typ string) *Blob { return &Blob{data: data, typ: typ} }

// Bytes are the bytes of the blob, not to be changed.
func (b *Blob) Bytes() []byte { return b.data }

// Type is the MIME type, "" if it is not known.
func (b *Blob) Type() string { return b.typ }

// Of gives the Blob that v is, a File's included.
func Of(v goja.Value) (*Blob, bool) { return Class.From(v) }

func init() {
	Class.Cast = func(v any) (*Blob, bool) {
		switch v := v.(type) {
		case *Blob:
			return v, true
		case *File:
			return &v.Blob, true
		}
		return nil, false
	}
	Class.Constructor(0, func(c webidl.Call) *Blob {
		if !c.Has(0) {
			return &Blob{typ: readOptions(c.Realm, c.Dict(1), func() {}).typ}
		}
		return construct(c, c.Arg(0), c.Arg(1), func(webidl.Dictionary) {})
	}).
		Getter("size", func(b *Blob, r *webidl.Realm) goja.Value { return r.ToValue(len(b.data)) }).
		Getter("type", func(b *Blob, r *webidl.Realm) goja.Value { return r.Str(b.typ) }).
		Method("slice", 0, func(b *Blob, c webidl.Call) goja.Value { return Class.New(c.Realm, b.slice(c)) }).
		Method("stream", 0, func(b *Blob, c webidl.Call) goja.Value {
			return streams.FromSource(c.Realm, body.Bytes(b.data).Stream())
		}).
		AsyncMethod("text", 0, func(b *Blob, c webidl.Call) goja.Value { return c.Resolved(c.Str(Text(b.data))) }).
		AsyncMethod("arrayBuffer", 0, func(b *Blob, c webidl.Call) goja.Value {
			bounds.Charge(c.Realm, int64(len(b.data)))
			return c.Resolved(c.ArrayBuffer(append(make([]byte, 0, len(b.data)), b.data...)))
		}).
		AsyncMethod("bytes", 0, func(b *Blob, c webidl.Call) goja.Value {
			bounds.Charge(c.Realm, int64(len(b.data)))
			return c.Resolved(c.Uint8Array(append(make([]byte, 0, len(b.data)), b.data...)))
		})
}

// Text decodes bytes that never change as UTF-8, without a byte order mark (https://encoding.spec.whatwg.org/#utf-8-decode). The text
// shares their memory where they are well-formed.
func Text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if b[0] != 0xEF && utf8.Valid(b) {
		return unsafe.String(unsafe.SliceData(b), len(b))
	}
	return codec.DecodeBody(b)
}

// slice is https://w3c.github.io/FileAPI/#slice-blob, sharing the bytes.
func (b *Blob) slice(c webidl.Call) *Blob {
	size := int64(len(b.data))
	offset := func(i int, missing int64) int64 {
		if !c.Has(i) {
			return missing
		}
		n := c.ClampInteger(c.Arg(i), -1<<53, 1<<53)
		if n < 0 {
			return max(size+n, 0)
		}
		return min(n, size)
	}
	start, end := offset(0, 0), offset(1, size)
	s := &Blob{data: b.data[start:max(start, end)]}
	if c.Has(2) {
		s.typ = normalizeType(c.String(2))
	}
	return s
}

type options struct {
	native bool // line endings become the platform's: "\n"
	typ    string
}

// readOptions reads a BlobPropertyBag (https://w3c.github.io/FileAPI/#dfn-BlobPropertyBag), its members in the order of their
// names; between is where those of a FilePropertyBag come.
func readOptions(r *webidl.Realm, d webidl.Dictionary, between func()) (o options) {
	if v, ok := d.Get("endings"); ok {
		o.native = r.Enum(v, "EndingType", "transparent", "native") == "native"
	}
	between()
	o.typ = normalizeType(d.String("type", ""))
	return o
}

// normalizeType is "" for a type with characters outside of U+0020 to U+007E, else lower case.
func normalizeType(typ string) string {
	for i := range len(typ) {
		if typ[i] < 0x20 || typ[i] > 0x7E {
			return ""
		}
	}
	return strings.ToLower(typ)
}

// construct makes a blob of a sequence of parts (https://w3c.github.io/FileAPI/#process-blob-parts).
func construct(c webidl.Call, parts, bag goja.Value, between func(webidl.Dictionary)) *Blob {
	if _, ok := parts.(*goja.Object); !ok {
		panic(c.TypeError("Failed to execute '%s': The provided value cannot be converted to a sequence.", c.Name))
	}
	list := c.Sequence(parts)
	texts := make([]string, len(list))
	for i, v := range list {
		if _, ok := Of(v); ok {
			continue
		}
		if _, ok := c.BufferBytes(v); !ok {
			texts[i] = c.USVString(v)
		}
	}
	d := c.Dictionary(bag)
	o := readOptions(c.Realm, d, func() { between(d) })
	if len(list) == 1 {
		if b, ok := Of(list[0]); ok {
			return &Blob{data: b.data, typ: o.typ}
		}
	}
	for i, text := range texts {
		if o.native {
			texts[i] = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		}
	}
	size := 0
	for i, v := range list {
		if b, ok := Of(v); ok {
			size += len(b.data)
		} else if b, ok := c.BufferBytes(v); ok {
			size += len(b)
		} else {
			size += len(texts[i])
		}
	}
	bounds.Charge(c.Realm, int64(size))
	data := make([]byte, 0, size)
	for i, v := range list {
		if b, ok := Of(v); ok {
			data = append(data, b.data...)
		} else if b, ok := c.BufferBytes(v); ok {
			data = append(data, b...)
		} else {
			data = append(data, texts[i]...)
		}
	}
	return &Blob{data: data, typ: o.typ}
}
