package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/node/poison"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

func launchers(t *testing.T, f func(t *testing.T, n *node)) {
	for name, l := range map[string]Launcher{"inside": InProcess(hooks), "process": Processes} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t, func(o *Options) { o.Launcher = l })
			n.open()
			f(t, n)
		})
	}
}

func TestServes(t *testing.T) {
	launchers(t, func(t *testing.T, n *node) {
		if status, _ := n.get("hello.test"); status != 404 {
			t.Errorf("before anything is assigned: %d", status)
		}
		inner := n.worker("inner", says("inner"))
		inner.Config.Routes = nil
		n.serve(
			n.worker("hello", says("hello")),
			n.worker("outer", `{ async fetch(r, env) { return new Response("outer " + await (await env.INNER.fetch(r)).text()); } }`, "inner"),
			inner,
		)
		n.want("hello.test", "hello")
		n.want("outer.test", "outer inner")
		if status, _ := n.get("inner.test"); status != 404 {
			t.Errorf("a private Worker answers %d", status)
		}
		n.serve(n.worker("hello", says("again")))
		n.want("hello.test", "again")
		if status, _ := n.get("outer.test"); status != 404 {
			t.Errorf("a Worker that was taken away answers %d", status)
		}
	})
}

func openInside(t *testing.T) *node {
	t.Helper()
	n := newNode(t, func(o *Options) { o.Launcher = InProcess(hooks) })
	n.open()
	return n
}

// reopen ends the node and its data planes, and starts it again.
func (n *node) reopen() {
	n.t.Helper()
	if err := n.Close(n.t.Context(), true); err != nil {
		n.t.Fatal(err)
	}
	n.client.CloseIdleConnections()
	n.open()
	n.await("serving", func(s Status) bool { return s.Serving })
}

// What fails keeps what it was, the others go on.
func TestWhatFailsKeepsWhatItWas(t *testing.T) {
	n := openInside(t)
	callsInner := func(text string) string {
		return fmt.Sprintf(`{ async fetch(r, env) { return new Response("%s " + await (await env.INNER.fetch(r)).text()); } }`, text)
	}
	inner := n.worker("inner", says("inner 1"))
	outer, hello := n.worker("outer", callsInner("outer 1"), "inner"), n.worker("hello", says("hello 1"))
	n.serve(inner, outer, hello)
	n.want("outer.test", "outer 1 inner 1")

	missing := n.worker("inner", says("inner 2"))
	missing.Bundle = strings.Repeat("0", 64)
	throws := n.worker("inner", `(() => { throw new Error("not today"); })()`)
	pattern := n.worker("inner", says("inner 3"))
	pattern.Config.Routes[0].Pattern = "*.test*"
	syntax := n.worker("inner", says("inner 4"))
	syntax.Config.ServiceWorker = true
	for _, c := range []struct {
		inner *binderyv1.Version
		why   string
	}{
		{missing, "find bundle 000000000000"},
		{throws, "not today"},
		{pattern, "*.test*"},
		{syntax, "syntax modules"},
		{nil, `binds INNER to the service "inner"`},
	} {
		versions := []*binderyv1.Version{n.worker("outer", callsInner("outer 2"), "inner"), n.worker("hello", says("hello "+c.why))}
		if c.inner != nil {
			versions = append(versions, c.inner)
		}
		failed, err := n.Assign(t.Context(), n.assignment(versions...), nil)
		if err != nil || !strings.Contains(failed["outer"], c.why) || failed["hello"] != "" {
			t.Errorf("failed: %v, %v; want %q", failed, err, c.why)
		}
		n.want("outer.test", "outer 1 inner 1")
		n.want("hello.test", "hello "+c.why)
	}
	n.serve(n.worker("inner", says("inner 5")), n.worker("outer", callsInner("outer 5"), "inner"))
	n.want("outer.test", "outer 5 inner 5")
}

func TestDamagedBundle(t *testing.T) {
	n := openInside(t)
	v := n.worker("hello", says("hello"))
	n.serve(v)
	n.reopen() // its code is read at the first request
	file := n.bundles.File(v.Bundle)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(content)
	damaged[len(damaged)/2] ^= 1
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, body := n.get("hello.test"); status != 500 {
		t.Errorf("a damaged bundle: %d %s", status, body)
	}
	said := func(s Status) bool {
		return strings.Contains(s.Failed["hello"], "deploy it again") && strings.Contains(s.Failed["hello"], v.Bundle[:12])
	}
	n.await("a word of it", said)
	n.reopen() // its file has been set aside
	n.await("a word of it", said)
	if status, body := n.get("hello.test"); status != 500 {
		t.Errorf("a bundle that is not there: %d %s", status, body)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	n.want("hello.test", "hello")
	n.await("nothing to be wrong", func(s Status) bool { return len(s.Failed) == 0 })
}

// A bundle that is damaged here and whole elsewhere is fetched; others are served meanwhile.
func TestDamagedBundleIsFetched(t *testing.T) {
	whole := map[string][]byte{}
	var n *node
	fetched := make(chan string, 10)
	n = newNode(t, func(o *Options) {
		o.Launcher = InProcess(hooks)
		o.Fetch = func(_ context.Context, hash string) error {
			fetched <- hash
			return n.bundles.Put(hash, bytes.NewReader(whole[hash]))
		}
	})
	n.open()
	v, other := n.worker("hello", says("hello")), n.worker("other", says("other"))
	n.serve(v, other)
	n.reopen()
	file := n.bundles.File(v.Bundle)
	var err error
	if whole[v.Bundle], err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, body := n.get("hello.test"); status != 500 {
		t.Errorf("a damaged bundle: %d %s", status, body)
	}
	n.want("other.test", "other")
	if hash := <-fetched; hash != v.Bundle {
		t.Errorf("%s was fetched", hash)
	}
	n.await("nothing to be wrong", func(s Status) bool { return len(s.Failed) == 0 && n.bundles.Has(v.Bundle) })
	n.want("hello.test", "hello")
}

func TestBundlesAreFetched(t *testing.T) {
	elsewhere := newNode(t, nil)
	v := elsewhere.worker("hello", says("hello"))
	var n *node
	n = newNode(t, func(o *Options) {
		o.Launcher = InProcess(hooks)
		o.Fetch = func(_ context.Context, hash string) error {
			if hash != v.Bundle {
				return errors.New("nobody has it")
			}
			f, err := os.Open(elsewhere.bundles.File(hash))
			if err != nil {
				return err
			}
			defer f.Close()
			return n.bundles.Put(hash, f)
		}
	})
	n.open()
	lost := n.worker("lost", says("lost"))
	lost.Bundle = strings.Repeat("0", 64)
	failed, err := n.Assign(t.Context(), n.assignment(v, lost), nil)
	if err != nil || len(failed) != 1 || failed["lost"] != `Worker "lost": nobody has it` {
		t.Errorf("failed: %v, %v", failed, err)
	}
	n.want("hello.test", "hello")
}

func TestKeptAssignments(t *testing.T) {
	n := openInside(t)
	v := n.worker("hello", `{ fetch(r, env) { return new Response(env.KEY + env.TEXT + env.DATA.n); } }`)
	v.Config.Vars = []*binderyv1.Var{
		{Name: "TEXT", Value: &binderyv1.Var_Text{Text: " text "}},
		{Name: "DATA", Value: &binderyv1.Var_Json{Json: []byte(`{"n":7}`)}},
	}
	v.Secrets = []*binderyv1.SealedSecret{{Name: "KEY", Sealed: []byte("sealed"), Digest: []byte("digest")}}
	opened := 0
	open := func(worker, name string, sealed []byte) ([]byte, error) {
		if worker != "hello" || name != "KEY" || string(sealed) != "sealed" {
			return nil, fmt.Errorf("open %s of %s", name, worker)
		}
		opened++
		return []byte("s3cret"), nil
	}
	for range 2 {
		if failed, err := n.Assign(t.Context(), n.assignment(v), open); err != nil || len(failed) > 0 {
			t.Fatal(failed, err)
		}
	}
	if opened != 1 {
		t.Errorf("the secret of one version was opened %d times", opened)
	}
	n.want("hello.test", "s3cret text 7")
	n.reopen() // nobody assigns anything
	n.want("hello.test", "s3cret text 7")
	if s := n.Status(); s.Index != 2 {
		t.Errorf("after a start: %+v", s)
	}
	kept, err := filepath.Glob(n.dir + "/dataplane/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range kept {
		if b, _ := os.ReadFile(file); strings.Contains(string(b), "s3cret") {
			t.Errorf("%s has a secret", file)
		}
	}
	// A secret that can't be opened fails its Worker.
	fails := n.worker("fails", says("never"))
	fails.Secrets = v.Secrets
	failed, err := n.Assign(t.Context(), n.assignment(v, fails), open)
	if err != nil || len(failed) != 1 || failed["fails"] != `Worker "fails": open KEY of fails` {
		t.Errorf("failed: %v, %v", failed, err)
	}
	n.want("hello.test", "s3cret text 7")
}

func TestTornAssignments(t *testing.T) {
	n := openInside(t)
	n.serve(n.worker("hello", says("hello")))
	file := n.dir + "/dataplane/assignments"
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)-3] ^= 4
	for _, torn := range [][]byte{whole[:len(whole)-1], whole[:10], {}, flipped} {
		if err := n.Close(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		n.client.CloseIdleConnections()
		n.open()
		n.await("a data plane", func(s Status) bool { return s.Serving })
		if status, _ := n.get("hello.test"); status != 404 {
			t.Errorf("%d bytes of %d: %d", len(torn), len(whole), status)
		}
		if !strings.Contains(n.log.String(), "set aside") {
			t.Error("nobody is told")
		}
		n.serve(n.worker("hello", says("hello")))
		n.want("hello.test", "hello")
	}
}

func TestOneAgentADirectory(t *testing.T) {
	n := openInside(t)
	n.await("a data plane", func(s Status) bool { return s.Serving })
	if a, err := Open(n.options); err == nil || !strings.Contains(err.Error(), "another node runs in this data directory") {
		t.Errorf("got %v, %v", a, err)
	}
	o := n.options
	o.Dir += "/" + strings.Repeat("long", 30)
	if a, err := Open(o); err == nil || !strings.Contains(err.Error(), "too long for a Unix socket") {
		t.Errorf("got %v, %v", a, err)
	}
	if _, calls, err := n.Counters(t.Context()); err != nil || calls == 0 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// Requests cause no calls of the control process.
func TestRequestsCauseNoCalls(t *testing.T) {
	n := openInside(t)
	n.serve(n.worker("hello", says("hello")))
	n.want("hello.test", "hello")
	requests, calls, err := n.Counters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		n.want("hello.test", "hello")
	}
	more, again, err := n.Counters(t.Context())
	if err != nil || more-requests != 1000 || again-calls != 1 {
		t.Errorf("%d requests caused %d calls: %v", more-requests, again-calls-1, err)
	}
}

func TestSplit(t *testing.T) {
	as := &assigned{Assignments: &binderyv1.Assignments{
		Groups: []*binderyv1.Group{
			{Root: "a", Members: []string{"a", "shared", "x"}},
			{Root: "b", Members: []string{"b", "shared"}},
			{Root: "c", Members: []string{"c", "a", "shared", "x"}},
		},
		HeldBack: []*binderyv1.HeldBack{{Version: "vb", Reason: "elsewhere"}, {Version: "vc", Quarantined: true}},
	}}
	for _, name := range []string{"a", "b", "c", "shared", "x"} {
		as.Versions = append(as.Versions, &binderyv1.Version{Id: "v" + name, Config: &binderyv1.WorkerConfig{Name: name}})
	}
	until := time.Unix(1, 0)
	for _, c := range []struct {
		records []*poison.Record
		want    string
	}{
		{nil, "main [a b c shared x] apart [] handed [] held map[vb:elsewhere]"},
		{[]*poison.Record{{Version: "vx", Until: until}}, "main [b shared] apart [a c shared x] handed [a c] held map[vb:elsewhere]"},
		{[]*poison.Record{{Version: "vc", Until: until}}, "main [a b shared x] apart [a c shared x] handed [c] held map[vb:elsewhere]"},
		{[]*poison.Record{{Version: "vshared", Until: until}}, "main [] apart [a b c shared x] handed [a b c] held map[vb:elsewhere]"},
		{[]*poison.Record{{Version: "vx", HeldBack: true, Reason: "here"}}, "main [a b c shared x] apart [] handed [] held map[vb:elsewhere vx:here]"},
		{[]*poison.Record{{Version: "vb", Until: until}}, "main [a b c shared x] apart [] handed [] held map[vb:elsewhere]"},
	} {
		s := as.split(&poison.Ledger{Records: c.records})
		keys := func(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
		got := fmt.Sprintf("main %v apart %v handed %v held %v", keys(s.main), keys(s.apart), keys(s.handed), s.heldBack)
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		have, want string
		answers    bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", true},
		{"127.0.0.1:8080", "127.0.0.1:0", true},
		{"127.0.0.1:8080", "127.0.0.1:80", false},
		{"127.0.0.1:80", ":80", false},
		{"[::]:80", ":80", true},
		{"0.0.0.0:80", "0.0.0.0:80", true},
		{"0.0.0.0:80", "127.0.0.1:80", false},
		{"/tmp/1.grpc", ":80", false},
	} {
		if got := answers(c.have, c.want); got != c.answers {
			t.Errorf("%s answers %s: got %v", c.have, c.want, got)
		}
	}
}
