package builtins

import "testing"

// SetMaxJSONLength changes the bound for one test.
func SetMaxJSONLength(t *testing.T, n int) {
	was := maxJSONLength
	maxJSONLength = n
	t.Cleanup(func() { maxJSONLength = was })
}
