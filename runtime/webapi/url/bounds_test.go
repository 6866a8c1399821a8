package url_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
)

// What a short program could make gigabytes of is refused.
func TestParamsAreBounded(t *testing.T) {
	for _, source := range []string{
		`return new URLSearchParams("&a".repeat(1e7)).size`,
		`const p = new URLSearchParams(), s = "x".repeat(1e7); for (let i = 0; i < 20; i++) p.append("a", s); return String(p).length`,
	} {
		runtimetest.New(t).Async(source).WantError("RangeError: Allocation failed: too large")
	}
}
