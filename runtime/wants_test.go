package runtime

import "testing"

func TestWants(t *testing.T) {
	for source, want := range map[string]int{
		`fetch() { return 1 }`:                         0,
		`async fetch(request) {}`:                      1,
		`fetch( request , env, ) {}`:                   2,
		`(request, env, ctx) => {}`:                    3,
		`request => new Response("x")`:                 3,
		`async request => f(request)`:                  3,
		`request => request`:                           3,
		`function (a, b = 1) {}`:                       3,
		`function (...all) {}`:                         3,
		`function ({ url }) {}`:                        3,
		`function () { return arguments[1] }`:          3,
		`function () { [native code] }`:                3,
		`async fetch(request /* (really) */, env) { }`: 3,
		``: 3,
	} {
		if got := wants(source); got != want {
			t.Errorf("%s: %d, want %d", source, got, want)
		}
	}
}
