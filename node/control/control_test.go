package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/hashicorp/raft"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/seal"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
)

// checker finds what a test says in candidates, and remembers them.
type checker struct {
	mu    sync.Mutex
	asked []compiler.Candidate // guarded by mu
	find  func(compiler.Candidate) error
}

func (c *checker) Prepare() {}

func (c *checker) Check(_ context.Context, candidates []compiler.Candidate) []compiler.Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, candidates...)
	found := make([]compiler.Finding, len(candidates))
	for i, candidate := range candidates {
		found[i] = compiler.Finding{Entrypoints: []runtime.Entrypoint{{Name: "default"}}, Identity: "test"}
		if c.find != nil {
			if err := c.find(candidate); err != nil {
				found[i] = compiler.Finding{Err: err}
			}
		}
	}
	return found
}

// take gives what was asked since the last time.
func (c *checker) take() []compiler.Candidate {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.asked
	c.asked = nil
	return list
}

// fixture is a Service on a store of its own.
type fixture struct {
	*Service
	t       *testing.T
	checker *checker
	spare   int64
	ids     int
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	_, transport := raft.NewInmemTransport("n1")
	st, err := store.Open(store.Options{Dir: t.TempDir(), ID: "n1", Transport: transport, ClusterID: "c1", Heartbeat: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := bundles.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := seal.New(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, checker: &checker{}, spare: 1 << 40}
	f.Service = New(Options{
		Store: st, Bundles: dir, Seal: key, Checker: f.checker, Spare: func() (int64, error) { return f.spare, nil }, ServeTimeout: time.Second,
	})
	t.Cleanup(func() {
		f.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// id makes a request id.
func (f *fixture) id() string {
	f.ids++
	return fmt.Sprint("request ", f.ids)
}

// upload stores code as a bundle, and makes the upload of a Worker.
func (f *fixture) upload(name, code string, change ...func(*binderyv1.WorkerConfig)) *binderyv1.WorkerUpload {
	f.t.Helper()
	content, err := (&bundle.Bundle{Name: "worker.js", Code: []byte(code)}).Encode()
	if err != nil {
		f.t.Fatal(err)
	}
	hash := bundles.Hash(content)
	if err := f.o.Bundles.Put(hash, bytes.NewReader(bundles.Compress(content))); err != nil {
		f.t.Fatal(err)
	}
	u := &binderyv1.WorkerUpload{Config: &binderyv1.WorkerConfig{Name: name}, Bundle: hash, File: name + "/wrangler.toml"}
	for _, c := range change {
		c(u.Config)
	}
	return u
}

func service(binding, name string) func(*binderyv1.WorkerConfig) {
	return func(c *binderyv1.WorkerConfig) {
		c.Services = append(c.Services, &binderyv1.ServiceBinding{Binding: binding, Service: name})
	}
}

func text(name, value string) func(*binderyv1.WorkerConfig) {
	return func(c *binderyv1.WorkerConfig) {
		c.Vars = append(c.Vars, &binderyv1.Var{Name: name, Value: &binderyv1.Var_Text{Text: value}})
	}
}

// events is the stream of a release's progress.
type events struct {
	grpc.ServerStream
	ctx  context.Context
	list []*binderyv1.ReleaseResponse
}

func (e *events) Context() context.Context { return e.ctx }

func (e *events) Send(r *binderyv1.ReleaseResponse) error {
	e.list = append(e.list, r)
	return nil
}

func (f *fixture) release(r *binderyv1.ReleaseRequest) (*binderyv1.Release, error) {
	e := &events{ctx: f.t.Context()}
	if err := f.Release(r, e); err != nil {
		return nil, err
	}
	return e.list[len(e.list)-1].GetRelease(), nil
}

func (f *fixture) deploy(workers ...*binderyv1.WorkerUpload) *binderyv1.Release {
	f.t.Helper()
	made, err := f.release(&binderyv1.ReleaseRequest{RequestId: f.id(), Workers: workers})
	if err != nil {
		f.t.Fatal(err)
	}
	return made
}

// faultsOf are the faults in an error's details, as "Worker file key:line text".
func faultsOf(err error) (list []string) {
	for _, d := range status.Convert(err).Details() {
		if faults, ok := d.(*binderyv1.Faults); ok {
			for _, x := range faults.GetFaults() {
				list = append(list, fmt.Sprintf("%s %s %s:%d %s", x.GetWorker(), x.GetFile(), x.GetKey(), x.GetLine(), x.GetText()))
			}
		}
	}
	return list
}

// Errors have a code, and name the Worker, the file and the key.
func TestErrorsHaveDetails(t *testing.T) {
	f := newFixture(t)
	f.checker.find = func(c compiler.Candidate) error {
		if code := string(c.Bundle.Code); strings.HasPrefix(code, "throw") {
			return &compiler.TopLevelError{Messages: []api.Message{{Text: "thrown", Location: &api.Location{File: "index.ts", Line: 3, Column: 7, LineText: code}}}}
		}
		return nil
	}
	f.deploy(f.upload("a", "fine"), f.upload("b", "fine", service("A", "a")))
	release := func(workers ...*binderyv1.WorkerUpload) func() error {
		return func() error {
			_, err := f.release(&binderyv1.ReleaseRequest{RequestId: f.id(), Workers: workers})
			return err
		}
	}
	for _, c := range []struct {
		name   string
		call   func() error
		code   codes.Code
		faults []string
	}{
		{"a target that is not there", release(f.upload("c", "fine", service("X", "nobody"))), codes.InvalidArgument, []string{
			`c c/wrangler.toml services.X.service:0 no Worker named "nobody" in this release or in the cluster`,
		}},
		{"two Workers at fault", release(f.upload("d", "throw"), f.upload("c", "throw")), codes.InvalidArgument, []string{
			"c index.ts main:3 thrown", "d index.ts main:3 thrown",
		}},
		{"two faults of one", release(f.upload("c", "fine", text("1", ""), service("-", "a"))), codes.InvalidArgument, []string{
			`c c/wrangler.toml services[0].binding:0 "-" is no name of a binding: a JavaScript identifier of letters, digits, _ and $`,
			`c c/wrangler.toml vars.1:0 "1" is no name of a binding: a JavaScript identifier of letters, digits, _ and $`,
		}},
		{"a bundle that is not stored", release(&binderyv1.WorkerUpload{
			Config: &binderyv1.WorkerConfig{Name: "c"}, Bundle: bundles.Hash([]byte("elsewhere")), File: "f",
		}), codes.FailedPrecondition, []string{"c f bundle:0 the bundle " + bundles.Hash([]byte("elsewhere"))[:12] + " is not stored: upload it first"}},
		{"delete what is bound", func() error {
			_, err := f.DeleteWorker(t.Context(), &binderyv1.DeleteWorkerRequest{RequestId: f.id(), Name: "a"})
			return err
		}, codes.FailedPrecondition, []string{`a  :0 it can't be deleted: Worker "b" binds it as A`}},
		{"delete nobody", func() error {
			_, err := f.DeleteWorker(t.Context(), &binderyv1.DeleteWorkerRequest{RequestId: f.id(), Name: "aa"})
			return err
		}, codes.NotFound, []string{`aa  :0 there is no Worker of that name: did you mean "a"?`}},
		{"configure to nowhere", func() error {
			_, err := f.Configure(t.Context(), &binderyv1.ConfigureRequest{RequestId: f.id(), Worker: "b", UnsetServices: []string{"Z"}})
			return err
		}, codes.FailedPrecondition, []string{"b  services.Z:0 there is nothing of that name to remove"}},
		{"a bad name of a secret", func() error {
			_, err := f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: f.id(), Worker: "b", Name: "a b", Value: []byte("x")})
			return err
		}, codes.FailedPrecondition, []string{`b  secret:0 "a b" is no name of a binding: a JavaScript identifier of letters, digits, _ and $`}},
		{"roll back what is not kept", func() error {
			_, err := f.Rollback(t.Context(), &binderyv1.RollbackRequest{RequestId: f.id(), Number: 99})
			return err
		}, codes.FailedPrecondition, []string{"  :0 release 99 is not kept: see bindery release list"}},
		{"no request id", func() error {
			_, err := f.Rollback(t.Context(), &binderyv1.RollbackRequest{Number: 1})
			return err
		}, codes.InvalidArgument, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.call()
			if status.Code(err) != c.code || !slices.Equal(faultsOf(err), c.faults) {
				t.Fatalf("got %v\n%q\nwant %v\n%q", err, faultsOf(err), c.code, c.faults)
			}
		})
	}
	if last := f.o.Store.State().LastRelease(); last != 1 {
		t.Fatalf("something was released: %d", last)
	}
}

func TestCodesOfErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want codes.Code
	}{
		{&store.RefusedError{Reason: store.ErrChanged}, codes.Aborted},
		{&store.RefusedError{Reason: "no"}, codes.FailedPrecondition},
		{&store.NotLeaderError{}, codes.Unavailable},
		{store.ErrUnknown, codes.Unavailable},
		{syscall.ENOSPC, codes.ResourceExhausted},
		{syscall.EDQUOT, codes.ResourceExhausted},
		{syscall.EFBIG, codes.ResourceExhausted},
		{errFull, codes.ResourceExhausted},
		{bundles.ErrNotFound, codes.NotFound},
		{fs.ErrNotExist, codes.NotFound},
		{bundles.ErrDamaged, codes.DataLoss},
		{bundles.ErrTooLarge, codes.InvalidArgument},
		{context.DeadlineExceeded, codes.DeadlineExceeded},
		{context.Canceled, codes.Canceled},
		{errors.New("anything"), codes.Internal},
		{status.Error(codes.NotFound, "as it is"), codes.NotFound},
	} {
		if got := status.Code(failed(fmt.Errorf("do it: %w", c.err))); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
	if failed(nil) != nil {
		t.Error("an error of nothing")
	}
}

// A change that is asked for twice with one id is made once.
func TestRequestIDs(t *testing.T) {
	f := newFixture(t)
	first := f.deploy(f.upload("a", "1", text("T", "1")))
	a2 := f.upload("a", "2", text("T", "1"))
	for _, c := range []struct {
		name string
		call func(id string) (*binderyv1.Release, error)
	}{
		{"Release", func(id string) (*binderyv1.Release, error) {
			return f.release(&binderyv1.ReleaseRequest{RequestId: id, Workers: []*binderyv1.WorkerUpload{a2}})
		}},
		{"PutSecret", func(id string) (*binderyv1.Release, error) {
			r, err := f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: id, Worker: "a", Name: "S", Value: []byte("x")})
			return r.GetRelease(), err
		}},
		{"Configure", func(id string) (*binderyv1.Release, error) {
			r, err := f.Configure(t.Context(), &binderyv1.ConfigureRequest{RequestId: id, Worker: "a", UnsetVars: []string{"T"}})
			return r.GetRelease(), err
		}},
		{"DeleteSecret", func(id string) (*binderyv1.Release, error) {
			r, err := f.DeleteSecret(t.Context(), &binderyv1.DeleteSecretRequest{RequestId: id, Worker: "a", Name: "S"})
			return r.GetRelease(), err
		}},
		{"Rollback", func(id string) (*binderyv1.Release, error) {
			r, err := f.Rollback(t.Context(), &binderyv1.RollbackRequest{RequestId: id})
			return r.GetRelease(), err
		}},
		{"DeleteWorker", func(id string) (*binderyv1.Release, error) {
			r, err := f.DeleteWorker(t.Context(), &binderyv1.DeleteWorkerRequest{RequestId: id, Name: "a"})
			return r.GetRelease(), err
		}},
	} {
		before := f.o.Store.State().LastRelease()
		id := f.id()
		one, err := c.call(id)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		two, err := c.call(id)
		if err != nil || one.GetNumber() != before+1 || two.GetNumber() != one.GetNumber() || f.o.Store.State().LastRelease() != before+1 {
			t.Fatalf("%s: release %d, and again %d, %v", c.name, one.GetNumber(), two.GetNumber(), err)
		}
		if _, err := c.call(""); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s without an id: %v", c.name, err)
		}
	}
	if first.GetNumber() != 1 {
		t.Fatal(first)
	}
}

// What the API puts into env, and what a rollback brings back, has its code checked with the env that it gets.
func TestEveryReleaseIsChecked(t *testing.T) {
	f := newFixture(t)
	f.deploy(f.upload("a", "one", text("MODE", "fine")))
	f.deploy(f.upload("a", "two", text("MODE", "fine")))
	if got := len(f.checker.take()); got != 2 {
		t.Fatalf("%d candidates were checked: what a deployment checked is not checked again", got)
	}
	f.checker.find = func(c compiler.Candidate) error {
		if c.Text["MODE"] == "bad" || c.Text["SECRET"] == "bad" || string(c.Bundle.Code) == "one" {
			return &compiler.TopLevelError{Messages: []api.Message{{Text: "thrown"}}}
		}
		return nil
	}
	f.known.code = nil // as after a restart
	want := "a  main:0 thrown"
	for _, c := range []struct {
		name string
		call func() error
	}{
		{"a secret", func() error {
			_, err := f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: f.id(), Worker: "a", Name: "SECRET", Value: []byte("bad")})
			return err
		}},
		{"a var", func() error {
			_, err := f.Configure(t.Context(), &binderyv1.ConfigureRequest{
				RequestId: f.id(), Worker: "a", SetVars: []*binderyv1.Var{{Name: "MODE", Value: &binderyv1.Var_Text{Text: "bad"}}},
			})
			return err
		}},
		{"a rollback", func() error {
			_, err := f.Rollback(t.Context(), &binderyv1.RollbackRequest{RequestId: f.id(), Number: 2})
			return err
		}},
	} {
		err := c.call()
		if status.Code(err) != codes.FailedPrecondition || !slices.Equal(faultsOf(err), []string{want}) {
			t.Errorf("%s: %v %q", c.name, err, faultsOf(err))
		}
		if len(f.checker.take()) != 1 {
			t.Errorf("%s: its code was not checked", c.name)
		}
	}
	if last := f.o.Store.State().LastRelease(); last != 2 {
		t.Fatalf("something was released: %d", last)
	}
	if _, err := f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: f.id(), Worker: "a", Name: "SECRET", Value: []byte("good")}); err != nil {
		t.Fatal(err)
	}
	if asked := f.checker.take(); len(asked) != 1 || asked[0].Text["SECRET"] != "good" {
		t.Fatalf("%v", asked)
	}
	// A bundle that is gone can't be checked, and is named.
	if err := os.Remove(f.o.Bundles.File(f.o.Store.State().Current("a").GetBundle())); err != nil {
		t.Fatal(err)
	}
	f.known.code = nil
	_, err := f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: f.id(), Worker: "a", Name: "SECRET", Value: []byte("better")})
	if len(faultsOf(err)) != 1 || !strings.Contains(faultsOf(err)[0], "is missing or damaged: deploy the Worker again") {
		t.Fatal(err, faultsOf(err))
	}
}

// Bundles go when no kept release names them: those of the last 20, of what these replaced, and of what is current stay.
func TestSweep(t *testing.T) {
	f := newFixture(t)
	still := f.upload("still", "still")
	f.deploy(still)
	uploads := make([]*binderyv1.WorkerUpload, 25)
	for i := range uploads {
		uploads[i] = f.upload("a", fmt.Sprint("code ", i))
		f.deploy(uploads[i])
	}
	waiting := f.upload("b", "uploaded, and its release is on its way")
	soon := time.Now().Add(-time.Hour)
	if !f.Sweep(soon) || !f.o.Bundles.Has(uploads[0].GetBundle()) {
		t.Fatal("what was just uploaded was removed")
	}
	f.sweeping.RLock()
	if f.Sweep(time.Now().Add(time.Hour)) {
		t.Error("it sweeps while a release is made")
	}
	f.sweeping.RUnlock()
	if !f.Sweep(time.Now().Add(time.Hour)) {
		t.Fatal("it doesn't sweep")
	}
	if f.o.Bundles.Has(waiting.GetBundle()) {
		t.Error("an old upload that nobody names is there")
	}
	if !f.o.Bundles.Has(still.GetBundle()) {
		t.Error("what is current was removed")
	}
	// 20 releases are kept: those of code 5 to 24. The first of them replaced code 4.
	for i, u := range uploads {
		if has, want := f.o.Bundles.Has(u.GetBundle()), i >= 4; has != want {
			t.Errorf("the bundle of release %d: there %v, want %v", i+2, has, want)
		}
	}
	if _, err := f.Rollback(t.Context(), &binderyv1.RollbackRequest{RequestId: f.id(), Number: 7}); err != nil { // the oldest that is kept
		t.Error(err)
	}
}

// On a full disk every change is refused, and what is read is answered.
func TestFullDisk(t *testing.T) {
	f := newFixture(t)
	f.deploy(f.upload("a", "1"))
	a2 := f.upload("a", "2")
	f.spare = MinSpare - 1
	_, err := f.release(&binderyv1.ReleaseRequest{RequestId: "r", Workers: []*binderyv1.WorkerUpload{a2}})
	if status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "the disk of the node is full") {
		t.Error(err)
	}
	_, err = f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: "s", Worker: "a", Name: "S", Value: []byte("x")})
	if status.Code(err) != codes.ResourceExhausted {
		t.Error(err)
	}
	st, err := f.GetStatus(t.Context(), &binderyv1.GetStatusRequest{})
	if err != nil || len(st.GetTroubles()) != 1 || !strings.Contains(st.GetTroubles()[0], "full") {
		t.Error(st, err)
	}
	f.spare = MinSpare
	if made, err := f.release(&binderyv1.ReleaseRequest{RequestId: "r", Workers: []*binderyv1.WorkerUpload{a2}}); err != nil || made.GetNumber() != 2 {
		t.Error(made, err)
	}
}

// No call returns a secret, sealed or not; an error of the code that got it may be all that is known of it.
func TestSecretsAreNotReturned(t *testing.T) {
	f := newFixture(t)
	f.deploy(f.upload("a", "1"))
	const value = "correct horse battery staple"
	put, err := f.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: f.id(), Worker: "a", Name: "S", Value: []byte(value)})
	if err != nil {
		t.Fatal(err)
	}
	sealed := f.o.Store.State().Current("a").GetSecrets()[0]
	answers := []proto.Message{put}
	add := func(m proto.Message, err error) {
		if err != nil {
			t.Error(err)
		}
		answers = append(answers, m)
	}
	add(f.GetWorker(t.Context(), &binderyv1.GetWorkerRequest{Name: "a"}))
	add(f.ListWorkers(t.Context(), &binderyv1.ListWorkersRequest{}))
	add(f.ListSecrets(t.Context(), &binderyv1.ListSecretsRequest{Worker: "a"}))
	add(f.ListReleases(t.Context(), &binderyv1.ListReleasesRequest{}))
	add(f.GetRelease(t.Context(), &binderyv1.GetReleaseRequest{}))
	add(f.GetStatus(t.Context(), &binderyv1.GetStatusRequest{}))
	for _, m := range answers {
		b, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range [][]byte{[]byte(value), sealed.GetSealed(), sealed.GetDigest()} {
			if bytes.Contains(b, secret) {
				t.Errorf("%T has it: %v", m, m)
			}
		}
	}
}

// Releases at the same time are all made, each on what the others made of the cluster.
func TestReleasesAtOnce(t *testing.T) {
	f := newFixture(t)
	const many = 10
	uploads := make([]*binderyv1.WorkerUpload, many)
	for i := range uploads {
		uploads[i] = f.upload(fmt.Sprint("w", i), fmt.Sprint("code ", i))
	}
	var wg sync.WaitGroup
	for i, u := range uploads {
		wg.Go(func() {
			if _, err := f.release(&binderyv1.ReleaseRequest{RequestId: fmt.Sprint("at once ", i), Workers: []*binderyv1.WorkerUpload{u}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if state := f.o.Store.State(); state.LastRelease() != many || len(state.Workers()) != many {
		t.Fatalf("%d releases, %d Workers", state.LastRelease(), len(state.Workers()))
	}
}

func TestGraph(t *testing.T) {
	f := newFixture(t)
	route := func(c *binderyv1.WorkerConfig) { c.Routes = []*binderyv1.Route{{Pattern: "example.com/*"}} }
	f.deploy(
		f.upload("edge", "1", route, service("G", "gateway")), f.upload("gateway", "2", service("AUTH", "auth")),
		f.upload("auth", "3", service("DB", "db")), f.upload("db", "4"), f.upload("alone", "5"),
	)
	answer, err := f.GetWorker(t.Context(), &binderyv1.GetWorkerRequest{Name: "auth"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range answer.GetNodes() {
		got = append(got, fmt.Sprintf("%s %d %v", n.GetName(), n.GetDepth(), n.GetRoot()))
	}
	for _, e := range answer.GetEdges() {
		got = append(got, fmt.Sprintf("%s.%s=%s", e.GetFrom(), e.GetBinding(), e.GetTo()))
	}
	want := []string{"auth 0 false", "db 1 false", "edge -1 true", "gateway -1 false", "auth.DB=db", "edge.G=gateway", "gateway.AUTH=auth"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	a := Assignments(f.o.Store.State())
	if len(a.GetGroups()) != 1 || !slices.Equal(a.GetGroups()[0].GetMembers(), []string{"auth", "db", "edge", "gateway"}) || len(a.GetVersions()) != 4 {
		t.Fatalf("%v", a)
	}
}
