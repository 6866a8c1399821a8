package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Format is that of the text that Encode writes.
const Format = 1

// document is a bundle as JSON: made to be written by other tools, too.
type document struct {
	Format    int             `json:"format"`
	Name      string          `json:"name"`
	Syntax    string          `json:"syntax"` // "modules" or "service-worker"
	Code      string          `json:"code"`
	Map       json.RawMessage `json:"map,omitempty"`
	Externals []string        `json:"externals,omitempty"`
}

// Encode writes the bundle as one JSON object, in which form it is uploaded and kept. Equal bundles give equal bytes.
func (b *Bundle) Encode() ([]byte, error) {
	if !utf8.Valid(b.Code) {
		return nil, errors.New("encode bundle: its code is no UTF-8")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(document{
		Format: Format, Name: b.Name, Syntax: b.Syntax.String(), Code: string(b.Code), Map: b.Map, Externals: b.Externals,
	})
	if err != nil {
		return nil, fmt.Errorf("encode bundle: %w", err)
	}
	return out.Bytes(), nil
}

// Decode reads what Encode wrote, or another tool. Errors say what is wrong with it.
func Decode(data []byte) (*Bundle, error) {
	var d document
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("decode bundle: %w", err)
	}
	if dec.More() {
		return nil, errors.New("decode bundle: something follows the object")
	}
	b := &Bundle{Name: d.Name, Code: []byte(d.Code), Map: d.Map, Externals: d.Externals}
	switch {
	case d.Format != Format:
		return nil, fmt.Errorf("decode bundle: format %d is none that this program knows (%d)", d.Format, Format)
	case d.Name == "":
		return nil, errors.New(`decode bundle: "name" is missing: the file name for stack traces, such as worker.js`)
	case d.Syntax == ServiceWorker.String():
		b.Syntax = ServiceWorker
		if len(d.Externals) > 0 {
			return nil, errors.New(`decode bundle: a service worker imports nothing: "externals" must be empty`)
		}
	case d.Syntax != Module.String():
		return nil, fmt.Errorf(`decode bundle: "syntax" is %q: it is "modules" or "service-worker"`, d.Syntax)
	}
	return b, nil
}
