package codec

import (
	"errors"
	"strings"
)

// ErrInvalid is what a fatal decoder returns for bytes that are not text in its encoding. TextDecoder throws a
// TypeError for it (https://encoding.spec.whatwg.org/#dom-textdecoder-decode).
var ErrInvalid = errors.New("decode text: the bytes are not valid in this encoding")

const byteOrderMark = "\uFEFF"

// decoding is the state of one encoding's decoder. decode takes the next bytes; flush says that they are the last, and
// leaves the state as it was at the start. With fatal set it returns ErrInvalid for what would become U+FFFD.
type decoding interface {
	decode(chunk []byte, flush, fatal bool) (string, error)
	reset()
}

// Decoder decodes a stream of bytes as a TextDecoder does (https://encoding.spec.whatwg.org/#interface-textdecoder). It
// is for one goroutine at a time.
type Decoder struct {
	encoding  *Encoding
	state     decoding
	fatal     bool
	ignoreBOM bool
	begun     bool // something was decoded in this stream: no byte order mark is looked for any more
}

// NewDecoder returns a decoder with the flags of TextDecoder: fatal makes invalid bytes an error instead of U+FFFD,
// ignoreBOM keeps a byte order mark in the output.
func NewDecoder(e *Encoding, fatal, ignoreBOM bool) *Decoder {
	return &Decoder{encoding: e, state: e.newDecoding(), fatal: fatal, ignoreBOM: ignoreBOM}
}

func (e *Encoding) newDecoding() decoding {
	switch {
	case e.table != nil:
		return &singleByteDecoder{table: e.table.DecodeByte}
	case e.double != nil:
		return newMultiByteDecoder(e)
	}
	switch e.name {
	case "UTF-16LE":
		return &utf16Decoder{}
	case "UTF-16BE":
		return &utf16Decoder{bigEndian: true}
	case "x-user-defined":
		return &singleByteDecoder{table: userDefined}
	case "replacement":
		return &replacementDecoder{}
	}
	return &utf8Decoder{}
}

// Encoding returns the encoding that was given to NewDecoder.
func (d *Decoder) Encoding() *Encoding { return d.encoding }

// Decode decodes chunk after what came before and returns the text as UTF-8, which never holds surrogates. stream says
// that more will come: an unfinished character waits for it. Without stream the input ends here and the next call begins
// anew, as it does after [ErrInvalid]. chunk isn't kept. See https://encoding.spec.whatwg.org/#dom-textdecoder-decode.
func (d *Decoder) Decode(chunk []byte, stream bool) (string, error) {
	text, err := d.state.decode(chunk, !stream, d.fatal)
	if err != nil {
		d.state.reset()
		d.begun = false
		return "", err
	}
	if !d.begun && text != "" {
		d.begun = true
		if !d.ignoreBOM && d.encoding.hasBOM() {
			text = strings.TrimPrefix(text, byteOrderMark)
		}
	}
	if !stream {
		d.begun = false
	}
	return text, nil
}

// hasBOM tells whether TextDecoder drops a byte order mark (https://encoding.spec.whatwg.org/#concept-td-serialize).
func (e *Encoding) hasBOM() bool {
	return e.name == "UTF-8" || e.name == "UTF-16LE" || e.name == "UTF-16BE"
}

// DetectBOM is "BOM sniff" (https://encoding.spec.whatwg.org/#bom-sniff): the encoding that a byte order mark at the
// start of b tells and the length of the mark, or nil and 0.
func DetectBOM(b []byte) (e *Encoding, size int) {
	switch {
	case len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF:
		return UTF8, 3
	case len(b) >= 2 && b[0] == 0xFE && b[1] == 0xFF:
		return byLabel["utf-16be"], 2
	case len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE:
		return byLabel["utf-16le"], 2
	}
	return nil, 0
}

// DecodeBody is "UTF-8 decode" (https://encoding.spec.whatwg.org/#utf-8-decode), what Body.text() does: one leading
// byte order mark is dropped, invalid bytes become U+FFFD.
func DecodeBody(b []byte) string {
	if len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF {
		b = b[3:]
	}
	text, _ := (&utf8Decoder{}).decode(b, true, false)
	return text
}
