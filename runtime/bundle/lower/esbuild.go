package lower

import (
	"encoding/base64"
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

// unsupported is the syntax that goja refuses and esbuild lowers. Class fields are among it because goja refuses fields named
// get, set and async. Dynamic imports are not: they become calls (see link), which keeps computed specifiers working.
var unsupported = map[string]bool{
	"async-generator":    false,
	"class-field":        false,
	"class-static-field": false,
	"decorators":         false,
	"for-await":          false,
	"import-meta":        false,
	"using":              false,
}

// readMap reads the source map of the bundle.
func (l *lowering) readMap() error {
	if len(l.in.Map) == 0 {
		return nil
	}
	m, err := decodeMap(l.in.Map)
	if err != nil {
		return l.fail(&api.Location{File: l.in.Name + ".map", Line: 1}, fmt.Sprintf("source map: %v", err))
	}
	l.inMap = m
	return nil
}

// transform has esbuild lower the syntax and print the code in its regular form, with a source map to the user's files.
//
// CharsetUTF8 also keeps the escape of U+10FFFF out of the text: goja's parser panics at it.
func (l *lowering) transform() error {
	code := string(l.in.Code)
	if l.inMap != nil {
		code += "\n//# sourceMappingURL=data:application/json;base64," + base64.StdEncoding.EncodeToString(l.in.Map)
	}
	options := api.TransformOptions{
		Charset:        api.CharsetUTF8,
		LegalComments:  api.LegalCommentsNone,
		Loader:         api.LoaderJS,
		LogLevel:       api.LogLevelSilent,
		Sourcefile:     l.in.Name,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		Supported:      unsupported,
		Target:         api.ESNext,
	}
	if !l.in.ServiceWorker {
		options.Format = api.FormatESModule
	}
	result := api.Transform(code, options)
	if len(result.Errors) > 0 {
		return &Error{Messages: l.fromESBuild(result.Errors)}
	}
	l.code = result.Code
	l.program.Warnings = l.fromESBuild(result.Warnings)
	m, err := decodeMap(result.Map)
	if err != nil {
		return l.fail(&api.Location{File: l.in.Name, Line: 1}, fmt.Sprintf("source map of esbuild: %v", err))
	}
	if l.inMap != nil {
		m.contents = l.contentsOf(m.sources)
	} else if len(m.sources) == 1 {
		m.contents = []string{string(l.in.Code)}
	}
	l.outMap = m
	return nil
}

// contentsOf gives the texts of sources from the bundle's own map.
func (l *lowering) contentsOf(sources []string) []string {
	contents := make([]string, len(sources))
	for i, name := range sources {
		for j, known := range l.inMap.sources {
			if known == name && j < len(l.inMap.contents) {
				contents[i] = l.inMap.contents[j]
			}
		}
	}
	return contents
}
