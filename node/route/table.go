package route

import (
	"slices"
)

// Table finds the most specific of many patterns that matches a request. A lookup costs a map access for each
// distinct length of a wildcard host and of a wildcard path, not for each pattern, and allocates nothing unless the
// host has upper-case letters. It is safe for concurrent use, since it is never changed; the zero Table is empty.
type Table[V any] struct {
	hosts   map[string]*paths[V] // whole hosts
	stars   []starHosts[V]       // hosts that begin with "*", by descending length of what follows
	domains map[string]V         // Custom Domains
}

// starHosts are the hosts with a wildcard whose literal part has size bytes.
type starHosts[V any] struct {
	size  int
	hosts map[string]*paths[V]
}

// paths are the paths of one host.
type paths[V any] struct {
	whole map[string]*target[V]
	open  []openPaths[V] // paths that end with "*", by descending length of what comes before
}

// openPaths are the paths with a wildcard whose literal part has size bytes.
type openPaths[V any] struct {
	size  int
	paths map[string]*target[V]
}

// target is what a host and path lead to, for each scheme and for any.
type target[V any] struct {
	any, http, https *V
}

// Entry is a pattern and what it leads to.
type Entry[V any] struct {
	Pattern Pattern
	Value   V
}

// Conflict is two entries of a table whose patterns match the same URLs: their indexes in the list given to NewTable.
type Conflict struct{ First, Second int }

// NewTable makes a table. Where two entries match the same URLs (Pattern.Key), the first is kept, and conflicts names
// both. Entries with the zero Pattern are left out.
func NewTable[V any](entries []Entry[V]) (t *Table[V], conflicts []Conflict) {
	t = &Table[V]{hosts: map[string]*paths[V]{}, domains: map[string]V{}}
	seen := make(map[string]int, len(entries))
	for i, e := range entries {
		if e.Pattern.path == "" {
			continue
		}
		key := e.Pattern.Key()
		if first, ok := seen[key]; ok {
			conflicts = append(conflicts, Conflict{First: first, Second: i})
			continue
		}
		seen[key] = i
		t.add(e.Pattern, &entries[i].Value)
	}
	slices.SortFunc(t.stars, func(a, b starHosts[V]) int { return b.size - a.size })
	for _, p := range t.hosts {
		p.sort()
	}
	for _, s := range t.stars {
		for _, p := range s.hosts {
			p.sort()
		}
	}
	return t, conflicts
}

func (t *Table[V]) add(p Pattern, v *V) {
	if p.domain {
		t.domains[p.host] = *v
		return
	}
	hosts := t.hosts
	if p.star {
		i := slices.IndexFunc(t.stars, func(s starHosts[V]) bool { return s.size == len(p.host) })
		if i < 0 {
			i = len(t.stars)
			t.stars = append(t.stars, starHosts[V]{size: len(p.host), hosts: map[string]*paths[V]{}})
		}
		hosts = t.stars[i].hosts
	}
	ps := hosts[p.host]
	if ps == nil {
		ps = &paths[V]{whole: map[string]*target[V]{}}
		hosts[p.host] = ps
	}
	ps.add(p, v)
}

func (ps *paths[V]) add(p Pattern, v *V) {
	byPath := ps.whole
	if p.open {
		i := slices.IndexFunc(ps.open, func(o openPaths[V]) bool { return o.size == len(p.path) })
		if i < 0 {
			i = len(ps.open)
			ps.open = append(ps.open, openPaths[V]{size: len(p.path), paths: map[string]*target[V]{}})
		}
		byPath = ps.open[i].paths
	}
	tg := byPath[p.path]
	if tg == nil {
		tg = &target[V]{}
		byPath[p.path] = tg
	}
	value := *v
	switch p.scheme {
	case "http":
		tg.http = &value
	case "https":
		tg.https = &value
	default:
		tg.any = &value
	}
}

func (ps *paths[V]) sort() {
	slices.SortFunc(ps.open, func(a, b openPaths[V]) int { return b.size - a.size })
}

// Lookup returns the value of the most specific pattern that matches, in the order that Compare defines. Its
// arguments are those of Pattern.Match.
func (t *Table[V]) Lookup(scheme, host, target string) (v V, ok bool) {
	host, target = normalHost(host), normalTarget(target)
	if found := t.hosts[host].lookup(scheme, target); found != nil {
		return *found, true
	}
	for _, s := range t.stars {
		if s.size > len(host) {
			continue
		}
		if found := s.hosts[host[len(host)-s.size:]].lookup(scheme, target); found != nil {
			return *found, true
		}
	}
	v, ok = t.domains[host]
	return v, ok
}

// HasHost reports whether any pattern could match a URL of host, on some path: an ingress tells "no such host" from
// "no such path" by it.
func (t *Table[V]) HasHost(host string) bool {
	host = normalHost(host)
	if _, ok := t.domains[host]; ok || t.hosts[host] != nil {
		return true
	}
	return slices.ContainsFunc(t.stars, func(s starHosts[V]) bool {
		return s.size <= len(host) && s.hosts[host[len(host)-s.size:]] != nil
	})
}

func (ps *paths[V]) lookup(scheme, path string) *V {
	if ps == nil {
		return nil
	}
	if found := ps.whole[path].of(scheme); found != nil {
		return found
	}
	for _, o := range ps.open {
		if o.size > len(path) {
			continue
		}
		if found := o.paths[path[:o.size]].of(scheme); found != nil {
			return found
		}
	}
	return nil
}

func (tg *target[V]) of(scheme string) *V {
	switch {
	case tg == nil:
		return nil
	case scheme == "http" && tg.http != nil:
		return tg.http
	case scheme == "https" && tg.https != nil:
		return tg.https
	}
	return tg.any
}
