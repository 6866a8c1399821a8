package dataplane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/generation"
	"github.com/bindery/bindery/node/route"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// smallChange is up to how many new links are loaded before they are served though nobody has called them yet, so that a release tells what
// is wrong with it.
const smallChange = 32

// Load implements binderyv1.DataPlaneServiceServer.
func (s *Server) Load(_ context.Context, req *binderyv1.LoadRequest) (*binderyv1.LoadResponse, error) {
	s.loading.Lock()
	defer s.loading.Unlock()
	workers := make([]generation.Worker, 0, len(req.GetWorkers()))
	var elsewhere http.Handler
	if socket := req.GetQuarantineSocket(); socket != "" {
		if s.elsewhere == nil || s.socket != socket {
			s.elsewhere, s.socket = newElsewhere(socket), socket
		}
		elsewhere = s.elsewhere
	}
	for _, l := range req.GetWorkers() {
		workers = append(workers, s.worker(l, elsewhere))
	}
	previous := s.current
	g, err := generation.Update(workers, generation.Options{
		Options:  binding.Options{Observer: s.reporter, Outbound: s.outbound, Guard: s.guard},
		Previous: previous,
		Warm: func(changed []string) []string {
			if previous == nil {
				return nil
			}
			if len(changed) <= smallChange {
				return changed
			}
			var hot []string
			for _, name := range changed {
				if previous.Loaded(name) {
					hot = append(hot, name)
				}
			}
			return hot
		},
	})
	if err != nil {
		return nil, err
	}
	s.handler.Swap(g.Site)
	s.current = g
	s.mu.Lock()
	s.index = req.GetIndex()
	s.tell()
	s.mu.Unlock()
	s.accept()
	answer := &binderyv1.LoadResponse{}
	if len(g.Failed) > 0 {
		answer.Failed = make(map[string]string, len(g.Failed))
		for name, err := range g.Failed {
			answer.Failed[name] = err.Error()
		}
	}
	return answer, nil
}

// worker is what a generation needs of a Worker.
func (s *Server) worker(l *binderyv1.LoadedWorker, elsewhere http.Handler) generation.Worker {
	v := l.GetVersion()
	c := v.GetConfig()
	w := generation.Worker{Root: l.GetRoot(), Subrequests: int(c.GetLimits().GetSubrequests()), HeldBack: l.GetHeldBack()}
	w.Worker = binding.Worker{
		Name: c.GetName(), Version: v.GetId(), ServiceWorker: c.GetServiceWorker(),
		Limits: runtime.Limits{CPU: time.Duration(c.GetLimits().GetCpuMs()) * time.Millisecond},
	}
	for _, r := range c.GetRoutes() {
		p, err := parseRoute(r)
		if err != nil {
			w.Broken = err
		}
		w.Routes = append(w.Routes, p)
	}
	if l.GetQuarantined() && elsewhere != nil {
		w.Elsewhere = elsewhere
		w.Version += " quarantined"
		w.Compile = func() (*lower.Program, error) { return nil, errors.New("it is served by another process") }
		return w
	}
	for _, b := range c.GetServices() {
		w.Services = append(w.Services, binding.Service{Binding: b.GetBinding(), Worker: b.GetService(), Entrypoint: b.GetEntrypoint(), Props: b.GetProps()})
	}
	if w.HeldBack == "" {
		setValues(&w.Worker, c, l.GetSecrets())
		file := l.GetBundleFile()
		if err := s.find(v.GetBundle(), file); err != nil && (s.current != nil || file == "") {
			w.Broken = errors.Join(w.Broken, err)
		} // else there is nothing that it could go on with: it is served as soon as the bundle is there
		w.Compile = s.compile(file, v)
	}
	return w
}

// setValues gives a Worker its vars and secrets.
func setValues(w *binding.Worker, c *binderyv1.WorkerConfig, secrets map[string][]byte) {
	if len(c.GetVars())+len(secrets) == 0 {
		return
	}
	w.Text = make(map[string]string, len(c.GetVars())+len(secrets))
	for _, x := range c.GetVars() {
		if x.GetJson() != nil {
			if w.JSON == nil {
				w.JSON = map[string]json.RawMessage{}
			}
			w.JSON[x.GetName()] = x.GetJson()
		} else {
			w.Text[x.GetName()] = x.GetText()
		}
	}
	for name, value := range secrets {
		w.Text[name] = string(value)
	}
}

func parseRoute(r *binderyv1.Route) (route.Pattern, error) {
	if r.GetCustomDomain() {
		return route.ParseDomain(r.GetPattern())
	}
	return route.ParsePattern(r.GetPattern())
}

// read notes what came of reading a bundle, and has who watches told when that is something new.
func (s *Server) read(hash string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := ""
	if err != nil {
		text = err.Error()
	}
	if s.damaged[hash] == text {
		return
	}
	if s.damaged[hash] = text; text == "" {
		delete(s.damaged, hash)
	}
	s.tell()
}

// find sees whether a bundle is there. It is read when it is needed.
func (s *Server) find(hash, file string) error {
	if s.present[hash] {
		return nil
	}
	if file == "" {
		return fmt.Errorf("find bundle %.12s: it could not be fetched", hash)
	}
	if _, err := os.Stat(file); err != nil {
		err = fmt.Errorf("find bundle %.12s: %w", hash, err)
		s.read(hash, err)
		return err
	}
	s.present[hash] = true
	return nil
}

// compile is how a Worker's program is made at its first request. A child is asked only where nobody has checked before what these very bytes do to
// this very compiler.
func (s *Server) compile(file string, v *binderyv1.Version) func() (*lower.Program, error) {
	hash, classic, checked := v.GetBundle(), v.GetConfig().GetServiceWorker(), v.GetChecked() == s.compiler.Identity()
	return func() (*lower.Program, error) {
		content, err := bundles.At(filepath.Dir(file)).Get(hash) // verified
		s.read(hash, err)
		if err != nil {
			return nil, err
		}
		b, err := bundle.Decode(content)
		if err != nil {
			return nil, fmt.Errorf("read bundle %.12s: %w", hash, err)
		}
		if classic != (b.Syntax == bundle.ServiceWorker) {
			return nil, fmt.Errorf("read bundle %.12s: it is in the syntax %s, and the Worker's configuration says otherwise", hash, b.Syntax)
		}
		if checked {
			return s.compiler.Compile(b)
		}
		return s.compiler.Check(context.Background(), b)
	}
}
