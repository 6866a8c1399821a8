package formdata

import (
	"crypto/rand"
	"strings"
	"unsafe"

	"github.com/bindery/bindery/runtime/body"
)

// byReference is how long a value or file is that is not copied into the body.
const byReference = 4 << 10

// Encode makes a multipart/form-data body, and the Content-Type that names its boundary. Long values and files are in the body by reference, so
// it takes little memory.
func Encode(f *FormData) (b *body.Body, contentType string) {
	boundary := "----bindery-form-data-" + rand.Text()
	return body.Chunks(encode(f, boundary)), "multipart/form-data; boundary=" + boundary
}

// chunks are what has been encoded: some by reference, and what was written since.
type chunks struct {
	all [][]byte
	out []byte
}

func (c *chunks) text(parts ...string) {
	for _, s := range parts {
		c.out = append(c.out, s...)
	}
}

// value adds bytes that nobody changes.
func (c *chunks) value(b []byte) {
	if len(b) < byReference {
		c.out = append(c.out, b...)
		return
	}
	c.all = append(c.all, c.out, b)
	c.out = nil
}

// encode is the multipart/form-data encoding algorithm, https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm.
func encode(f *FormData, boundary string) [][]byte {
	var c chunks
	size := len(boundary) + 8
	for i := range f.entries {
		e := &f.entries[i]
		size += len(boundary) + len(e.Name) + min(len(e.Value), byReference) + 64
		if e.File != nil {
			size += min(len(e.File.Bytes()), byReference) + len(e.File.Name) + 64
		}
	}
	c.out = make([]byte, 0, min(size, 64<<10))
	for i := range f.entries {
		e := &f.entries[i]
		c.text("--", boundary, "\r\nContent-Disposition: form-data; name=\"", nameEscaper.Replace(crlf(e.Name)), "\"")
		if e.File == nil {
			c.text("\r\n\r\n")
			value := crlf(e.Value)
			c.value(unsafe.Slice(unsafe.StringData(value), len(value)))
			c.text("\r\n")
			continue
		}
		typ := e.File.Type()
		if typ == "" {
			typ = "application/octet-stream"
		}
		c.text("; filename=\"", nameEscaper.Replace(e.File.Name), "\"\r\nContent-Type: ", typ, "\r\n\r\n")
		c.value(e.File.Bytes())
		c.text("\r\n")
	}
	c.text("--", boundary, "--\r\n")
	return append(c.all, c.out)
}

// nameEscaper escapes names and file names as the HTML standard does.
var nameEscaper = strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22")

// crlf makes each line break CRLF.
func crlf(s string) string {
	if strings.IndexByte(s, '\r') < 0 && strings.IndexByte(s, '\n') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			b.WriteString("\r\n")
		case '\n':
			b.WriteString("\r\n")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
