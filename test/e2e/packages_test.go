package e2e_test

import "testing"

// Packages that Workers commonly use, all in one Worker.
func TestPackages(t *testing.T) {
	runNPM(t, "testdata/packages")
}
