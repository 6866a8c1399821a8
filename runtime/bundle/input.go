package bundle

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
)

// missing returns the absolute path that an import which can't be resolved
// points to, or "".
func (o *Options) missing(m *api.Message) string {
	specifier, ok := unresolved(m)
	if !ok || m.Location == nil || (m.Location.Namespace != "" && m.Location.Namespace != "file") {
		return ""
	}
	importer := m.Location.File
	if !filepath.IsAbs(importer) {
		importer = filepath.Join(o.Dir, filepath.FromSlash(importer))
	}
	path := filepath.FromSlash(specifier)
	switch {
	case strings.HasPrefix(specifier, "."):
		return filepath.Join(filepath.Dir(importer), path)
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case strings.ContainsAny(specifier, ":#"):
		return ""
	}
	return filepath.Join(o.Dir, "node_modules", path)
}

// inputs adds to files the package.json and tsconfig.json files that esbuild
// reads for them, which it tells nobody. What is in node_modules is taken not
// to change under a running build.
func (o *Options) inputs(files []string) []string {
	all := map[string]bool{}
	seen := map[string]bool{}
	if o.Tsconfig != "" {
		all[o.Tsconfig] = true
	}
	for _, file := range files {
		all[file] = true
		for dir := filepath.Dir(file); !seen[dir] && !inNodeModules(dir); dir = filepath.Dir(dir) {
			seen[dir] = true
			for _, name := range []string{"package.json", "tsconfig.json", "jsconfig.json"} {
				if path := filepath.Join(dir, name); isFile(path) {
					all[path] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func inNodeModules(path string) bool {
	return strings.Contains(filepath.ToSlash(path)+"/", "/node_modules/")
}

// invalidText finds the sources that aren't UTF-8, of which esbuild makes
// U+FFFD without a word. That is an error in the user's own files, and a
// warning in packages, which the user can't repair and wrangler takes.
func (o *Options) invalidText(code []byte, files []string) (wrong, doubtful []api.Message) {
	if !bytes.ContainsRune(code, utf8.RuneError) {
		return nil, nil
	}
	for _, file := range files {
		if _, ok := entryLoaders[filepath.Ext(file)]; !ok && filepath.Ext(file) != ".json" {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil || utf8.Valid(content) {
			continue
		}
		m := api.Message{
			Text:     "This file is not valid UTF-8",
			Location: o.invalidLocation(file, content),
			Notes:    []api.Note{{Text: "Save it as UTF-8, or write the character as an escape such as \\xE9."}},
		}
		if inNodeModules(file) {
			doubtful = append(doubtful, m)
		} else {
			wrong = append(wrong, m)
		}
	}
	return wrong, doubtful
}

// invalidLocation returns the place of the first byte that isn't UTF-8.
func (o *Options) invalidLocation(file string, content []byte) *api.Location {
	offset := 0
	for offset < len(content) {
		r, size := utf8.DecodeRune(content[offset:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		offset += size
	}
	before := content[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	line, _, _ := bytes.Cut(content[start:], []byte("\n"))
	return &api.Location{
		File:      o.relative(file),
		Namespace: "file",
		Line:      bytes.Count(before, []byte("\n")) + 1,
		Column:    offset - start,
		Length:    1,
		LineText:  valid(string(line)),
	}
}

// valid puts a ? in place of each byte of s that isn't UTF-8, so that columns stay.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			r = '?'
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// cssWarning tells that a file imported without a rule has no effect.
func (o *Options) cssWarning(file string) api.Message {
	return api.Message{
		Text: fmt.Sprintf("%s is imported, but CSS is not part of a bundle", o.relative(file)),
		Notes: []api.Note{{
			Text: `To import its text, say so in the Worker's configuration: rules = [{ type = "Text", globs = ["**/*.css"], fallthrough = true }]`,
		}},
	}
}
