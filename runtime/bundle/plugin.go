package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// requireNamespace holds the modules that stand for require() of a module that
// the runtime provides.
const requireNamespace = "runtime-require"

// plugin is what esbuild asks about modules of the runtime and about files that
// aren't code. One plugin serves one esbuild context.
type plugin struct {
	options *Options
	rules   ruleSet
	syntax  Syntax

	mu sync.Mutex // esbuild calls from many goroutines

	// loaded are the files read since start, guarded by mu.
	loaded map[string]bool

	// packages caches, for the name of a module of Node.js and the folder that
	// imports it, whether a package or path of that name comes before it.
	// Guarded by mu and emptied by start.
	packages map[[2]string]bool
}

// probe marks the plugin's own questions to esbuild.
type probe struct{}

// start forgets what the last build saw.
func (p *plugin) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loaded = map[string]bool{p.options.Entry: true}
	p.packages = map[[2]string]bool{}
}

// files returns the files read since start, sorted.
func (p *plugin) files() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	files := make([]string, 0, len(p.loaded))
	for file := range p.loaded {
		files = append(files, file)
	}
	slices.Sort(files)
	return files
}

func (p *plugin) esbuild() api.Plugin {
	return api.Plugin{Name: "bindery", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^(?:node|cloudflare|workerd):`},
			func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				if p.aliased(args.Path) || !p.provides(args.Path) {
					return api.OnResolveResult{}, nil
				}
				return p.external(args.Path, args.Kind), nil
			})
		build.OnResolve(api.OnResolveOptions{Filter: `^[a-z][a-z0-9_]*(?:/[a-z0-9]+)?$`},
			func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				specifier := "node:" + args.Path
				if _, own := args.PluginData.(probe); own || !isBareBuiltin(args.Path) ||
					p.aliased(args.Path) || !p.provides(specifier) || p.hasPackage(build, args) {
					return api.OnResolveResult{}, nil
				}
				return p.external(specifier, args.Kind), nil
			})
		build.OnResolve(api.OnResolveOptions{Filter: `\.wasm(?:\?module)?$`},
			func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				if args.With["type"] != "" {
					return api.OnResolveResult{}, nil
				}
				return api.OnResolveResult{Errors: []api.Message{wasmMessage(args.Path)}}, nil
			})
		build.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: "file"}, p.load)
		build.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: requireNamespace}, loadRequire)
	}}
}

func (p *plugin) provides(specifier string) bool {
	_, ok := slices.BinarySearch(p.options.Provided, specifier)
	return ok
}

// aliased reports whether esbuild will replace path by an alias.
func (p *plugin) aliased(path string) bool {
	for name := range p.options.Alias {
		if rest, ok := strings.CutPrefix(path, name); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// hasPackage reports whether the import finds something in the user's files:
// the packages buffer and events are older than the habit of writing node:.
func (p *plugin) hasPackage(build api.PluginBuild, args api.OnResolveArgs) bool {
	key := [2]string{args.ResolveDir, args.Path}
	p.mu.Lock()
	found, known := p.packages[key]
	p.mu.Unlock()
	if known {
		return found
	}
	answer := build.Resolve(args.Path, api.ResolveOptions{
		Importer:   args.Importer,
		Namespace:  args.Namespace,
		ResolveDir: args.ResolveDir,
		Kind:       args.Kind,
		PluginData: probe{},
	})
	found = len(answer.Errors) == 0
	p.mu.Lock()
	p.packages[key] = found
	p.mu.Unlock()
	return found
}

// external leaves an import to the runtime.
func (p *plugin) external(specifier string, kind api.ResolveKind) api.OnResolveResult {
	if p.syntax == ServiceWorker {
		return api.OnResolveResult{Errors: []api.Message{{
			Text:  fmt.Sprintf("A service worker can't import %q", specifier),
			Notes: []api.Note{{Text: serviceWorkerHint}},
		}}}
	}
	if kind == api.ResolveJSRequireCall {
		// An ES module can't require what is outside of it.
		return api.OnResolveResult{Path: specifier, Namespace: requireNamespace}
	}
	return api.OnResolveResult{Path: specifier, External: true, SideEffects: api.SideEffectsFalse}
}

const serviceWorkerHint = "The entry exports nothing, which makes it a service worker. " +
	"Export its handlers to make it a module: export default { fetch(request, env, ctx) { ... } }"

// loadRequire makes the value that require() of a module of the runtime gives.
func loadRequire(args api.OnLoadArgs) (api.OnLoadResult, error) {
	// Modules of Node.js have their module.exports as the default export.
	contents := fmt.Sprintf("import * as ns from %q;\nmodule.exports = ns.default ?? ns;\n", args.Path)
	return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
}

// load notes that a file is read, and reads it where a rule says how.
func (p *plugin) load(args api.OnLoadArgs) (api.OnLoadResult, error) {
	p.mu.Lock()
	p.loaded[args.Path] = true
	p.mu.Unlock()
	if p.options.Loaded != nil {
		p.options.Loaded(args.Path)
	}
	if args.Path == p.options.Entry || args.With["type"] != "" {
		return api.OnLoadResult{}, nil
	}
	name := p.options.relative(args.Path)
	rule, ok := p.rules.find(name)
	if !ok {
		return api.OnLoadResult{}, nil
	}
	if rule.ignored {
		return api.OnLoadResult{Errors: []api.Message{{
			Text: fmt.Sprintf("%s matches only the rule %v, which an earlier rule of type %q shuts out", name, rule, rule.Type),
			Notes: []api.Note{{
				Text: `Add "fallthrough = true" to the earlier rule, or the glob to its globs.`,
			}},
		}}}, nil
	}
	switch rule.Type {
	case typeWasm:
		return api.OnLoadResult{Errors: []api.Message{wasmMessage(name)}}, nil
	case typeData:
		// esbuild's own loader gives a Uint8Array that has its buffer to itself.
		contents := fmt.Sprintf("import bytes from %q with { type: \"bytes\" };\n"+
			"export default /* @__PURE__ */ ((bytes) => bytes.buffer)(bytes);\n", "./"+filepath.Base(args.Path))
		return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
	}
	content, err := os.ReadFile(args.Path)
	if err != nil {
		return api.OnLoadResult{Errors: []api.Message{{Text: fmt.Sprintf("Cannot read file %q: %v", name, err)}}}, nil
	}
	text := string(content)
	return api.OnLoadResult{Contents: &text, Loader: api.LoaderText}, nil
}

// relative returns a path as messages and rules have it.
func (o *Options) relative(path string) string {
	rel, err := filepath.Rel(o.Dir, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

func wasmMessage(name string) api.Message {
	return api.Message{
		Text: fmt.Sprintf("Cannot import %q: this runtime has no WebAssembly", name),
		Notes: []api.Note{{
			Text: `Use a build of the package in plain JavaScript. The bytes alone are had with { type: "bytes" }.`,
		}},
	}
}
