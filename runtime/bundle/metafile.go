package bundle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// metafile is the part of esbuild's metafile that is read here.
type metafile struct {
	Inputs map[string]struct {
		Format string // "esm", "cjs" or "", from the syntax of the file
	}
	Outputs map[string]struct {
		EntryPoint string
		Exports    []string
		Imports    []struct {
			Path     string
			External bool
		}
	}

	output string // the key of the code in Outputs
	entry  string // the key of the entry in Inputs
}

func (o *Options) readMetafile(text string) (*metafile, error) {
	m := &metafile{output: o.name()}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return nil, fmt.Errorf("read esbuild's metafile: %w", err)
	}
	m.entry = m.Outputs[m.output].EntryPoint
	return m, nil
}

// module reports whether the entry is a module worker, as wrangler tells: by
// whether it exports anything. esbuild says that a CommonJS entry has a
// default export; wrangler doesn't count it.
func (m *metafile) module() bool {
	return len(m.Outputs[m.output].Exports) > 0 && m.Inputs[m.entry].Format != "cjs"
}

// externals returns which of the provided modules the code imports. What else
// is external is a require() in a try block that is meant to fail.
func (m *metafile) externals(provided []string) []string {
	found := map[string]bool{}
	for _, i := range m.Outputs[m.output].Imports {
		if _, ok := slices.BinarySearch(provided, i.Path); ok && i.External {
			found[i.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
