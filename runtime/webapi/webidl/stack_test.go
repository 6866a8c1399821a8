package webidl

import "testing"

func TestStackIsWordedAsInV8(t *testing.T) {
	for in, want := range map[string]string{
		"TypeError: x\n\tat boom (hello.ts:5:32(3))\n\tat fetch (hello.ts:6:52(47))\n":     "TypeError: x\n    at boom (hello.ts:5:32)\n    at fetch (hello.ts:6:52)",
		"Error\n\tat a.js:1:2(3)\n\tat f (native)":                                         "Error\n    at a.js:1:2\n    at f (native)",
		"Error: two\nlines\n\tat (a(b).js:1:2(30))":                                        "Error: two\nlines\n    at (a(b).js:1:2)",
		"Error\n\tat f (my%20w%C3%B6rker/a%25(b).ts:1:2(3))\n\tat my%20worker/a.js:1:2(3)": "Error\n    at f (my wörker/a%(b).ts:1:2)\n    at my worker/a.js:1:2",
		"Error\n\tat %20 (a.js:1:2(3))\n\tat f (a%zz.js:1:2(3))":                           "Error\n    at %20 (a.js:1:2)\n    at f (a%zz.js:1:2)",
		"no frames": "no frames",
		"":          "",
	} {
		if got := v8Stack(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
