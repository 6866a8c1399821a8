package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Options says what to bundle and how. The zero value of every field but Entry
// is what wrangler does.
type Options struct {
	// Dir is the folder of the Worker's configuration file; "" is the current
	// one. Sources, aliases and the file names in messages are relative to it.
	Dir string

	// Entry is the Worker's main file, absolute or relative to Dir.
	Entry string

	// Define replaces global identifiers and property chains by JSON values or
	// other identifiers, as wrangler's define does.
	Define map[string]string

	// Alias replaces packages by others, or by files relative to Dir, as
	// wrangler's alias does. It comes before Provided.
	Alias map[string]string

	// Rules say which files are imported as text and data.
	Rules []Rule

	// Minify shortens white space, identifiers and syntax.
	Minify bool

	// NodeEnv is the value of process.env.NODE_ENV: dev says "development".
	// "" is "production".
	NodeEnv string

	// Tsconfig is used for every file instead of the tsconfig.json nearest to
	// it. Absolute or relative to Dir.
	Tsconfig string

	// JSXFactory and JSXFragment are what JSX becomes. A tsconfig.json comes
	// before them; "" is React.createElement and React.Fragment.
	JSXFactory, JSXFragment string

	// Conditions are the conditions of package.json's exports. nil is workerd,
	// worker and browser.
	Conditions []string

	// Provided are the specifiers of the modules that the runtime has, with
	// their prefix: cloudflare:workers, node:buffer. They stay imports; another
	// module of these schemes is an error that lists them.
	Provided []string

	// Loaded is told of each file before it is parsed, by its absolute path, from
	// many goroutines. May be nil. It is how a process that may die of a file
	// leaves word of which.
	Loaded func(path string)
}

// defaultConditions are wrangler's.
var defaultConditions = []string{"workerd", "worker", "browser"}

// entryLoaders are the extensions that an entry may have. Other imported files
// may have those that esbuild has loaders for.
var entryLoaders = map[string]api.Loader{
	// As wrangler has it, plain JavaScript may contain JSX.
	".js": api.LoaderJSX, ".mjs": api.LoaderJSX, ".cjs": api.LoaderJSX, ".jsx": api.LoaderJSX,
	".ts": api.LoaderTS, ".mts": api.LoaderTS, ".cts": api.LoaderTS, ".tsx": api.LoaderTSX,
}

// resolve makes the paths of o absolute and checks what esbuild wouldn't, or
// would say in words of its own options.
func (o Options) resolve() (Options, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, fmt.Errorf("find folder %q: %w", o.Dir, err)
	}
	// esbuild names files by their real paths: with a link in Dir, paths
	// relative to it would begin with ../ and tell where it is.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return o, fmt.Errorf("open the Worker's folder: %w", err)
	}
	o.Dir = dir
	if o.Entry == "" {
		return o, errors.New("bundle Worker: no entry file given: name it as main in the Worker's configuration")
	}
	if strings.Contains(o.Entry, "*") {
		return o, fmt.Errorf("bundle %s: the entry is one file, and its name can't contain *", o.Entry)
	}
	if _, ok := entryLoaders[filepath.Ext(o.Entry)]; !ok {
		return o, fmt.Errorf("bundle %s: the entry must be JavaScript or TypeScript (%s)", o.Entry,
			strings.Join(slices.Sorted(maps.Keys(entryLoaders)), " "))
	}
	if !filepath.IsAbs(o.Entry) {
		o.Entry = filepath.Join(dir, o.Entry)
	}
	if o.Tsconfig != "" && !filepath.IsAbs(o.Tsconfig) {
		o.Tsconfig = filepath.Join(dir, o.Tsconfig)
	}
	if o.NodeEnv == "" {
		o.NodeEnv = "production"
	}
	if o.Conditions == nil {
		o.Conditions = defaultConditions
	}
	o.Provided = slices.Sorted(slices.Values(o.Provided))
	return o, nil
}

// name returns Bundle.Name.
func (o *Options) name() string {
	base := filepath.Base(o.Entry)
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".js"
}

// esbuild returns the options for one syntax. o is resolved.
func (o *Options) esbuild(syntax Syntax, plugin api.Plugin) api.BuildOptions {
	format := api.FormatESModule
	if syntax == ServiceWorker {
		format = api.FormatIIFE
	}
	return api.BuildOptions{
		AbsWorkingDir: o.Dir,
		EntryPoints:   []string{o.Entry},
		// Nothing is written: the path is what sources are relative to.
		Outfile:  filepath.Join(o.Dir, o.name()),
		Bundle:   true,
		Format:   format,
		Platform: api.PlatformBrowser,
		// The node that runs the code lowers it to what its engine knows.
		Target:            api.ESNext,
		Charset:           api.CharsetUTF8,
		TreeShaking:       api.TreeShakingTrue,
		LegalComments:     api.LegalCommentsNone,
		Sourcemap:         api.SourceMapExternal,
		SourcesContent:    api.SourcesContentInclude,
		Metafile:          true,
		MinifyWhitespace:  o.Minify,
		MinifyIdentifiers: o.Minify,
		MinifySyntax:      o.Minify,
		Conditions:        o.Conditions,
		MainFields:        []string{"browser", "module", "main"},
		Loader:            entryLoaders,
		Define:            o.define(),
		Alias:             o.Alias,
		Tsconfig:          o.Tsconfig,
		JSXFactory:        o.JSXFactory,
		JSXFragment:       o.JSXFragment,
		LogLevel:          api.LogLevelSilent,
		Plugins:           []api.Plugin{plugin},
	}
}

// define returns o.Define over what every Worker gets. All of the code is one
// module by the time it runs, so all of it has the same import.meta. An
// import.meta as a whole is left to the node: esbuild would put an object in its
// place, and a call to make it into every CommonJS module, whether used or not.
func (o *Options) define() map[string]string {
	quote := func(s string) string {
		b, _ := json.Marshal(s) // a string always marshals
		return string(b)
	}
	define := map[string]string{
		"process.env.NODE_ENV": quote(o.NodeEnv),
		"import.meta.url":      quote("file:///" + o.name()),
		"import.meta.main":     "true",
	}
	maps.Copy(define, o.Define)
	return define
}
