package formdata

import (
	"crypto/rand"
	"strings"

	"github.com/bindery/bindery/runtime/body"
)

// Encode makes a multipart/form-data body, and the Content-Type that names its boundary.
func Encode(f *FormData) (b *body.Body, contentType string) {
	boundary := "----bindery-form-data-" + rand.Text()
	return body.Bytes(encode(f, boundary)), "multipart/form-data; boundary=" + boundary
}

// encode is the multipart/form-data encoding algorithm, https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm.
func encode(f *FormData, boundary string) []byte {
	size := len(boundary) + 8
	for i := range f.entries {
		e := &f.entries[i]
		size += len(boundary) + len(e.Name) + len(e.Value) + 64
		if e.File != nil {
			size += len(e.File.Bytes()) + len(e.File.Name) + 64
		}
	}
	out := make([]byte, 0, size)
	for i := range f.entries {
		e := &f.entries[i]
		out = append(append(append(out, "--"...), boundary...), "\r\nContent-Disposition: form-data; name=\""...)
		out = append(append(out, nameEscaper.Replace(crlf(e.Name))...), '"')
		if e.File == nil {
			out = append(append(append(out, "\r\n\r\n"...), crlf(e.Value)...), "\r\n"...)
			continue
		}
		out = append(append(append(out, "; filename=\""...), nameEscaper.Replace(e.File.Name)...), "\"\r\nContent-Type: "...)
		typ := e.File.Type()
		if typ == "" {
			typ = "application/octet-stream"
		}
		out = append(append(append(append(out, typ...), "\r\n\r\n"...), e.File.Bytes()...), "\r\n"...)
	}
	return append(append(append(out, "--"...), boundary...), "--\r\n"...)
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
