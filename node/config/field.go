package config

import (
	"fmt"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// scope says where a field may stand and what [env.NAME] has of it
// (https://developers.cloudflare.com/workers/wrangler/configuration/#inheritable-keys).
type scope uint8

const (
	topOnly   scope = iota + 1 // at the top level only, for every environment
	inherited                  // an environment has the top level's unless it has its own
	perEnv                     // an environment has its own or none
)

// field is a key of a wrangler file.
type field struct {
	scope scope
	// unsupported says what doesn't happen because of it; "" for a field that is read, or that changes nothing here.
	unsupported string
}

const (
	noBinding  = "its bindings won't be in env"
	noEffect   = "it has no effect"
	noCron     = "no handler is called on a schedule"
	noAssets   = "no static files are served"
	noModules  = "import the files instead, with a rule of type Text, Data or CompiledWasm"
	noConsumer = "no log is sent to another Worker"
)

// fields are all keys that wrangler knows, as of August 2026.
var fields = func() map[string]field {
	all := map[string]field{
		"$schema": {scope: topOnly}, "env": {scope: topOnly}, "alias": {scope: topOnly}, "dev": {scope: topOnly},
		// These change nothing where there is no account, no dashboard and no telemetry.
		"keep_vars": {scope: topOnly}, "send_metrics": {scope: topOnly}, "dependencies_instrumentation": {scope: topOnly},
		"account_id": {scope: inherited}, "upload_source_maps": {scope: inherited},

		"triggers": {inherited, noCron}, "assets": {inherited, noAssets}, "site": {topOnly, noAssets},
		"pages_build_output_dir": {topOnly, noAssets}, "exports": {inherited, noEffect}, "logfwdr": {inherited, noBinding},
		"migrations": {inherited, "there are no Durable Objects"}, "containers": {perEnv, "no container is started"},
		"wasm_modules": {topOnly, noModules}, "text_blobs": {topOnly, noModules}, "data_blobs": {topOnly, noModules},
		"tail_consumers": {perEnv, noConsumer}, "streaming_tail_consumers": {perEnv, noConsumer},
		"legacy_env":  {topOnly, `each environment is a Worker of its own, named NAME-ENVIRONMENT, as with "legacy_env = true"`},
		"node_compat": {inherited, `use the compatibility flag "nodejs_compat"`},
		"usage_model": {inherited, noEffect}, "addresses": {topOnly, "no mail is received"},
	}
	for _, name := range []string{
		"name", "main", "compatibility_date", "compatibility_flags", "route", "routes", "workers_dev", "limits", "placement", "rules",
		"build", "tsconfig", "jsx_factory", "jsx_fragment", "minify", "keep_names", "no_bundle",
		"find_additional_modules", "base_dir", "preserve_file_names",
	} {
		all[name] = field{scope: inherited}
	}
	for _, name := range []string{"vars", "services", "secrets", "define"} {
		all[name] = field{scope: perEnv}
	}
	for _, name := range []string{
		"observability", "logpush", "preview_urls", "first_party_worker", "access", "cache",
		"compliance_region", "python_modules", "previews",
	} {
		all[name] = field{inherited, noEffect}
	}
	for _, name := range []string{
		"durable_objects", "workflows", "kv_namespaces", "cloudchamber", "send_email", "queues", "connect", "r2_buckets",
		"d1_databases", "vectorize", "ai_search_namespaces", "ai_search", "websearch", "agent_memory", "hyperdrive",
		"analytics_engine_datasets", "dispatch_namespaces", "mtls_certificates", "unsafe", "browser", "ai", "images",
		"stream", "media", "pipelines", "secrets_store_secrets", "artifacts", "unsafe_hello_world", "flagship",
		"worker_loaders", "ratelimits", "vpc_services", "vpc_networks", "version_metadata",
	} {
		all[name] = field{perEnv, noBinding}
	}
	return all
}()

// checkFields warns of the keys of the top level (env is "") or of [env.NAME] that are not read.
func checkFields(s *source, table *value, env string) {
	for _, m := range table.members {
		f, known := fields[m.name]
		path := join(env, m.name)
		switch {
		case !known:
			unexpected(s, m, path, fieldNames(env))
		case env != "" && f.scope == topOnly:
			s.warnf(m.key, "%s: %q is read at the top level only; it is ignored here", path, m.name)
		case f.unsupported != "":
			s.warnf(m.key, "%s: %q is not supported: %s", path, m.name, f.unsupported)
		}
	}
}

// fieldNames are the fields that a user may have meant, in a fixed order.
func fieldNames(env string) []string {
	var names []string
	for name, f := range fields {
		if env == "" || f.scope != topOnly {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// unexpected warns of a key that nothing reads, as wrangler does, with the one that was probably meant.
func unexpected(s *source, m *member, path string, known []string) {
	text := fmt.Sprintf("%s: unexpected field %q; it is ignored", path, m.name)
	near := closest(m.name, known)
	if near != "" {
		text += fmt.Sprintf(" (did you mean %q?)", near)
	}
	s.warn(api.Message{Text: text, Location: s.suggest(m.key, near)})
}

// join is the path of a key below another, as messages name it.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
