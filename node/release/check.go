package release

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/bindery/bindery/node/route"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Rules of names, as wrangler and Cloudflare have them.
var (
	workerName  = regexp.MustCompile(`^[a-z0-9_][a-z0-9-_]{0,62}$`)
	bindingName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)
)

// Bounds of a configuration.
const (
	maxCPUMs       = 300_000
	maxSubrequests = 10_000_000
	maxBindings    = 1000
	maxVarBytes    = 5 << 10
)

// checkVersion looks at one version by itself.
func (p *planner) checkVersion(v *binderyv1.Version) bool {
	n := len(p.faults)
	c := v.GetConfig()
	name := c.GetName()
	if !workerName.MatchString(name) {
		p.fault(name, "name", "%q is no Worker's name: lower-case letters, digits, - and _, 63 at most", name)
	}
	if total := len(c.GetServices()) + len(c.GetVars()); total > maxBindings {
		p.fault(name, "", "%d bindings are more than %d", total, maxBindings)
	}
	names := map[string]string{}
	for _, s := range v.GetSecrets() {
		names[s.GetName()] = "secret"
	}
	take := func(kind, binding, key string) {
		if !p.checkBindingName(name, key, binding) {
			return
		}
		if other, twice := names[binding]; twice {
			p.fault(name, key, "the name %s is taken by a %s", binding, other)
		}
		names[binding] = kind
	}
	for i, s := range c.GetServices() {
		key := fmt.Sprintf("services[%d]", i)
		take("service", s.GetBinding(), key+".binding")
		if len(s.GetProps()) > 0 && !isObject(s.GetProps()) {
			p.fault(name, key+".props", "it is no JSON object")
		}
	}
	for _, v := range c.GetVars() {
		take("var", v.GetName(), "vars."+v.GetName())
		if v.GetJson() != nil && !json.Valid(v.GetJson()) {
			p.fault(name, "vars."+v.GetName(), "it is no JSON")
		}
		if len(v.GetText())+len(v.GetJson()) > maxVarBytes {
			p.fault(name, "vars."+v.GetName(), "it has more than %d bytes", maxVarBytes)
		}
	}
	p.checkNumber(name, "limits.cpu_ms", c.GetLimits().GetCpuMs(), maxCPUMs)
	p.checkNumber(name, "limits.subrequests", c.GetLimits().GetSubrequests(), maxSubrequests)
	for i, r := range c.GetRoutes() {
		if _, err := parseRoute(r); err != nil {
			p.fault(name, fmt.Sprintf("routes[%d]", i), "%v", err)
		}
	}
	return len(p.faults) == n
}

func (p *planner) checkBindingName(worker, key, name string) bool {
	if !bindingName.MatchString(name) {
		p.fault(worker, key, "%q is no name of a binding: a JavaScript identifier of letters, digits, _ and $", name)
		return false
	}
	return true
}

func (p *planner) checkNumber(worker, key string, n, most int32) {
	if n < 0 || n > most {
		p.fault(worker, key, "%d is not from 1 to %d", n, most)
	}
}

func isObject(text []byte) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(text, &m) == nil && m != nil
}

func parseRoute(r *binderyv1.Route) (route.Pattern, error) {
	if r.GetCustomDomain() {
		return route.ParseDomain(r.GetPattern())
	}
	return route.ParsePattern(r.GetPattern())
}

// checkGraph sees that every binding leads somewhere.
func (p *planner) checkGraph() {
	for name, v := range p.after {
		for _, s := range v.GetConfig().GetServices() {
			key := "services." + s.GetBinding()
			target := p.after[s.GetService()]
			switch entrypoint := s.GetEntrypoint(); {
			case target == nil && p.before[s.GetService()] != nil:
				p.fault(s.GetService(), "", "it can't be deleted: Worker %q binds it as %s", name, s.GetBinding())
			case target == nil:
				p.fault(name, key+".service", "no Worker named %q in this release or in the cluster%s", s.GetService(), p.near(s.GetService()))
			case Draft(target):
				p.fault(name, key+".service", "Worker %q has secrets and no code yet: deploy it, with this release or before", s.GetService())
			case entrypoint != "" && !slices.Contains(target.GetEntrypoints(), entrypoint):
				p.fault(name, key+".entrypoint", "Worker %q exports no entrypoint %q: it has %s",
					s.GetService(), entrypoint, list(target.GetEntrypoints()))
			}
		}
	}
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// checkRoutes sees that no two Workers claim the same requests.
func (p *planner) checkRoutes() {
	type claim struct{ worker, key string }
	var claims []claim
	var entries []route.Entry[int]
	for _, name := range p.names() {
		for i, r := range p.after[name].GetConfig().GetRoutes() {
			pattern, err := parseRoute(r)
			if err != nil {
				continue // checkConfig has said so
			}
			entries = append(entries, route.Entry[int]{Pattern: pattern})
			claims = append(claims, claim{name, fmt.Sprintf("routes[%d]", i)})
		}
	}
	_, conflicts := route.NewTable(entries)
	for _, c := range conflicts {
		one, two := claims[c.First], claims[c.Second]
		if p.before[two.worker].GetId() == p.after[two.worker].GetId() {
			one, two = two, one // blame what is new
		}
		p.fault(two.worker, two.key, "the route %s is taken by Worker %q", entries[c.Second].Pattern, one.worker)
	}
}

// reachable reports whether a root leads to any of the items.
func (p *planner) reachable(items []*binderyv1.ReleaseItem) bool {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] || p.after[name] == nil {
			return
		}
		seen[name] = true
		for _, s := range p.after[name].GetConfig().GetServices() {
			visit(s.GetService())
		}
	}
	for name, v := range p.after {
		if len(v.GetConfig().GetRoutes()) > 0 {
			visit(name)
		}
	}
	for _, i := range items {
		if i.GetVersion() == nil || Draft(i.GetVersion()) || seen[i.GetWorker()] {
			return true
		}
	}
	return false
}

// near suggests a name that differs by little, as ": did you mean ...?".
func (p *planner) near(name string) string {
	var names []string
	for n := range p.after {
		if distance(n, name) <= 2 {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return ""
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := distance(names[i], name), distance(names[j], name)
		return a < b || a == b && names[i] < names[j]
	})
	return fmt.Sprintf(": did you mean %q?", names[0])
}

// distance is how many letters must be put in, left out, replaced or swapped with their neighbours.
func distance(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return 3
	}
	var older []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], older[j-2]+1)
			}
		}
		older, row = row, next
	}
	return row[len(b)]
}
