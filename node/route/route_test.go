package route_test

import (
	"errors"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/node/route"
)

func pattern(t *testing.T, s string) route.Pattern {
	t.Helper()
	parse := route.ParsePattern
	if rest, ok := strings.CutPrefix(s, "domain:"); ok {
		s, parse = rest, route.ParseDomain
	}
	p, err := parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func split(t *testing.T, raw string) (scheme, host, target string) {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Scheme, u.Host, u.RequestURI()
}

func TestMatch(t *testing.T) {
	tests := []struct{ pattern, yes, no string }{
		// The examples of https://developers.cloudflare.com/workers/configuration/routing/routes/.
		{"https://*.example.com/images/*", "https://a.example.com/images/ https://a.b.example.com/images/x.png", "http://a.example.com/images/ https://example.com/images/ https://a.example.com/image"},
		{"*example.com/*", "http://example.com/ https://www.example.com/path?q https://myexample.com/", "https://example.org/"},
		{"*.example.com/*", "https://www.example.com/path", "https://example.com/ https://myexample.com/"},
		{"example.com", "http://example.com/ https://example.com/ https://example.com", "https://example.com/a https://www.example.com/ https://example.com/?a"},
		{"https://*.example.com/", "https://www.example.com/", "http://www.example.com/"},
		{"*.example.com/", "https://www.example.com/ http://www.example.com/", "https://example.com/"},
		{"*example.com/", "https://example.com/ https://www.example.com/", "https://example.com/a"},
		{"https://example.com/path*", "https://example.com/path https://example.com/path2 https://example.com/path/readme.txt https://example.com/path?a=b", "https://example.com/Path https://example.com/pat"},
		{"example.com/images/cat.png", "https://example.com/images/cat.png", "https://example.com/images/cat.png?foo=bar"},
		{"example.com/Images/*", "https://example.com/Images/a", "https://example.com/images/a"},
		{"Example.com/*", "https://example.com/ https://EXAMPLE.COM/", "https://example.org/"},
		{"*/*", "https://a/ http://127.0.0.1:8787/x?y https://[::1]:8080/", ""},
		// Custom Domains: https://developers.cloudflare.com/workers/configuration/routing/custom-domains/.
		{"domain:api.example.com", "https://api.example.com/login https://api.example.com/?a http://api.example.com", "https://example.com/ https://a.api.example.com/"},
		// Ports, trailing dots, names and paths beyond ASCII.
		{"localhost/*", "http://localhost:8787/ http://localhost./a", "http://x.localhost/"},
		{"[::1]/*", "http://[::1]/ http://[::1]:80/", "http://[::2]/"},
		{"[0:0::1]/*", "http://[::1]/", ""},
		{"*glöd.se/*", "https://xn--gld-tna.se/ https://www.xn--gld-tna.se/", "https://gld.se/"},
		{"a.com/é/*", "https://a.com/%C3%A9/x", "https://a.com/e/x"},
		{"a_b.example.com/*", "https://a_b.example.com/", ""},
		{"*", "https://a/ http://b.c/", "https://a/b"},
	}
	for _, tt := range tests {
		p := pattern(t, tt.pattern)
		table, _ := route.NewTable([]route.Entry[bool]{{Pattern: p, Value: true}})
		check := func(urls string, want bool) {
			for _, raw := range strings.Fields(urls) {
				scheme, host, target := split(t, raw)
				if got := p.Match(scheme, host, target); got != want {
					t.Errorf("%s matches %s: %v, want %v", tt.pattern, raw, got, want)
				}
				if _, got := table.Lookup(scheme, host, target); got != want {
					t.Errorf("a table of %s has %s: %v, want %v", tt.pattern, raw, got, want)
				}
			}
		}
		check(tt.yes, true)
		check(tt.no, false)
	}
}

func TestMatchWithoutQuery(t *testing.T) {
	if !pattern(t, "example.com/images/cat.png").Match("https", "example.com", "/images/cat.png") {
		t.Error("a target without its query matches on the path alone")
	}
}

func TestSyntaxErrors(t *testing.T) {
	tests := []struct{ pattern, at, reason, suggestion string }{
		{"example.com/*.jpg", "*", "at its end only", "example.com/*"},
		{"example.com/?foo=*", "?foo=*", "no query parameters", "example.com/*"},
		{"https://example.com/?anything", "?anything", "no query parameters", "https://example.com/*"},
		{"example.com/a#b", "#b", "no fragment", "example.com/a"},
		{"www.*.example.com/*", "*", "at its beginning only", ""},
		{"**.example.com/*", "*", "at its beginning only", ""},
		{"ftp://example.com/*", "ftp", `"http" or "https"`, "example.com/*"},
		{"http*://example.com/*", "http*", `"http" or "https"`, "example.com/*"},
		{"", "", "needs a host", ""},
		{"/api/*", "", "needs a host", ""},
		{"example.com:8787/*", ":8787", "no port", "example.com/*"},
		{"[::1]:8787/*", ":8787", "no port", "[::1]/*"},
		{"[::g]/*", "[::g]", "not an IPv6 address", ""},
		{"user@example.com/*", "user@example.com", "no user name", ""},
		{"exa mple.com/*", " ", "not allowed", ""},
		{"a..com/*", "a..com", "two dots", ""},
		{"*./", ".", "no name", ""},
		{"exam$ple.com", "exam$ple.com", "not allowed", ""},
		{strings.Repeat("a", 64) + ".com/", strings.Repeat("a", 64) + ".com", "63 characters", ""},
		{"example.com/a/../b", "/a/../b", "never matches", ""},
		{"example.com/\xff", "\xff", "not UTF-8", ""},
		{"domain:https://example.com", "https://", "no scheme", "example.com"},
		{"domain:example.com/*", "/*", "no path", "example.com"},
		{"domain:*.example.com", "*", "no wildcard", ""},
	}
	for _, tt := range tests {
		parse, text := route.ParsePattern, tt.pattern
		if rest, ok := strings.CutPrefix(text, "domain:"); ok {
			parse, text = route.ParseDomain, rest
		}
		_, err := parse(text)
		var e *route.SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want a SyntaxError", tt.pattern, err)
			continue
		}
		at := e.Pattern[e.Offset : e.Offset+e.Length]
		if at != tt.at || !strings.Contains(e.Reason, tt.reason) || e.Suggestion != tt.suggestion {
			t.Errorf("%s: at %q: %s; suggests %q\nwant at %q: %s; suggests %q", tt.pattern, at, e.Reason, e.Suggestion, tt.at, tt.reason, tt.suggestion)
		}
	}
}

func TestMostSpecificWins(t *testing.T) {
	tests := []struct{ url, order string }{
		{"https://www.example.com/", "www.example.com/* *.example.com/* *example.com/* *.com/* */*"},
		{"https://example.com/hello/world", "example.com/hello/world example.com/hello/* example.com/*"},
		{"https://example.com/hello", "https://example.com/* example.com/*"},
		{"https://example.com/path", "example.com/path* example.com/pa* example.com/*"},
		{"https://a.example.com/a", "a.example.com/* *.example.com/a"},
		// Cloudflare lists the other order as a known issue.
		{"https://example.com/images/hello", "example.com/images/* example.com/images*"},
		{"https://app.example.com/x", "app.example.com/* */* domain:app.example.com"},
		{"https://example.com/images/cat.png?foo=bar", "*example.com/images/*"},
	}
	for _, tt := range tests {
		scheme, host, target := split(t, tt.url)
		want := strings.Fields(tt.order)
		// Whatever is left of the list, its first wins, in whichever order the table is made.
		for i := range want {
			var entries []route.Entry[string]
			for _, s := range want[i:] {
				entries = append(entries, route.Entry[string]{Pattern: pattern(t, s), Value: s})
			}
			for range 4 {
				rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
				table, _ := route.NewTable(entries)
				if got, _ := table.Lookup(scheme, host, target); got != want[i] {
					t.Errorf("%s: %s wins over %v, want %s", tt.url, got, want[i:], want[i])
				}
			}
		}
	}
}

func TestNegatedRoute(t *testing.T) {
	table, _ := route.NewTable([]route.Entry[string]{
		{Pattern: pattern(t, "*example.com/images/cat.png"), Value: "no script"},
		{Pattern: pattern(t, "*example.com/images/*"), Value: "worker-script"},
	})
	for target, want := range map[string]string{
		"/images/cat.png":         "no script",
		"/images/cat.png?foo=bar": "worker-script",
		"/images/dog.png":         "worker-script",
		"/other":                  "",
	} {
		if got, _ := table.Lookup("https", "www.example.com", target); got != want {
			t.Errorf("%s leads to %q, want %q", target, got, want)
		}
	}
	if !table.HasHost("www.example.com:80") || table.HasHost("example.org") {
		t.Error("HasHost tells hosts with a route from hosts without")
	}
}

func TestConflicts(t *testing.T) {
	table, conflicts := route.NewTable([]route.Entry[int]{
		{Pattern: pattern(t, "Example.com"), Value: 1},
		{Pattern: pattern(t, "example.com/"), Value: 2},
		{Pattern: pattern(t, "http://example.com/"), Value: 3},
		{Pattern: route.Pattern{}, Value: 4},
	})
	if want := []route.Conflict{{First: 0, Second: 1}}; !slices.Equal(conflicts, want) {
		t.Errorf("conflicts %v, want %v", conflicts, want)
	}
	if v, _ := table.Lookup("https", "example.com", "/"); v != 1 {
		t.Errorf("the first of two equal patterns is kept: got %d", v)
	}
	if v, _ := table.Lookup("http", "example.com", "/"); v != 3 {
		t.Errorf("one with a scheme is another pattern: got %d", v)
	}
}

func TestEmptyTable(t *testing.T) {
	var table route.Table[int]
	if _, ok := table.Lookup("http", "a", "/"); ok || table.HasHost("a") {
		t.Error("the zero Table matches something")
	}
	if (route.Pattern{}).Match("http", "", "/") {
		t.Error("the zero Pattern matches something")
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	table, _ := route.NewTable([]route.Entry[int]{
		{Pattern: pattern(t, "*.example.com/a/*"), Value: 1}, {Pattern: pattern(t, "*/*"), Value: 2},
	})
	allocs := testing.AllocsPerRun(100, func() {
		if v, _ := table.Lookup("https", "www.example.com:8080", "/a/b?c"); v != 1 {
			t.Fatal(v)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations a lookup, want none", allocs)
	}
}

// FuzzPattern checks that parsing never panics, that faults lie inside the pattern and suggestions are valid, and that
// a table of any two patterns agrees with Match and Compare.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{
		"example.com", "*.example.com/images/*", "https://*/*", "*", "[::1]/a", "glöd.se/é*", "a.com/*.jpg",
		"a:80/?x", "http://a*b/", "\xff", "a@b/c", "*..a/", "xn--/",
	} {
		f.Add(s, "example.com/*", "www.example.com", "/images/a")
	}
	f.Fuzz(func(t *testing.T, a, b, host, target string) {
		var ps []route.Pattern
		for _, s := range []string{a, b} {
			for _, parse := range []func(string) (route.Pattern, error){route.ParsePattern, route.ParseDomain} {
				p, err := parse(s)
				var e *route.SyntaxError
				if err == nil {
					ps = append(ps, p)
				} else if !errors.As(err, &e) || e.Reason == "" || e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(e.Pattern) {
					t.Fatalf("%q: bad error %#v", s, err)
				} else if e.Suggestion != "" {
					if _, err := parse(e.Suggestion); err != nil {
						t.Fatalf("%q: suggests %q: %v", s, e.Suggestion, err)
					}
				}
			}
		}
		var entries []route.Entry[string]
		var best *route.Pattern
		for _, p := range ps {
			entries = append(entries, route.Entry[string]{Pattern: p, Value: p.Key()})
			if p.Match("https", host, target) && (best == nil || route.Compare(p, *best) < 0) {
				best = &p
			}
		}
		table, _ := route.NewTable(entries)
		got, ok := table.Lookup("https", host, target)
		if ok != (best != nil) || ok && got != best.Key() {
			t.Fatalf("%q %q of %v: table says %q, %v", host, target, ps, got, ok)
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	var entries []route.Entry[int]
	for i := range 1000 {
		p, err := route.ParsePattern("*.host" + strings.Repeat("x", i%50) + ".example.com/path" + strings.Repeat("y", i%20) + "/*")
		if err != nil {
			b.Fatal(err)
		}
		entries = append(entries, route.Entry[int]{Pattern: p, Value: i})
	}
	table, _ := route.NewTable(entries)
	b.ReportAllocs()
	for b.Loop() {
		table.Lookup("https", "a.hostxxx.example.com", "/pathyyy/a")
	}
}
