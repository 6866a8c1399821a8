package scheduler_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery/bindery/scheduler/schedulertest"
)

var rewrite = flag.Bool("rewrite", false, "write what the scenarios give into their files")

// TestScenarios runs testdata/*.txt, each a story of a cluster with what the scheduler says to it.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := schedulertest.Script(t, string(want))
			if got == string(want) {
				return
			}
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s gives\n%s\nwant\n%s\nif that is right: go test ./scheduler -rewrite", file, got, want)
		})
	}
}
