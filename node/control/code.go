package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/release"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// maxKnown is how many findings are remembered.
const maxKnown = 16 << 10

// codeCache remembers what was found in bundles with what was in env: both are the same if they are asked for again. Who deploys ten Workers and has
// changed one waits for one.
type codeCache struct {
	mu   sync.Mutex
	code map[string]release.Code // guarded by mu, by candidate.key
}

func (c *codeCache) get(key string) (release.Code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	code, ok := c.code[key]
	return code, ok
}

func (c *codeCache) put(key string, code release.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code == nil || len(c.code) >= maxKnown {
		c.code = map[string]release.Code{}
	}
	c.code[key] = code
}

// candidate is an upload to be checked.
type candidate struct {
	compiler.Candidate
	upload *binderyv1.WorkerUpload
	key    string // names the bundle and what is in env
}

// checkCode has every Worker of a release checked that is not known yet. It gives what was found, by bundle.
func (s *Service) checkCode(ctx context.Context, state store.State, uploads []*binderyv1.WorkerUpload, progress func(string, int, int), warn func(*binderyv1.Fault)) (map[string]release.Code, error) {
	progress("checking", 0, len(uploads))
	code := map[string]release.Code{}
	var faults []*binderyv1.Fault
	var check []*candidate
	for _, u := range uploads {
		c, wrong, err := s.candidate(state.Current(u.GetConfig().GetName()).GetSecrets(), u)
		if err != nil {
			return nil, failed(err)
		}
		faults = append(faults, wrong...)
		if c == nil {
			continue
		}
		if found, ok := s.known.get(c.key); ok {
			code[u.GetBundle()] = found
			continue
		}
		wrong, err = s.read(c)
		if err != nil {
			return nil, failed(err)
		}
		if faults = append(faults, wrong...); len(wrong) == 0 {
			check = append(check, c)
		}
	}
	wrong, err := s.find(ctx, check, code, warn)
	if err != nil {
		return nil, failed(err)
	}
	if faults = append(faults, wrong...); len(faults) > 0 {
		sort.SliceStable(faults, func(i, j int) bool { return faults[i].GetWorker() < faults[j].GetWorker() })
		return nil, faulty(codes.InvalidArgument, faults)
	}
	progress("checking", len(uploads), len(uploads))
	return code, nil
}

// find has candidates checked.
func (s *Service) find(ctx context.Context, check []*candidate, code map[string]release.Code, warn func(*binderyv1.Fault)) (faults []*binderyv1.Fault, err error) {
	if len(check) == 0 {
		return nil, nil
	}
	asked := make([]compiler.Candidate, len(check))
	for i, c := range check {
		asked[i] = c.Candidate
	}
	for i, f := range s.o.Checker.Check(ctx, asked) {
		c := check[i]
		var source *lower.Error
		var top *compiler.TopLevelError
		var ended *compiler.Error
		switch {
		case f.Err == nil:
		case errors.As(f.Err, &source):
			faults = append(faults, codeFaults(c.upload, source.Messages)...)
			continue
		case errors.As(f.Err, &top):
			faults = append(faults, codeFaults(c.upload, top.Messages)...)
			continue
		case errors.As(f.Err, &ended):
			faults = append(faults, codeFaults(c.upload, []api.Message{{Text: "it can't be compiled: " + ended.Error()}})...)
			continue
		default:
			return nil, fmt.Errorf("check Worker %q: %w", c.Worker, f.Err)
		}
		for _, m := range f.Warnings {
			warn(codeFault(c.upload, m))
		}
		found := release.Code{Checked: f.Identity}
		for _, e := range f.Entrypoints {
			found.Entrypoints = append(found.Entrypoints, e.Name)
		}
		code[c.upload.GetBundle()] = found
		s.known.put(c.key, found)
	}
	return faults, nil
}

// candidate finds what is in env of an upload with these secrets, and whether its bundle is here. It is nil where something is wrong with it.
func (s *Service) candidate(secrets []*binderyv1.SealedSecret, u *binderyv1.WorkerUpload) (*candidate, []*binderyv1.Fault, error) {
	config := u.GetConfig()
	if !s.o.Bundles.Has(u.GetBundle()) {
		return nil, nil, notStored(u)
	}
	c := &candidate{upload: u, Candidate: compiler.Candidate{
		Worker: config.GetName(), Text: map[string]string{}, JSON: map[string]json.RawMessage{},
	}}
	for _, v := range config.GetVars() {
		if v.GetJson() != nil {
			if !json.Valid(v.GetJson()) {
				return nil, []*binderyv1.Fault{{Worker: config.GetName(), File: u.GetFile(), Key: "vars." + v.GetName(), Text: "it is no JSON"}}, nil
			}
			c.JSON[v.GetName()] = v.GetJson()
		} else {
			c.Text[v.GetName()] = v.GetText()
		}
	}
	for _, b := range config.GetServices() {
		c.Services = append(c.Services, b.GetBinding())
	}
	sort.Strings(c.Services)
	for _, secret := range secrets {
		value, err := s.o.Seal.Open(config.GetName(), secret.GetName(), secret.GetSealed())
		if err != nil {
			return nil, nil, err
		}
		c.Text[secret.GetName()] = string(value)
	}
	var err error
	c.key, err = c.identify()
	return c, nil, err
}

// keyBundle is the Fault.key of a bundle that is not here.
const keyBundle = "bundle"

// notStored is the error for an upload whose bundle is not here. A client sends it then.
func notStored(u *binderyv1.WorkerUpload) error {
	return faulty(codes.FailedPrecondition, []*binderyv1.Fault{{
		Worker: u.GetConfig().GetName(), File: u.GetFile(), Key: keyBundle, Text: fmt.Sprintf("the bundle %.12s is not stored: upload it first", u.GetBundle()),
	}})
}

// isNotStored reports whether an error is that of notStored.
func isNotStored(err error) bool {
	for _, d := range status.Convert(err).Details() {
		if f, ok := d.(*binderyv1.Faults); ok {
			return f.GetFaults()[0].GetKey() == keyBundle
		}
	}
	return false
}

// read reads the bundle of a candidate.
func (s *Service) read(c *candidate) ([]*binderyv1.Fault, error) {
	u, config := c.upload, c.upload.GetConfig()
	content, err := s.o.Bundles.Get(u.GetBundle())
	if errors.Is(err, bundles.ErrDamaged) || errors.Is(err, bundles.ErrNotFound) {
		return nil, notStored(u) // what was damaged has been set aside
	}
	if err != nil {
		return nil, err
	}
	b, err := bundle.Decode(content)
	if err != nil {
		return codeFaults(u, []api.Message{{Text: fmt.Sprintf("the upload is no bundle: %v", err)}}), nil
	}
	if classic := b.Syntax == bundle.ServiceWorker; classic != config.GetServiceWorker() {
		return []*binderyv1.Fault{{
			Worker: config.GetName(), File: u.GetFile(), Key: "service_worker",
			Text: fmt.Sprintf("it is %v, and the bundle has the syntax %v", config.GetServiceWorker(), b.Syntax),
		}}, nil
	}
	c.Bundle = b
	return nil, nil
}

// identify names the bundle and all that is in env.
func (c *candidate) identify() (string, error) {
	h := sha256.New()
	// Maps marshal in the order of their keys.
	if err := json.NewEncoder(h).Encode([]any{c.upload.GetBundle(), c.upload.GetConfig().GetServiceWorker(), c.Text, c.JSON, c.Services}); err != nil {
		return "", fmt.Errorf("name what is checked of Worker %q: %w", c.Worker, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
