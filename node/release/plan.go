package release

import (
	"fmt"
	"slices"
	"sort"

	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Reader is the state that a plan is made against.
type Reader interface {
	// Workers gives all Workers by name.
	Workers() []*binderyv1.WorkerState
	// Version gives a version, nil if it is not kept.
	Version(id string) *binderyv1.Version
	// Release gives a release, nil if it is not kept.
	Release(number int64) *binderyv1.Release
}

// Code is what the compiler found in a bundle.
type Code struct {
	Entrypoints []string // the default export as "default"
	Checked     string   // what compiled it: see Version.checked
}

// Options of a plan.
type Options struct {
	// Keep and Overwrite say what becomes of what was changed through the API where the files say otherwise. With neither it is a fault.
	Keep, Overwrite bool
}

// Plan is a release that may be committed.
type Plan struct {
	Items []*binderyv1.ReleaseItem // those that change something, by Worker
	Notes []string
}

// Error is everything that is wrong with what was asked for.
type Error struct{ Faults []*binderyv1.Fault }

func (e *Error) Error() string {
	text := e.Faults[0].GetText()
	if w := e.Faults[0].GetWorker(); w != "" {
		text = fmt.Sprintf("Worker %q: %s", w, text)
	}
	if n := len(e.Faults) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// planner collects what a release would make of the cluster.
type planner struct {
	before map[string]*binderyv1.Version
	after  map[string]*binderyv1.Version
	files  map[string]string // of uploads, by Worker
	faults []*binderyv1.Fault
}

func newPlanner(r Reader) *planner {
	p := &planner{before: map[string]*binderyv1.Version{}, after: map[string]*binderyv1.Version{}, files: map[string]string{}}
	for _, w := range r.Workers() {
		v := r.Version(w.GetVersion())
		p.before[w.GetName()], p.after[w.GetName()] = v, v
	}
	return p
}

func (p *planner) fault(worker, key, format string, args ...any) {
	p.faults = append(p.faults, &binderyv1.Fault{Worker: worker, File: p.files[worker], Key: key, Text: fmt.Sprintf(format, args...)})
}

// Deploy plans a release of uploads; code has what was found in each bundle. Errors: *Error.
func Deploy(r Reader, uploads []*binderyv1.WorkerUpload, code map[string]Code, o Options) (*Plan, error) {
	p := newPlanner(r)
	seen := map[string]bool{}
	for _, u := range uploads {
		name := u.GetConfig().GetName()
		if seen[name] {
			p.fault(name, "name", "two Workers of the release have this name")
			continue
		}
		seen[name] = true
		p.files[name] = u.GetFile()
		p.upload(u, code[u.GetBundle()], o)
	}
	return p.finish()
}

func (p *planner) upload(u *binderyv1.WorkerUpload, code Code, o Options) {
	name := u.GetConfig().GetName()
	old := p.before[name]
	v := &binderyv1.Version{Config: proto.CloneOf(u.GetConfig()), Bundle: u.GetBundle(), Entrypoints: code.Entrypoints, Checked: code.Checked}
	v.Secrets = slices.Clone(old.GetSecrets())
	if !p.checkVersion(v) {
		return
	}
	p.mergeOverrides(v, old, o)
	for _, s := range v.GetConfig().GetRequiredSecrets() {
		if !hasSecret(v, s) {
			create := ""
			if old == nil {
				create = "--create "
			}
			p.fault(name, "secrets.required", "the secret %s has no value: set it with: bindery secret put %s%s %s", s, create, name, s)
		}
	}
	p.after[name] = seal(v)
}

// Configure plans a change of bindings and vars of one Worker. Errors: *Error.
func Configure(r Reader, c *binderyv1.ConfigureRequest) (*Plan, error) {
	p := newPlanner(r)
	name := c.GetWorker()
	v := p.change(name)
	if v == nil {
		return p.finish()
	}
	if Draft(v) {
		p.fault(name, "", "it has secrets and no code yet: deploy it first")
		return p.finish()
	}
	for _, s := range c.GetUnsetServices() {
		unset(p, name, "services."+s, &v.Config.Services, func(b *binderyv1.ServiceBinding) bool { return b.GetBinding() == s })
		v.Overrides = override(v.Overrides, "services."+s)
	}
	for _, s := range c.GetUnsetVars() {
		unset(p, name, "vars."+s, &v.Config.Vars, func(b *binderyv1.Var) bool { return b.GetName() == s })
		v.Overrides = override(v.Overrides, "vars."+s)
	}
	for _, s := range c.GetSetServices() {
		v.Config.Services = set(v.Config.Services, s, func(b *binderyv1.ServiceBinding) bool { return b.GetBinding() == s.GetBinding() })
		v.Overrides = override(v.Overrides, "services."+s.GetBinding())
	}
	for _, s := range c.GetSetVars() {
		v.Config.Vars = set(v.Config.Vars, s, func(b *binderyv1.Var) bool { return b.GetName() == s.GetName() })
		v.Overrides = override(v.Overrides, "vars."+s.GetName())
	}
	if p.checkVersion(v) {
		p.after[name] = seal(v)
	}
	return p.finish()
}

func unset[T any](p *planner, worker, key string, list *[]T, is func(T) bool) {
	n := len(*list)
	if *list = slices.DeleteFunc(*list, is); len(*list) == n {
		p.fault(worker, key, "there is nothing of that name to remove")
	}
}

// set replaces what is, or appends.
func set[T any](list []T, v T, is func(T) bool) []T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}

// override notes that a key was changed through the API.
func override(keys []string, key string) []string {
	if !slices.Contains(keys, key) {
		keys = append(keys, key)
		sort.Strings(keys)
	}
	return keys
}

// PutSecret plans a new value of a secret. With create a Worker that is not there becomes a draft, which has no code. Errors: *Error.
func PutSecret(r Reader, worker string, secret *binderyv1.SealedSecret, create bool) (*Plan, error) {
	p := newPlanner(r)
	var v *binderyv1.Version
	if create && p.before[worker] == nil {
		v = &binderyv1.Version{Config: &binderyv1.WorkerConfig{Name: worker}}
	} else {
		v = p.change(worker)
	}
	if v != nil {
		v.Secrets = set(v.Secrets, secret, func(s *binderyv1.SealedSecret) bool { return s.GetName() == secret.GetName() })
		if p.checkBindingName(worker, "secret", secret.GetName()) && p.checkVersion(v) {
			p.after[worker] = seal(v)
		}
	}
	return p.finish()
}

// DeleteSecret plans the removal of a secret. Errors: *Error.
func DeleteSecret(r Reader, worker, name string) (*Plan, error) {
	p := newPlanner(r)
	if v := p.change(worker); v != nil {
		switch {
		case !hasSecret(v, name):
			p.fault(worker, "secrets."+name, "there is no secret of that name")
		case slices.Contains(v.GetConfig().GetRequiredSecrets(), name):
			p.fault(worker, "secrets."+name, "the Worker's configuration requires it (secrets.required)")
		}
		v.Secrets = slices.DeleteFunc(v.Secrets, func(s *binderyv1.SealedSecret) bool { return s.GetName() == name })
		p.after[worker] = seal(v)
	}
	return p.finish()
}

// Draft reports whether a version has no code: a Worker that was given secrets before its first deployment.
func Draft(v *binderyv1.Version) bool { return v.GetBundle() == "" }

// change gives a copy of a Worker's current version that may be changed; nil if there is no such Worker.
func (p *planner) change(worker string) *binderyv1.Version {
	v := p.before[worker]
	if v == nil {
		p.fault(worker, "", "there is no Worker of that name%s", p.near(worker))
		return nil
	}
	return proto.CloneOf(v)
}

// Delete plans the deletion of a Worker. Errors: *Error, which names those that bind it.
func Delete(r Reader, worker string) (*Plan, error) {
	p := newPlanner(r)
	if p.change(worker) != nil {
		delete(p.after, worker)
	}
	return p.finish()
}

// Rollback plans the release that gives the Workers that a release changed the versions they had before it. A version has the secrets that it had:
// the plan's notes name those that become others by it. Errors: *Error.
func Rollback(r Reader, number int64) (*Plan, error) {
	p := newPlanner(r)
	old := r.Release(number)
	if old == nil {
		p.faults = append(p.faults, &binderyv1.Fault{Text: fmt.Sprintf("release %d is not kept: see bindery release list", number)})
		return p.finish()
	}
	var notes []string
	for _, c := range old.GetChanges() {
		now := p.before[c.GetWorker()]
		if now.GetId() != c.GetAfter() && (now.GetBundle() != r.Version(c.GetAfter()).GetBundle() || !proto.Equal(now.GetConfig(), r.Version(c.GetAfter()).GetConfig())) {
			notes = append(notes, fmt.Sprintf("Worker %s was changed after release %d, too: that is undone with it", c.GetWorker(), number))
		}
		if c.GetBefore() == "" {
			delete(p.after, c.GetWorker())
			notes = append(notes, secretNotes(c.GetWorker(), now, nil)...)
			continue
		}
		v := r.Version(c.GetBefore())
		if v == nil {
			p.fault(c.GetWorker(), "", "its version before release %d, %.12s, is not kept any more", number, c.GetBefore())
			continue
		}
		p.after[c.GetWorker()] = v
		notes = append(notes, secretNotes(c.GetWorker(), now, v)...)
	}
	plan, err := p.finish()
	if err == nil {
		plan.Notes = append(plan.Notes, notes...)
	}
	return plan, err
}

// secretNotes tell which secrets of a Worker are others in an older version.
func secretNotes(worker string, now, then *binderyv1.Version) (notes []string) {
	find := func(v *binderyv1.Version, name string) *binderyv1.SealedSecret {
		i := slices.IndexFunc(v.GetSecrets(), func(s *binderyv1.SealedSecret) bool { return s.GetName() == name })
		if i < 0 {
			return nil
		}
		return v.GetSecrets()[i]
	}
	for _, s := range now.GetSecrets() {
		switch old := find(then, s.GetName()); {
		case then == nil:
			notes = append(notes, fmt.Sprintf("the secret %s is deleted with Worker %s", s.GetName(), worker))
		case old == nil:
			notes = append(notes, fmt.Sprintf("the secret %s of Worker %s was put later and is gone: put it again if it is wanted", s.GetName(), worker))
		case string(old.GetDigest()) != string(s.GetDigest()):
			notes = append(notes, fmt.Sprintf("the secret %s of Worker %s has the value that it had then", s.GetName(), worker))
		}
	}
	for _, s := range then.GetSecrets() {
		if now != nil && find(now, s.GetName()) == nil {
			notes = append(notes, fmt.Sprintf("the secret %s of Worker %s was deleted later and is there again", s.GetName(), worker))
		}
	}
	return notes
}

// finish checks what the cluster would be, and gives the difference.
func (p *planner) finish() (*Plan, error) {
	if len(p.faults) == 0 {
		p.checkGraph()
		p.checkRoutes()
	}
	if len(p.faults) > 0 {
		sort.SliceStable(p.faults, func(i, j int) bool {
			a, b := p.faults[i], p.faults[j]
			return a.GetWorker() < b.GetWorker() || a.GetWorker() == b.GetWorker() && a.GetKey() < b.GetKey()
		})
		return nil, &Error{Faults: p.faults}
	}
	plan := &Plan{}
	for _, name := range p.names() {
		before, after := p.before[name], p.after[name]
		if before.GetId() != after.GetId() {
			plan.Items = append(plan.Items, &binderyv1.ReleaseItem{Worker: name, Version: after})
		}
	}
	if len(plan.Items) > 0 && !p.reachable(plan.Items) {
		plan.Notes = append(plan.Notes, "nothing outside can reach what was released: no Worker that has a route leads to it")
	}
	return plan, nil
}

// names are those of all Workers before and after.
func (p *planner) names() []string {
	set := map[string]bool{}
	for name := range p.before {
		set[name] = true
	}
	for name := range p.after {
		set[name] = true
	}
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
