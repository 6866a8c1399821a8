package config

import (
	"encoding/json"
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

// CompatibilityDate is the one behaviour that Bindery provides, whatever date a Worker asks for.
const CompatibilityDate = "2026-08-01"

// Worker is one Worker as its wrangler file and the chosen environment say. Paths are absolute.
type Worker struct {
	// Name is the Worker's name in the chosen environment; TopLevelName is its name without one.
	Name, TopLevelName string
	// NamePos is where the name is declared; its File is "" for a bare script.
	NamePos api.Location
	// File is the wrangler file, "" for a bare script; Dir is the folder that its relative paths start from.
	File, Dir string
	// Main is the module that the Worker is bundled from.
	Main string
	// Environment is the environment that was chosen, "" for none; Environments are the names of all [env.*], in the
	// order they are written.
	Environment  string
	Environments []string

	CompatibilityDate  string // "" when the file has none
	CompatibilityFlags []string

	Services []Service
	// Vars are the variables, without those that a secret overrides.
	Vars map[string]Var
	// Secrets come from .dev.vars; nil unless Options.Secrets.
	Secrets map[string]string
	// RequiredSecrets are the names under secrets.required.
	RequiredSecrets []string

	Routes     []Route
	WorkersDev *bool // nil when the file doesn't say
	Limits     Limits
	Placement  Placement
	Dev        Dev
	Bundle     Bundle

	// realNames has the Worker's name in each of its environments.
	realNames map[string]string
}

// Service is a service binding.
type Service struct {
	Binding string
	// Service is the bound Worker's real name, after Environment is resolved.
	Service string
	// Entrypoint is the name of a WorkerEntrypoint class, "" for the default export.
	Entrypoint string
	// Environment is what the file says; it is in Service already.
	Environment string
	// Props is the JSON object that the callee finds in ctx.props, nil when there is none.
	Props json.RawMessage
	// Pos is where the service's name stands.
	Pos api.Location

	key    string // "env.staging.services[0]"
	envPos *api.Location
}

// Var is a variable: a text, or any other JSON value.
type Var struct {
	Text string
	JSON json.RawMessage // nil for a text
}

// Route is a route or a Custom Domain. Pattern has been checked: route.ParsePattern, or route.ParseDomain for a
// Custom Domain, accepts it.
type Route struct {
	Pattern          string
	CustomDomain     bool
	ZoneName, ZoneID string
	Pos              api.Location
}

// Limits are the limits of an invocation; zero is the node's default.
type Limits struct {
	CPUMs       int // CPU time in milliseconds, 1 to 300,000
	Subrequests int // calls of fetch, bindings included, 1 to 10,000,000
}

// AllReplicas, as Placement.Replicas, asks for every node that will do.
const AllReplicas = -1

// Placement is what a Worker asks of the nodes it runs on, and of how many; the zero value asks for nothing in particular.
// Development has one node and no regard for it.
type Placement struct {
	// Memory is what the Worker takes of a node, in bytes; 0 is the default.
	Memory int64
	// CPU is the same in thousandths of a core; 0 is the default.
	CPU int
	// Replicas is the number of nodes of the group whose root is this Worker: 0 is the default, or AllReplicas.
	Replicas int
	// Zones are the only ones allowed, in the order of the file; nil allows any.
	Zones []string
	// Labels must all be on a node with the same value; nil allows any node.
	Labels map[string]string
}

// Dev is where the development server listens, "" and 0 for the default.
type Dev struct {
	IP   string
	Port int
}

// Bundle is what a bundler needs to know. Zero values are wrangler's defaults, but for JSXFactory and JSXFragment,
// where "" leaves the choice to the tsconfig.
type Bundle struct {
	Define, Alias map[string]string
	Rules         []Rule
	TSConfig      string // absolute path, "" for the nearest
	JSXFactory    string
	JSXFragment   string
	Minify        bool
	KeepNames     bool
	NoBundle      bool
	// FindAdditionalModules adds every file below BaseDir that a rule matches; it is true by default with NoBundle.
	FindAdditionalModules bool
	BaseDir               string // absolute path, "" for the folder of Main
	PreserveFileNames     bool
	Build                 Build
}

// Rule says which files are modules of which type.
type Rule struct {
	Type        string // ESModule, CommonJS, CompiledWasm, Text or Data
	Globs       []string
	Fallthrough bool // later rules for the same type are considered too
}

// Build is a command that makes Main, to be run before it is bundled.
type Build struct {
	Command  string
	Cwd      string   // absolute path, the Worker's Dir by default
	WatchDir []string // absolute paths; ./src by default where there is a Command
}

// Set is the Workers that are developed or deployed together, in the order their files were given. Their names are
// distinct.
type Set struct {
	Workers []*Worker
}

// Find returns the Worker of that name, or nil.
func (s *Set) Find(name string) *Worker {
	for _, w := range s.Workers {
		if w.Name == name {
			return w
		}
	}
	return nil
}

// Error is every fault of the files that were read, sorted by file and line; api.FormatMessages renders them.
type Error struct {
	Messages []api.Message
}

// Error is the first fault on one line, and how many there are.
func (e *Error) Error() string {
	m := e.Messages[0]
	text := m.Text
	if m.Location != nil {
		text = fmt.Sprintf("%s:%d:%d: %s", m.Location.File, m.Location.Line, m.Location.Column, text)
	}
	if n := len(e.Messages) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}
