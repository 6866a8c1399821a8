package whatwgurl

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPlainAgrees holds the path for plain URLs against the parser proper.
func TestPlainAgrees(t *testing.T) {
	for input, plain := range map[string]bool{
		"https://example.com/a/b?c=d#e":         true,
		"http://localhost:8787/":                true,
		"http://example.com:443/%20/a%2eb?'":    false,
		"http://example.com:443/x%20/a%2eb?x":   true,
		"https://a_b.example.com/...":           false,
		"https://example.com/a.b/c..?":          true,
		"https://example.com/#":                 true,
		"https://example.com/?#":                true,
		"https://example.com/?a'b":              false,
		"https://example.com/?a#'":              true,
		"https://example.com":                   false,
		"https://example.com:443/":              false,
		"https://example.com:0443/":             false,
		"https://example.com:/":                 false,
		"https://example.com:65536/":            false,
		"https://example.com:65535/":            true,
		"https://example.com:1x/":               false,
		"https://1.2.3.4/":                      false,
		"https://example.0x1/":                  false,
		"https://example.com./":                 false,
		"https://xn--bcher-kva.example/":        false,
		"https://a.xn--a/":                      false,
		"https://example.com/a/../b":            false,
		"https://example.com/a/%2E%2e/b":        false,
		"https://example.com/a\\b":              false,
		"https://example.com/^":                 false,
		"https://user@example.com/":             false,
		"https://EXAMPLE.com/":                  false,
		"https://example.com/ ":                 false,
		"https://example.com/a\tb":              false,
		"https://example.com/ü":                 false,
		"https:///example.com/":                 false,
		"https://example..com/a//b":             true,
		"https://.example.com/":                 true,
		"HTTPS://example.com/":                  false,
		"ftp://example.com/":                    false,
		"https://example.com/%":                 false,
		"https://example.com/a%":                true,
		"https://example.com/a?b?c#d#e":         true,
		"http://example.com/a?b c":              false,
		"http://example.com/|[]@:;!$&()*+,=~_-": true,
	} {
		u := parsePlain(input)
		if (u != nil) != plain {
			t.Errorf("%q is plain: %v", input, u != nil)
		}
		checkPlain(t, input)
	}
}

func checkPlain(t *testing.T, input string) {
	t.Helper()
	u := parsePlain(input)
	if u == nil {
		return
	}
	proper := &URL{port: noPort}
	if err := proper.parse(input, nil); err != nil {
		t.Errorf("%q is refused by the parser proper: %v", input, err)
		return
	}
	proper.serialise()
	if *u != *proper {
		t.Errorf("%q: %+v, by the parser proper %+v", input, u, proper)
	}
}

func TestError(t *testing.T) {
	var parseError *ParseError
	for input, reason := range map[string]string{
		"/a": "relative URL without a base", "http://": "no host", "http://a b/": "forbidden character in domain",
		"http://1.2.3.256/": "malformed IPv4 address", "http://[::1": "IPv6 address is not closed with \"]\"",
		"http://[g]/": "malformed IPv6 address", "http://u@/": "credentials without a host", "http://h:p/": "malformed port",
		"http://\u00ad/": "malformed domain", "x://a b": "forbidden character in host",
	} {
		if _, err := Parse(input, nil); !errors.As(err, &parseError) || parseError.Reason != reason {
			t.Errorf("%q: %v, want %q", input, err, reason)
		}
	}
	base, err := Parse("mailto:x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if CanParse("a", base) || !CanParse("#a", base) {
		t.Error("an opaque base must take fragments only")
	}
}

func TestFailedSetHrefChangesNothing(t *testing.T) {
	u, err := Parse("https://a:1/b", nil)
	if err != nil {
		t.Fatal(err)
	}
	if u.SetHref("nothing") == nil || u.Href() != "https://a:1/b" {
		t.Errorf("now %s", u)
	}
}

func TestChangesAndClones(t *testing.T) {
	base, err := Parse("https://u:p@example.com:8080/a?b#c", nil)
	if err != nil {
		t.Fatal(err)
	}
	u := base.Clone()
	u.SetQuery("x=y", true)
	if u.Href() != "https://u:p@example.com:8080/a?x=y#c" || u.WithoutFragment() != "https://u:p@example.com:8080/a?x=y" {
		t.Errorf("%s, %s", u, u.WithoutFragment())
	}
	u.SetQuery("", false)
	if query, ok := u.Query(); u.Search() != "" || ok || query != "" {
		t.Errorf("%s", u)
	}
	if base.Href() != "https://u:p@example.com:8080/a?b#c" || base.Origin() != "https://example.com:8080" {
		t.Errorf("the base became %s of %s", base, base.Origin())
	}
	if port, ok := base.EffectivePort(); port != 8080 || !ok {
		t.Error(port, ok)
	}
	base.SetPort("")
	if port, ok := base.EffectivePort(); port != 443 || !ok {
		t.Error(port, ok)
	}
	base.SetHost("\xFF")
	base.SetUsername("\xFF\t")
	if base.Href() != "https://%EF%BF%BD%09:p@example.com/a?b#c" {
		t.Errorf("%s", base)
	}
}

func TestForm(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []Pair
		out  string
	}{
		{"", nil, ""},
		{"&&", []Pair{}, ""},
		{"a", []Pair{{"a", ""}}, "a="},
		{"a=b&c=d&a=e", []Pair{{"a", "b"}, {"c", "d"}, {"a", "e"}}, "a=b&c=d&a=e"},
		{"=&=a", []Pair{{"", ""}, {"", "a"}}, "=&=a"},
		{"a=b=c", []Pair{{"a", "b=c"}}, "a=b%3Dc"},
		{"a+b=%20c%2B", []Pair{{"a b", " c+"}}, "a+b=+c%2B"},
		{"%zz=%&%4=%4a", []Pair{{"%zz", "%"}, {"%4", "J"}}, "%25zz=%25&%254=J"},
		{"a=%FF%E2%82", []Pair{{"a", "\uFFFD\uFFFD"}}, "a=%EF%BF%BD%EF%BF%BD"},
		{"\xFF=\uFEFF", []Pair{{"\uFFFD", "\uFEFF"}}, "%EF%BF%BD=%EF%BB%BF"},
		{"?a=*-._~!'()", []Pair{{"?a", "*-._~!'()"}}, "%3Fa=*-._%7E%21%27%28%29"},
	} {
		got := ParseForm(c.in)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("ParseForm(%q) = %q", c.in, got)
		}
		if out := SerializeForm(got); out != c.out {
			t.Errorf("SerializeForm(%q) = %s, want %s", got, out, c.out)
		}
	}
}

func TestPercent(t *testing.T) {
	if got := PercentEncode("a b/ü'$", ComponentSet); got != "a%20b%2F%C3%BC'%24" {
		t.Error(got)
	}
	if got := PercentDecode("%41%4%zz%fF%"); got != "A%4%zz\xFF%" {
		t.Errorf("%q", got)
	}
}

func TestStrictDomain(t *testing.T) {
	for domain, want := range map[string]string{
		"bücher.example": "xn--bcher-kva.example", "a_b": "", "-a": "", "a..b": "", "": "", "Example": "example",
	} {
		if got, ok := DomainToASCII(domain, true); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", domain, got, ok)
		}
	}
}

func TestLongDomain(t *testing.T) {
	if _, ok := DomainToASCII(strings.Repeat("é", maxUnicodeDomain/2), false); !ok {
		t.Error("a domain at the limit is refused")
	}
	if _, ok := DomainToASCII(strings.Repeat("é", maxUnicodeDomain/2)+"a", false); ok {
		t.Error("a domain over the limit is taken")
	}
	if _, ok := DomainToASCII(strings.Repeat("a", 100*maxUnicodeDomain), false); !ok {
		t.Error("the limit holds for plain ASCII")
	}
}

// FuzzParse holds that a serialised URL parses to itself, that components add up, and that setters keep it so.
func FuzzParse(f *testing.F) {
	for _, seed := range [][3]string{
		{"https://example.com/a/b?c=d#e", "", "x"},
		{"../x\\y/%2e%2E/z?q'#f`", "http://u:p@h:81/a/b/c", "[::1]:80"},
		{"//C|/a", "file:///D:/b/c", "a:b@c"},
		{"x:/..//p", "non-special://h/", "//"},
		{"data:a b  ?x#y", "", " #"},
		{"http://0x7f.1", "", "1.2.3"},
		{"http://Bücher。example:080/\xFF", "", "\u00ad"},
		{"a:b:c", "blob:http://x/y", "\t"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, input, base, value string) {
		baseURL, err := Parse(base, nil)
		if err != nil {
			baseURL = nil
		}
		checkPlain(t, input)
		u, err := Parse(input, baseURL)
		if err != nil {
			return
		}
		checkSelf(t, u)
		for _, set := range []func(*URL, string){
			(*URL).SetProtocol, (*URL).SetUsername, (*URL).SetPassword, (*URL).SetHost, (*URL).SetHostname, (*URL).SetPort,
			(*URL).SetPathname, (*URL).SetSearch, (*URL).SetHash,
		} {
			c := u.Clone()
			set(c, value)
			if !utf8.ValidString(c.Href()) {
				t.Errorf("%q set with %q is no UTF-8: %q", u, value, c)
			}
		}
	})
}

func checkSelf(t *testing.T, u *URL) {
	t.Helper()
	again, err := Parse(u.Href(), nil)
	if err != nil {
		t.Errorf("%q does not parse: %v", u, err)
		return
	}
	if *again != *u {
		t.Errorf("%+v parses as %+v", u, again)
	}
}

// FuzzForm holds that pairs survive being serialised.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=b&c", "%ff=+", "&=&", "\xFF%", "a=%E2%82%AC&€=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		pairs := ParseForm(input)
		again := ParseForm(SerializeForm(pairs))
		if len(pairs) == 0 && len(again) == 0 {
			return
		}
		if !reflect.DeepEqual(pairs, again) {
			t.Errorf("%q gives %q, then %q", input, pairs, again)
		}
	})
}
