package e2e_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// npmProject copies a project to a folder of the test's own and installs its packages there. Where there is no npm or no registry the
// test is skipped, with CI=true in the environment it fails.
func npmProject(t *testing.T, dir string) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		unavailable(t, "there is no npm: %v", err)
	}
	project := t.TempDir()
	if err := os.CopyFS(project, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	// Scripts of packages are no part of what is tested.
	cmd := exec.CommandContext(ctx, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
	cmd.Dir = project
	if out, err := cmd.CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("ETARGET")) || bytes.Contains(out, []byte("E404")) {
			t.Fatalf("npm install: %v\n%s", err, out) // the registry answered: a version in package.json is wrong
		}
		unavailable(t, "npm install: %v\n%s", err, out)
	}
	return project
}

func unavailable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf("SKIPPED, packages from npm are not tested: "+format, args...)
}

// runNPM runs a case whose Workers use packages from npm.
func runNPM(t *testing.T, dir string) *dev {
	t.Helper()
	c, err := readCase(filepath.Join(dir, "want.txt"))
	if err != nil {
		t.Fatal(err)
	}
	d := start(t, append([]string{npmProject(t, dir)}, c.args...)...)
	c.run(t, d)
	return d
}
