package formdata

import (
	"bytes"
	"strconv"
	"strings"
	"unsafe"

	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/encoding/codec"
	"github.com/bindery/bindery/runtime/webapi/mimetype"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// Error is an error of Decode. Its text is what script sees in a TypeError, the same as on Cloudflare.
type Error string

// Error makes it a Go error.
func (e Error) Error() string { return string(e) }

const (
	errNoType = Error("Parsing a Body as FormData requires a Content-Type header.")
	errType   = Error("Unrecognized Content-Type header value. FormData can only parse the following MIME types: " +
		"multipart/form-data, application/x-www-form-urlencoded")
	errBoundary = Error("No boundary string in Content-Type header. The multipart/form-data MIME type requires a boundary parameter, " +
		`e.g. 'Content-Type: multipart/form-data; boundary="abcd"'. See RFC 7578, section 4.`)
	errStart       = Error("No initial boundary string (or you have a truncated message).")
	errEnd         = Error("No subsequent boundary string after multipart message.")
	errDisposition = Error("Invalid Content-Disposition header found in FormData part.")
)

// Cost is about how many bytes Decode allocates for data at most.
func Cost(data []byte) int64 {
	const entry, least = int64(unsafe.Sizeof(Entry{}) + unsafe.Sizeof(whatwgurl.Pair{})), 4 << 10
	if len(data) < least {
		return 0
	}
	return int64(len(data)) + int64(bytes.Count(data, []byte("&"))+bytes.Count(data, []byte("\n--")))*entry
}

// Decode reads a body (https://fetch.spec.whatwg.org/#dom-body-formdata), which must not change afterwards: files share it. contentType is
// the combined value of that header, "" for none. Errors are of type Error.
func Decode(data []byte, contentType string) (*FormData, error) {
	if contentType == "" {
		return nil, errNoType
	}
	typ, ok := mimetype.Extract(contentType)
	if !ok {
		return nil, errType
	}
	switch typ.Essence() {
	case "application/x-www-form-urlencoded":
		pairs := whatwgurl.ParseForm(string(data))
		f := &FormData{entries: make([]Entry, len(pairs))}
		for i, p := range pairs {
			f.entries[i] = Entry{Name: p.Name, Value: p.Value}
		}
		return f, nil
	case "multipart/form-data":
		boundary, ok := typ.Parameter("boundary")
		if !ok || boundary == "" {
			return nil, errBoundary
		}
		return decode(data, boundary)
	}
	return nil, errType
}

// decode reads multipart/form-data (https://datatracker.ietf.org/doc/html/rfc7578). What comes before the first and after the last
// boundary does not count; bare line feeds are taken for line ends, as browsers do not but many clients send.
func decode(data []byte, boundary string) (*FormData, error) {
	dash := []byte("--" + boundary)
	rest, ok := skipPreamble(data, dash)
	if !ok {
		return nil, errStart
	}
	f := &FormData{}
	for {
		if bytes.HasPrefix(rest, []byte("--")) {
			return f, nil
		}
		rest, ok = skipLineEnd(bytes.TrimLeft(rest, " \t"))
		if !ok {
			return nil, Error("Boundary string was not succeeded by CRLF, LF, or '--'.")
		}
		var e Entry
		p, after, err := readHeader(rest)
		if err != nil {
			return nil, err
		}
		content, next, ok := cutBoundary(after, dash)
		if !ok {
			return nil, errEnd
		}
		e.Name, rest = p.name, next
		if p.isFile {
			e.File = blob.NewFile(blob.New(content, p.contentType), p.filename)
		} else {
			e.Value = codec.DecodeUTF8(string(content))
		}
		f.entries = append(f.entries, e)
	}
}

// skipPreamble gives what follows the first boundary, which stands at the start of a line.
func skipPreamble(data, dash []byte) ([]byte, bool) {
	if rest, ok := bytes.CutPrefix(data, dash); ok {
		return rest, true
	}
	_, rest, ok := cutBoundary(data, dash)
	return rest, ok
}

// cutBoundary cuts at the next boundary at the start of a line; the line end before it belongs to it.
func cutBoundary(data, dash []byte) (content, rest []byte, ok bool) {
	if rest, ok := bytes.CutPrefix(data, dash); ok { // a part without content or the empty line after its header
		return data[:0:0], rest, true
	}
	for from := 0; ; {
		i := bytes.Index(data[from:], dash)
		if i < 0 {
			return nil, nil, false
		}
		i += from
		from = i + 1
		if i == 0 || data[i-1] != '\n' {
			continue
		}
		end := i - 1
		if end > 0 && data[end-1] == '\r' {
			end--
		}
		return data[:end:end], data[i+len(dash):], true
	}
}

func skipLineEnd(data []byte) ([]byte, bool) {
	if rest, ok := bytes.CutPrefix(data, []byte("\r\n")); ok {
		return rest, true
	}
	return bytes.CutPrefix(data, []byte("\n"))
}

// part is what the header of one part says.
type part struct {
	name, filename, contentType string
	named, isFile               bool
}

// readHeader reads the header of a part up to the empty line, and gives what follows that.
func readHeader(data []byte) (p part, rest []byte, err error) {
	typ := ""
	for {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return p, nil, Error("No multipart message header termination found.")
		}
		line := strings.TrimSuffix(string(data[:i]), "\r")
		data = data[i+1:]
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return p, nil, Error("FormData part had invalid headers.")
		}
		value = strings.Trim(value, " \t")
		switch strings.ToLower(strings.TrimRight(name, " \t")) {
		case "content-disposition":
			if err := p.readDisposition(value); err != nil {
				return p, nil, err
			}
		case "content-type":
			typ = value
		}
	}
	if !p.named {
		return p, nil, Error("No valid Content-Disposition header found in FormData part.")
	}
	if p.isFile {
		p.contentType = "text/plain"
		if typ != "" {
			p.contentType = strings.ToLower(typ)
		}
	}
	return p, data, nil
}

// readDisposition reads a Content-Disposition.
func (p *part) readDisposition(value string) error {
	kind, rest, _ := strings.Cut(value, ";")
	if !strings.EqualFold(strings.Trim(kind, " \t"), "form-data") {
		return Error(`Content-Disposition header for FormData part must have the value "form-data", possibly followed by parameters. Got: ` +
			strconv.Quote(kind))
	}
	for {
		rest = strings.TrimLeft(rest, " \t;")
		if rest == "" {
			break
		}
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return errDisposition
		}
		text, after, ok := readParameter(strings.TrimLeft(after, " \t"))
		if !ok {
			return errDisposition
		}
		switch strings.ToLower(strings.Trim(name, " \t")) {
		case "name":
			p.name, p.named = text, true
		case "filename":
			p.filename, p.isFile = text, true
		}
		rest = after
	}
	if !p.named {
		return Error("Content-Disposition header in FormData part is missing a name.")
	}
	return nil
}

// nameUnescaper undoes nameEscaper.
var nameUnescaper = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%22", `"`)

// readParameter reads the value of a parameter, quoted or not. In a quoted one a backslash escapes a quote only: older clients
// send Windows paths as they are.
func readParameter(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return codec.DecodeUTF8(strings.TrimRight(value, " \t")), rest, true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return nameUnescaper.Replace(codec.DecodeUTF8(b.String())), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '"':
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
