package lower

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"
)

// sourceMap is a decoded source map of version 3, without names.
type sourceMap struct {
	sources  []string
	contents []string // of the sources, as far as the map has them
	segments []segment
}

// segment maps a place to a place. Lines and columns count from 0, columns in UTF-16 units.
type segment struct {
	line, column               int32
	source, srcLine, srcColumn int32 // source is -1 for generated text that stands for nothing
}

// decodeMap reads the JSON of a source map.
func decodeMap(text []byte) (*sourceMap, error) {
	var raw struct {
		Version        int
		SourceRoot     string
		Sources        []*string
		SourcesContent []*string
		Mappings       string
		Sections       json.RawMessage
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	if raw.Version != 3 {
		return nil, fmt.Errorf("version is %d, not 3", raw.Version)
	}
	if raw.Sections != nil {
		return nil, errors.New("sections are not supported")
	}
	m := &sourceMap{}
	for _, s := range raw.Sources {
		name := ""
		if s != nil {
			name = *s
		}
		if raw.SourceRoot != "" {
			name = strings.TrimSuffix(raw.SourceRoot, "/") + "/" + name
		}
		m.sources = append(m.sources, name)
	}
	for _, c := range raw.SourcesContent {
		content := ""
		if c != nil {
			content = *c
		}
		m.contents = append(m.contents, content)
	}
	return m, m.decodeMappings(raw.Mappings)
}

func (m *sourceMap) decodeMappings(text string) error {
	m.segments = make([]segment, 0, strings.Count(text, ",")+strings.Count(text, ";")+1)
	var at segment
	for i := 0; i < len(text); {
		switch text[i] {
		case ';':
			at.line++
			at.column = 0
			i++
			continue
		case ',':
			i++
			continue
		}
		var fields [5]int32
		count := 0
		for i < len(text) && text[i] != ',' && text[i] != ';' {
			value, size := vlq(text[i:])
			if size == 0 || count == len(fields) {
				return fmt.Errorf("mappings are damaged at offset %d", i)
			}
			fields[count] = value
			count++
			i += size
		}
		at.column += fields[0]
		if at.column < 0 {
			return errors.New("mappings name a negative column")
		}
		if count < 4 {
			m.segments = append(m.segments, segment{line: at.line, column: at.column, source: -1})
			continue
		}
		at.source += fields[1]
		at.srcLine += fields[2]
		at.srcColumn += fields[3]
		if at.source < 0 || int(at.source) >= len(m.sources) || at.srcLine < 0 || at.srcColumn < 0 {
			return errors.New("mappings name a place that is in none of the sources")
		}
		m.segments = append(m.segments, at)
	}
	return nil
}

const vlqDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

var vlqValues = func() (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i := range vlqDigits {
		values[vlqDigits[i]] = int8(i)
	}
	return values
}()

// vlq reads one number and gives its length, 0 if there is none.
func vlq(text string) (value int32, size int) {
	var bits uint64
	for i := range len(text) {
		digit := vlqValues[text[i]]
		if digit < 0 || i > 6 {
			return 0, 0
		}
		bits |= uint64(digit&31) << (5 * i)
		if digit&32 == 0 {
			value = int32(bits >> 1)
			if bits&1 != 0 {
				value = -value
			}
			return value, i + 1
		}
	}
	return 0, 0
}

func appendVLQ(out []byte, value int32) []byte {
	bits := uint64(value) << 1
	if value < 0 {
		bits = uint64(-int64(value))<<1 | 1
	}
	for bits >= 32 {
		out = append(out, vlqDigits[bits&31|32])
		bits >>= 5
	}
	return append(out, vlqDigits[bits])
}

// location finds the user's place for a line and column of generated text; nil if the map says nothing about that line.
func (m *sourceMap) location(line, column int) *api.Location {
	if m == nil {
		return nil
	}
	i := sort.Search(len(m.segments), func(i int) bool {
		s := &m.segments[i]
		return int(s.line) > line || int(s.line) == line && int(s.column) > column
	}) - 1
	if i < 0 || int(m.segments[i].line) != line || m.segments[i].source < 0 {
		// Text before the first segment of a line, or that stands for nothing, belongs to what follows on that line.
		for i++; i < len(m.segments) && int(m.segments[i].line) == line && m.segments[i].source < 0; i++ {
		}
		if i == len(m.segments) || int(m.segments[i].line) != line {
			return nil
		}
	}
	s := m.segments[i]
	at := &api.Location{File: m.sources[s.source], Line: int(s.srcLine) + 1, Column: int(s.srcColumn)}
	if int(s.source) < len(m.contents) {
		at.LineText = nthLine(m.contents[s.source], int(s.srcLine))
		at.Column = byteOffset(at.LineText, int(s.srcColumn))
	}
	return at
}

// consumer makes what goja maps positions with, for code that stands from the second line of its text on.
//
// goja asks with columns in bytes from 1 and shows the column of the answer as it is, so the map is written that way.
func (m *sourceMap) consumer(code []byte) (*sourcemap.Consumer, error) {
	mappings := make([]byte, 0, 8*len(m.segments))
	mappings = append(mappings, ';')
	var last segment
	line, lineStart := int32(0), 0
	columns := columnReader{}
	wrote := false
	for _, s := range m.segments {
		for ; line < s.line; line++ {
			mappings = append(mappings, ';')
			next := bytes.IndexByte(code[lineStart:], '\n')
			if next < 0 {
				return nil, errors.New("the map names a line that the code doesn't have")
			}
			lineStart += next + 1
			columns = columnReader{}
			last.column = 0
			wrote = false
		}
		if s.source < 0 {
			continue
		}
		if wrote {
			mappings = append(mappings, ',')
		}
		column := int32(columns.bytes(code[lineStart:], int(s.column))) + 1
		mappings = appendVLQ(mappings, column-last.column)
		mappings = appendVLQ(mappings, s.source-last.source)
		mappings = appendVLQ(mappings, s.srcLine-last.srcLine)
		mappings = appendVLQ(mappings, s.srcColumn+1-last.srcColumn)
		last = s
		last.column, last.srcColumn = column, s.srcColumn+1
		wrote = true
	}
	if last == (segment{}) {
		return nil, nil // a map of nothing, which the library takes for a fault
	}
	text, err := json.Marshal(map[string]any{"version": 3, "sources": m.sources, "mappings": string(mappings)})
	if err != nil {
		return nil, err
	}
	return sourcemap.Parse("", text)
}

// columnReader turns growing UTF-16 columns of one line into byte offsets.
type columnReader struct{ units, offset int }

func (c *columnReader) bytes(line []byte, column int) int {
	for c.units < column && c.offset < len(line) && line[c.offset] != '\n' {
		if line[c.offset] < utf8.RuneSelf {
			c.units++
			c.offset++
			continue
		}
		r, size := utf8.DecodeRune(line[c.offset:])
		c.units += utf16.RuneLen(r)
		c.offset += size
	}
	return c.offset
}

func byteOffset(line string, column int) int {
	var c columnReader
	return c.bytes([]byte(line), column)
}

func utf16Length(text []byte) int {
	units := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		units += utf16.RuneLen(r)
		i += size
	}
	return units
}

func nthLine(text string, n int) string {
	for ; n > 0; n-- {
		_, rest, found := strings.Cut(text, "\n")
		if !found {
			return ""
		}
		text = rest
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r")
}
