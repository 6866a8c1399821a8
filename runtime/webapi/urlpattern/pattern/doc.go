// Package pattern holds the algorithms of the URL Pattern Standard (https://urlpattern.spec.whatwg.org/): the syntax of patterns and of
// constructor strings, canonicalisation, and matching.
//
// It works on Go strings, builds on package whatwgurl and knows no JavaScript engine: regular expressions, which are those of
// ECMAScript, come from its caller as an [Engine]. The class URLPattern wraps it elsewhere. Why this is not a library: RE2, which
// the one for Go matches with, has no lookahead and can't tell a group that matched nothing from one that wasn't reached.
package pattern

import "errors"

// Engine makes a regular expression of ECMAScript, with the flag v, and i if ignoreCase is set.
type Engine func(source string, ignoreCase bool) (Regexp, error)

// Regexp matches one regular expression. Groups are those of RegExp.prototype.exec, the whole match first; nil stands for undefined.
type Regexp interface {
	Exec(input string) (groups []*string, ok bool)
}

// Options of a pattern (https://urlpattern.spec.whatwg.org/#dictdef-urlpatternoptions).
type Options struct{ IgnoreCase bool }

// Init is https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit; nil members don't exist.
type Init struct {
	Values  [components]*string
	BaseURL *string
}

// Component names one of the eight parts of a URL that a pattern has a pattern for.
type Component int

// The components, in the order of the standard.
const (
	Protocol Component = iota
	Username
	Password
	Hostname
	Port
	Pathname
	Search
	Hash
	components
)

var names = [components]string{"protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"}

// String is the component's name in script.
func (c Component) String() string { return names[c] }

// Components lists all.
var Components = [components]Component{Protocol, Username, Password, Hostname, Port, Pathname, Search, Hash}

// fault makes an error whose text script sees as the message of a TypeError.
func fault(text string) error { return errors.New("Invalid URL pattern: " + text) }
