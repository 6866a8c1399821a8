package ingress

import (
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// FuzzURL checks that what a Worker gets as URL is one that a URL parser leaves as it is, whatever a client sends, and that its host is that
// of the Host header.
func FuzzURL(f *testing.F) {
	for _, s := range []struct{ host, target string }{
		{"localhost:8787", "/"},
		{"EXAMPLE.com:80", "/a/../b?c=d#e"},
		{"[::1]:1", "/%2e/./x"},
		{"a@b", "/"},
		{"a/b", "/x"},
		{"a?b", "/x"},
		{"0x7f.1", "/\\x"},
		{"", "/'\"<>`{}|^ \x00é"},
		{"xn--a", "//double"},
	} {
		f.Add(s.host, s.target)
	}
	f.Fuzz(func(t *testing.T, host, target string) {
		if !strings.HasPrefix(target, "/") {
			return // what has no slash in front comes out of url.URL.RequestURI
		}
		h := NewHandler(Options{})
		first, path, ok := h.url("http", host, target)
		if !ok {
			return
		}
		if again, _, _ := h.url("http", host, target); again != first {
			t.Errorf("got %q, then %q", first, again)
		}
		u, err := whatwgurl.Parse(first, nil)
		if err != nil || u.Href() != first {
			t.Fatalf("%q %q became %q, which is parsed to %v, %v", host, target, first, u, err)
		}
		if u.Pathname()+u.Search() != strings.TrimSuffix(path, "?") {
			t.Errorf("the path of %q is said to be %q", first, path)
		}
		if u.HasCredentials() || u.Scheme() != "http" || u.Hash() != "" {
			t.Errorf("%q %q became %q", host, target, first)
		}
		if host == "" {
			host = "localhost"
		}
		alone, err := whatwgurl.Parse("http://"+host+"/", nil)
		if err != nil || alone.Host() != u.Host() {
			t.Errorf("the host of %q is %q, not that of %q", first, u.Host(), host)
		}
	})
}
