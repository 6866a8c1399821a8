package bundle

import (
	"slices"
	"strings"
)

// bareBuiltins are the modules of Node.js that may be imported without the
// node: prefix, sorted. See https://nodejs.org/api/module.html#modulebuiltinmodules
var bareBuiltins = []string{
	"assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto",
	"dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2",
	"https", "inspector", "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks",
	"process", "punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers",
	"stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events", "tty",
	"url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib",
}

func isBareBuiltin(name string) bool {
	_, ok := slices.BinarySearch(bareBuiltins, name)
	return ok
}

// runtimeSpecifier returns the name under which the runtime might provide an
// import, with its prefix, or "" if it is none of the runtime's business.
func runtimeSpecifier(path string) string {
	for _, scheme := range []string{"node:", "cloudflare:", "workerd:"} {
		if strings.HasPrefix(path, scheme) {
			return path
		}
	}
	if isBareBuiltin(path) {
		return "node:" + path
	}
	return ""
}

// nearest returns the one of names that is at most two edits away from name,
// or "".
func nearest(name string, names []string) string {
	best, distance := "", 3
	for _, candidate := range names {
		if d := editDistance(name, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// editDistance counts the bytes to insert, delete or replace to get from a to b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
