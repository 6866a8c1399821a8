package ingress

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/bindery/bindery/node/route"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
)

// Caller calls Workers: a binding.Composition.
type Caller interface {
	// Fetch calls the fetch handler of a Worker in the name of inv, one hold of which is given back. done is called exactly once, on
	// any goroutine, perhaps before Fetch returns.
	Fetch(worker string, inv *invocation.Invocation, req *fetch.RequestData, done func(*fetch.ResponseData, error))
}

// Root is a Worker that can be reached from outside.
type Root struct {
	Worker   string
	Patterns []route.Pattern // its routes and Custom Domains
	Limits   invocation.Limits
	Caller   Caller // calls it; nil is the site's
	// Elsewhere, where it is not nil, serves the requests in a Caller's stead, as another process would.
	Elsewhere http.Handler
}

// Site is what a [Handler] serves at one time: a composition and the way to its roots. It is never changed.
//
// No other Worker of the composition can be reached: a root is all that a lookup can give.
type Site struct {
	roots   []*Root
	table   *route.Table[entry]
	byName  map[string]*Root
	private map[string]bool
	local   bool
}

// entry is a route's way to its root.
type entry struct {
	root *Root
	wild bool // the host has a wildcard
}

// SiteOptions say how a site's roots are found.
type SiteOptions struct {
	Roots []Root
	// Local adds what only development has: NAME.localhost for the root of that name, which comes before routes whose host has a
	// wildcard, and the first root for localhost and any address where no route claims the request. A route matches whatever scheme it
	// names. The error pages say more.
	Local bool
	// Private are the other Workers. With Local, NAME.localhost of one is not found, even where a route takes every host.
	Private []string
}

// NewSite makes a site. Of two patterns that match the same URLs the first counts.
func NewSite(caller Caller, o SiteOptions) *Site {
	s := &Site{local: o.Local, byName: make(map[string]*Root), private: make(map[string]bool)}
	var entries []route.Entry[entry]
	for i := range o.Roots {
		root := &o.Roots[i]
		if root.Caller == nil {
			root.Caller = caller
		}
		s.roots = append(s.roots, root)
		s.byName[root.Worker] = root
		for _, p := range root.Patterns {
			_, wild := p.Host()
			entries = append(entries, route.Entry[entry]{Pattern: p, Value: entry{root, wild}})
		}
	}
	for _, name := range o.Private {
		s.private[name] = true
	}
	s.table, _ = route.NewTable(entries)
	return s
}

// choose finds the root of a request, nil if there is none. target is the path with its query.
func (s *Site) choose(scheme, host, target string) *Root {
	e, found := s.table.Lookup(scheme, host, target)
	if !s.local {
		return e.root
	}
	if !found {
		other := "https"
		if scheme == other {
			other = "http"
		}
		e, found = s.table.Lookup(other, host, target)
	}
	if found && !e.wild {
		return e.root
	}
	name := hostname(host)
	if label, ok := strings.CutSuffix(name, ".localhost"); ok {
		if root := s.byName[label]; root != nil {
			return root
		}
		if s.private[label] {
			return nil
		}
	}
	if !found && len(s.roots) > 0 && isLocal(name) {
		return s.roots[0]
	}
	return e.root
}

// hostname is a Host header without port and trailing dot, in lower case.
func hostname(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		host = host[:i]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// isLocal reports whether a hostname means this machine rather than a site: localhost, or an address.
func isLocal(name string) bool {
	if name == "localhost" || name == "" {
		return true
	}
	if last := name[len(name)-1]; last != ']' && (last < '0' || last > '9') {
		return false
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}
