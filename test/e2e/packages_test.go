package e2e_test

import "testing"

// Packages that Workers commonly use, all in one Worker.
func TestPackages(t *testing.T) {
	t.Parallel()
	runNPM(t, "testdata/packages")
}

// Larger libraries: renderers, SDKs, parsers, and what generates code.
func TestLibraries(t *testing.T) {
	t.Parallel()
	runNPM(t, "testdata/libraries")
}
