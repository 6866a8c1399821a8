package bundle_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/bundle"
)

// worker writes a Worker of so many files, of some 60 lines each, half of them
// a package's.
func worker(b *testing.B, files int) (dir string) {
	dir = b.TempDir()
	var body strings.Builder
	for i := range 20 {
		fmt.Fprintf(&body, "export function f%d(a) {\n  return { a, b: [`${a}`, %d], c: a?.d ?? null };\n}\n", i, i)
	}
	sources := map[string]string{}
	var entry strings.Builder
	for i := range files {
		name, from := fmt.Sprintf("src/m%d.ts", i), fmt.Sprintf("./m%d", i)
		if i%2 == 1 {
			name, from = fmt.Sprintf("node_modules/lib/m%d.js", i), fmt.Sprintf("lib/m%d.js", i)
		}
		sources[name] = body.String()
		fmt.Fprintf(&entry, "import * as m%d from %q;\n", i, from)
	}
	entry.WriteString("export default [")
	for i := range files {
		fmt.Fprintf(&entry, "m%d, ", i)
	}
	entry.WriteString("];\n")
	sources["src/index.ts"] = entry.String()
	write(b, dir, sources)
	return dir
}

// BenchmarkRebuild is one edit of one file.
func BenchmarkRebuild(b *testing.B) {
	for _, files := range []int{1, 20, 200} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			dir := worker(b, files)
			builder, err := bundle.NewBuilder(bundle.Options{Dir: dir, Entry: "src/index.ts", Provided: provided})
			if err != nil {
				b.Fatal(err)
			}
			defer builder.Close()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				write(b, dir, map[string]string{filepath.Join("src", "m0.ts"): fmt.Sprintf("export const a = %d;", i)})
				result, err := builder.Rebuild(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(result.Bundle.Code)))
			}
		})
	}
}

// BenchmarkBuild is the first build.
func BenchmarkBuild(b *testing.B) {
	dir := worker(b, 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bundle.Build(b.Context(), bundle.Options{Dir: dir, Entry: "src/index.ts"}); err != nil {
			b.Fatal(err)
		}
	}
}
