package release_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bindery/bindery/node/release"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// state is a Reader that commits plans to itself.
type state struct {
	t        *testing.T
	workers  []*binderyv1.WorkerState
	versions map[string]*binderyv1.Version
	releases []*binderyv1.Release
}

func newState(t *testing.T) *state {
	return &state{t: t, versions: map[string]*binderyv1.Version{}}
}

func (s *state) Workers() []*binderyv1.WorkerState    { return s.workers }
func (s *state) Version(id string) *binderyv1.Version { return s.versions[id] }
func (s *state) Release(number int64) *binderyv1.Release {
	if number < 1 || number > int64(len(s.releases)) {
		return nil
	}
	return s.releases[number-1]
}

func (s *state) current(name string) *binderyv1.Version {
	for _, w := range s.workers {
		if w.GetName() == name {
			return s.versions[w.GetVersion()]
		}
	}
	return nil
}

func (s *state) commit(p *release.Plan, err error) *release.Plan {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	r := &binderyv1.Release{Number: int64(len(s.releases) + 1)}
	for _, item := range p.Items {
		r.Changes = append(r.Changes, &binderyv1.WorkerChange{
			Worker: item.GetWorker(), Before: s.current(item.GetWorker()).GetId(), After: item.GetVersion().GetId(),
		})
		var kept []*binderyv1.WorkerState
		for _, w := range s.workers {
			if w.GetName() != item.GetWorker() {
				kept = append(kept, w)
			}
		}
		s.workers = kept
		if v := item.GetVersion(); v != nil {
			s.versions[v.GetId()] = v
			s.workers = append(s.workers, &binderyv1.WorkerState{Name: item.GetWorker(), Version: v.GetId()})
		}
	}
	s.releases = append(s.releases, r)
	return p
}

func (s *state) deploy(workers ...*binderyv1.WorkerUpload) *release.Plan {
	s.t.Helper()
	return s.commit(release.Deploy(s, workers, code, release.Options{}))
}

var code = map[string]release.Code{"b1": {Entrypoints: []string{"default"}}, "b2": {Entrypoints: []string{"default", "Admin"}}}

// worker writes a Worker as "name bundle KEY=value NAME->service#Entrypoint route:pattern".
func worker(text string) *binderyv1.WorkerUpload {
	f := strings.Fields(text)
	u := &binderyv1.WorkerUpload{Config: &binderyv1.WorkerConfig{Name: f[0]}, Bundle: f[1], File: f[0] + "/wrangler.toml"}
	for _, part := range f[2:] {
		if name, service, ok := strings.Cut(part, "->"); ok {
			service, entrypoint, _ := strings.Cut(service, "#")
			u.Config.Services = append(u.Config.Services, &binderyv1.ServiceBinding{Binding: name, Service: service, Entrypoint: entrypoint})
		} else if pattern, ok := strings.CutPrefix(part, "route:"); ok {
			u.Config.Routes = append(u.Config.Routes, &binderyv1.Route{Pattern: pattern})
		} else if secret, ok := strings.CutPrefix(part, "needs:"); ok {
			u.Config.RequiredSecrets = append(u.Config.RequiredSecrets, secret)
		} else if name, value, ok := strings.Cut(part, "="); ok {
			u.Config.Vars = append(u.Config.Vars, &binderyv1.Var{Name: name, Value: &binderyv1.Var_Text{Text: value}})
		}
	}
	return u
}

func faults(t *testing.T, _ *release.Plan, err error) string {
	t.Helper()
	var e *release.Error
	if !errors.As(err, &e) {
		t.Fatalf("no faults: %v", err)
	}
	var lines []string
	for _, f := range e.Faults {
		lines = append(lines, f.GetWorker()+" "+f.GetFile()+" "+f.GetKey()+": "+f.GetText())
	}
	return strings.Join(lines, "\n")
}

func TestFaultsComeAllAtOnce(t *testing.T) {
	s := newState(t)
	s.deploy(worker("auth b1"), worker("shop b1 route:shop.example/*"))
	got := faults(t, nil, func() error {
		_, err := release.Deploy(s, []*binderyv1.WorkerUpload{
			worker("gateway b1 AUTH->auht APP->app#Admin route:shop.example/*"), worker("app b1"),
		}, code, release.Options{})
		return err
	}())
	want := `gateway gateway/wrangler.toml routes[0]: the route shop.example/* is taken by Worker "shop"
gateway gateway/wrangler.toml services.APP.entrypoint: Worker "app" exports no entrypoint "Admin": it has default
gateway gateway/wrangler.toml services.AUTH.service: no Worker named "auht" in this release or in the cluster: did you mean "auth"?`
	if got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, workers, want string
	}{
		{"a bad name", "Auth b1", "is no Worker's name"},
		{"a bad binding", "a b1 my-var=1", "is no name of a binding"},
		{"a name taken twice", "a b1 X=1 X->a", "the name X is taken by a service"},
		{"a bad route", "a b1 route:https://", "routes[0]"},
		{"a secret that is not there", "a b1 needs:TOKEN", "bindery secret put --create a TOKEN"},
		{"two of one name", "a b1;a b2", "two Workers of the release have this name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var uploads []*binderyv1.WorkerUpload
			for _, text := range strings.Split(c.workers, ";") {
				uploads = append(uploads, worker(text))
			}
			p, err := release.Deploy(newState(t), uploads, code, release.Options{})
			if got := faults(t, p, err); !strings.Contains(got, c.want) {
				t.Fatalf("got %s", got)
			}
		})
	}
}

func TestIdenticalContentChangesNothing(t *testing.T) {
	s := newState(t)
	s.deploy(worker("a b1 X=1 Y=2 route:a.example/*"), worker("b b1"))
	if p := s.deploy(worker("a b1 Y=2 X=1 route:a.example/*"), worker("b b1")); len(p.Items) != 0 {
		t.Fatalf("%v", p.Items)
	}
	if p := s.deploy(worker("a b1 X=1 Y=3 route:a.example/*"), worker("b b1")); len(p.Items) != 1 || p.Items[0].GetWorker() != "a" {
		t.Fatalf("%v", p.Items)
	}
}

func TestNothingOutsideCanReachIt(t *testing.T) {
	s := newState(t)
	if p := s.deploy(worker("a b1"), worker("b b1 A->a")); len(p.Notes) != 1 {
		t.Fatalf("%v", p.Notes)
	}
	if p := s.deploy(worker("root b1 B->b route:r.example/*")); len(p.Notes) != 0 {
		t.Fatalf("%v", p.Notes)
	}
	if p := s.deploy(worker("a b2")); len(p.Notes) != 0 { // by root and b
		t.Fatalf("%v", p.Notes)
	}
}

func TestDelete(t *testing.T) {
	s := newState(t)
	s.deploy(worker("a b1"), worker("b b1 A->a"), worker("self b1 ME->self"))
	p, err := release.Delete(s, "a")
	if got := faults(t, p, err); got != `a  : it can't be deleted: Worker "b" binds it as A` {
		t.Fatal(got)
	}
	s.commit(release.Delete(s, "b"))
	s.commit(release.Delete(s, "a"))
	s.commit(release.Delete(s, "self"))
	p, err = release.Delete(s, "a")
	if got := faults(t, p, err); !strings.Contains(got, "there is no Worker of that name") {
		t.Fatal(got)
	}
}

func TestRollback(t *testing.T) {
	s := newState(t)
	s.deploy(worker("a b1"), worker("b b1"))
	one := s.current("a").GetId()
	s.deploy(worker("a b2"), worker("c b1 A->a"))
	s.deploy(worker("b b2"))
	s.commit(release.Rollback(s, 2))
	if s.current("a").GetId() != one || s.current("c") != nil || s.current("b").GetBundle() != "b2" {
		t.Fatalf("a %v, b %v, c %v", s.current("a"), s.current("b"), s.current("c"))
	}
	s.commit(release.Rollback(s, 4)) // and back
	if s.current("a").GetBundle() != "b2" || s.current("c") == nil {
		t.Fatal("a rollback can't be rolled back")
	}
	s.deploy(worker("d b1 C->c"))
	p, err := release.Rollback(s, 2) // c is bound now
	if got := faults(t, p, err); !strings.Contains(got, `Worker "d" binds it as C`) {
		t.Fatal(got)
	}
	p, err = release.Rollback(s, 99)
	if got := faults(t, p, err); !strings.Contains(got, "release 99 is not kept") {
		t.Fatal(got)
	}
}

// A version has its secrets: what becomes of them is said.
func TestRollbackOfSecrets(t *testing.T) {
	s := newState(t)
	put := func(name, digest string) {
		s.commit(release.PutSecret(s, "a", &binderyv1.SealedSecret{Name: name, Digest: []byte(digest)}, false))
	}
	s.deploy(worker("a b1"))
	put("KEPT", "1")
	put("OTHER", "1")
	put("DELETED", "1")
	s.deploy(worker("a b2")) // 5
	put("OTHER", "2")
	put("LATER", "1")
	s.commit(release.DeleteSecret(s, "a", "DELETED"))
	got := strings.Join(s.commit(release.Rollback(s, 5)).Notes, "\n")
	for _, want := range []string{
		"the secret OTHER of Worker a has the value that it had then", "the secret LATER of Worker a was put later and is gone",
		"the secret DELETED of Worker a was deleted later and is there again",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "KEPT") || strings.Contains(got, "changed after") {
		t.Error(got)
	}
	s.deploy(worker("a b3"))
	if got := strings.Join(s.commit(release.Rollback(s, 1)).Notes, "\n"); !strings.Contains(got, "KEPT is deleted with Worker a") ||
		!strings.Contains(got, "Worker a was changed after release 1, too") {
		t.Error(got)
	}
}

func TestSecretsStayOverDeploys(t *testing.T) {
	s := newState(t)
	s.deploy(worker("a b1"))
	secret := &binderyv1.SealedSecret{Name: "TOKEN", Sealed: []byte("sealed"), Digest: []byte("digest")}
	s.commit(release.PutSecret(s, "a", secret, false))
	before := s.current("a").GetId()
	again := &binderyv1.SealedSecret{Name: "TOKEN", Sealed: []byte("sealed otherwise"), Digest: []byte("digest")}
	if p := s.commit(release.PutSecret(s, "a", again, false)); len(p.Items) != 0 {
		t.Fatal("the same value made a new version")
	}
	s.deploy(worker("a b2 needs:TOKEN"))
	if v := s.current("a"); v.GetId() == before || len(v.GetSecrets()) != 1 {
		t.Fatalf("%v", v)
	}
	p, err := release.DeleteSecret(s, "a", "TOKEN")
	if got := faults(t, p, err); !strings.Contains(got, "requires it") {
		t.Fatal(got)
	}
	s.deploy(worker("a b2"))
	s.commit(release.DeleteSecret(s, "a", "TOKEN"))
	if v := s.current("a"); len(v.GetSecrets()) != 0 {
		t.Fatalf("%v", v)
	}
}

func TestSecretsBeforeCode(t *testing.T) {
	s := newState(t)
	secret := &binderyv1.SealedSecret{Name: "TOKEN", Sealed: []byte("sealed"), Digest: []byte("digest")}
	p, err := release.PutSecret(s, "auht", secret, false)
	if got := faults(t, p, err); !strings.Contains(got, "no Worker of that name") {
		t.Fatal(got)
	}
	if p := s.commit(release.PutSecret(s, "auth", secret, true)); len(p.Items) != 1 || len(p.Notes) != 0 || !release.Draft(p.Items[0].GetVersion()) {
		t.Fatalf("%v", p)
	}
	p, err = release.Deploy(s, []*binderyv1.WorkerUpload{worker("gateway b1 AUTH->auth")}, code, release.Options{})
	if got := faults(t, p, err); !strings.Contains(got, "has secrets and no code yet") {
		t.Fatal(got)
	}
	p, err = release.Configure(s, &binderyv1.ConfigureRequest{Worker: "auth", SetVars: []*binderyv1.Var{{Name: "X"}}})
	if got := faults(t, p, err); !strings.Contains(got, "deploy it first") {
		t.Fatal(got)
	}
	s.deploy(worker("gateway b1 AUTH->auth route:*/*"), worker("auth b1 needs:TOKEN"))
	if v := s.current("auth"); release.Draft(v) || len(v.GetSecrets()) != 1 {
		t.Fatalf("%v", v)
	}
	p, err = release.PutSecret(s, "gateway", &binderyv1.SealedSecret{Name: "AUTH"}, false)
	if got := faults(t, p, err); !strings.Contains(got, "the name AUTH is taken by a secret") {
		t.Fatal(got)
	}
	p, err = release.Deploy(s, []*binderyv1.WorkerUpload{worker("auth b1 TOKEN=open")}, code, release.Options{})
	if got := faults(t, p, err); !strings.Contains(got, "the name TOKEN is taken by a secret") {
		t.Fatal(got)
	}
}

func TestChangesThroughTheAPI(t *testing.T) {
	s := newState(t)
	files := worker("gateway b1 AUTH->auth LOG=low")
	s.deploy(worker("auth b1"), worker("authentication b1"), files)
	s.commit(release.Configure(s, &binderyv1.ConfigureRequest{
		Worker:      "gateway",
		SetServices: []*binderyv1.ServiceBinding{{Binding: "AUTH", Service: "authentication"}},
		UnsetVars:   []string{"LOG"},
	}))
	deploy := func(o release.Options, u *binderyv1.WorkerUpload) (*release.Plan, error) {
		return release.Deploy(s, []*binderyv1.WorkerUpload{u}, code, o)
	}
	p, err := deploy(release.Options{}, files)
	want := `put this into the file: services = [{ binding = "AUTH", service = "authentication" }]`
	if got := faults(t, p, err); !strings.Contains(got, want) || !strings.Contains(got, "vars.LOG") || !strings.Contains(got, "take it out of the file") {
		t.Fatal(got)
	}
	if p, err := deploy(release.Options{Keep: true}, files); err != nil || len(p.Items) != 0 {
		t.Fatalf("%v, %v: kept, it is as it was", p, err)
	}
	caughtUp := worker("gateway b1 AUTH->authentication")
	p, err = deploy(release.Options{}, caughtUp)
	if err != nil || len(p.Items) != 1 || len(p.Items[0].GetVersion().GetOverrides()) != 0 {
		t.Fatalf("%v, %v", p, err)
	}
	s.commit(deploy(release.Options{Overwrite: true}, files))
	if v := s.current("gateway"); v.GetConfig().GetServices()[0].GetService() != "auth" || len(v.GetOverrides()) != 0 {
		t.Fatalf("%v", v)
	}
	p, err = release.Configure(s, &binderyv1.ConfigureRequest{Worker: "gateway", UnsetServices: []string{"NONE"}})
	if got := faults(t, p, err); !strings.Contains(got, "nothing of that name to remove") {
		t.Fatal(got)
	}
	p, err = release.Configure(s, &binderyv1.ConfigureRequest{Worker: "gatewya"})
	if got := faults(t, p, err); !strings.Contains(got, `did you mean "gateway"?`) {
		t.Fatal(got)
	}
}
