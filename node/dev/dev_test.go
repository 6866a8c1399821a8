package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) {
	if compiler.Main() {
		return
	}
	// esbuild keeps one goroutine for the whole process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/evanw/esbuild/internal/helpers.(*ThreadSafeWaitGroup).Wait"))
}

// recorder is a Reporter for tests: each event is a line.
type recorder struct {
	events chan string
	port   chan string
	said   chan string // what Workers print
}

func newRecorder() *recorder {
	return &recorder{events: make(chan string, 1000), port: make(chan string, 1), said: make(chan string, 1000)}
}

func (r *recorder) add(format string, args ...any) { r.events <- fmt.Sprintf(format, args...) }

func (r *recorder) Console(worker string, _ *invocation.Invocation, e webidl.LogEntry) {
	r.said <- worker + ": " + e.Text
}

func (r *recorder) Exception(worker string, _ *invocation.Invocation, e *runtime.Uncaught) {
	r.add("exception %s: %v", worker, e.Thrown)
}

func (r *recorder) Failure(worker string, _ *invocation.Invocation, err error) {
	r.add("failure %s: %v", worker, err)
}

func (r *recorder) Ready(_ *Generation, addresses []string, _ time.Duration) {
	_, port, _ := net.SplitHostPort(addresses[0])
	r.port <- port
}

func (r *recorder) Swapped(s Swap) {
	r.add("swap changed %v gone %v repaired %v", s.Changed, s.Gone, s.Repaired)
}
func (r *recorder) Faulty(f *Fault)        { r.add("fault %s", f.Error()) }
func (r *recorder) Repaired(time.Duration) { r.add("repaired") }
func (r *recorder) Request(ingress.Entry)  {}
func (r *recorder) Trouble(text string)    { r.add("trouble %s", text) }
func (r *recorder) Stopping()              { r.add("stopping") }
func (r *recorder) Warnings(m []api.Message) {
	for _, w := range m {
		r.add("warning %s", w.Text)
	}
}

// run starts Run and ends it with the test.
func run(t testing.TB, dir string, r *recorder) (get func(host string) string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, Options{Paths: []string{"."}, Base: dir, Watch: true, Reporter: r}) }()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		client.CloseIdleConnections()
	})
	select {
	case port := <-r.port:
		return func(host string) string {
			t.Helper()
			req, err := http.NewRequest("GET", "http://127.0.0.1:"+port+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	case err := <-done:
		done <- nil
		t.Fatalf("Run: %v", err)
	}
	return nil
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".tmp", []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".tmp", path); err != nil {
			t.Fatal(err)
		}
	}
}

func wrangler(name, more string) string {
	return fmt.Sprintf("name = %q\nmain = \"index.js\"\ncompatibility_date = %q\n%s\n", name, config.CompatibilityDate, more)
}

// counter is a Worker whose module counts its calls.
func counter(name string) string {
	return fmt.Sprintf(`let n = 0; export default { fetch() { return new Response("%s " + ++n) } }`, name)
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOnlyWhatChangedIsLoadedAnew(t *testing.T) {
	dir, r := t.TempDir(), newRecorder()
	write(t, dir, map[string]string{
		"a/wrangler.toml": wrangler("a", `services = [{ binding = "B", service = "b" }]`),
		"a/index.js":      `let n = 0; export default { async fetch(q, env) { return new Response("a " + ++n + ", " + await (await env.B.fetch(q)).text()) } }`,
		"b/wrangler.toml": wrangler("b", ""), "b/index.js": counter("b"),
		"c/wrangler.toml": wrangler("c", ""), "c/index.js": counter("c"),
	})
	get := run(t, dir, r)
	want(t, get("a.localhost"), "a 1, b 1")
	want(t, get("c.localhost"), "c 1")

	write(t, dir, map[string]string{"c/index.js": counter("C")})
	want(t, <-r.events, "swap changed [c] gone [] repaired false")
	want(t, get("c.localhost"), "C 1")
	want(t, get("a.localhost"), "a 2, b 2")

	// What binds a Worker that changed is loaded anew, too: its version stays.
	write(t, dir, map[string]string{"b/index.js": counter("B")})
	want(t, <-r.events, "swap changed [b] gone [] repaired false")
	want(t, get("a.localhost"), "a 1, B 1")
	want(t, get("c.localhost"), "C 2")

	// Touched, but the same: nothing happens. The next event is the next change's.
	write(t, dir, map[string]string{"b/index.js": counter("B")})
	write(t, dir, map[string]string{"a/.dev.vars": "X=1"})
	want(t, <-r.events, "swap changed [a] gone [] repaired false")
	want(t, get("a.localhost"), "a 1, B 2")
}

func TestFaultsKeepTheLastGoodVersion(t *testing.T) {
	dir, r := t.TempDir(), newRecorder()
	good := map[string]string{"w/wrangler.toml": wrangler("w", ""), "w/index.js": `import "./lib.js"; ` + counter("w"), "w/lib.js": ""}
	write(t, dir, good)
	get := run(t, dir, r)
	n := 0
	serves := func() {
		t.Helper()
		n++
		want(t, get("localhost"), fmt.Sprint("w ", n))
	}
	serves()
	for _, c := range []struct{ file, content, fault string }{
		{"w/index.js", "export default { fetch() {", "w/index.js:1:27: Unexpected end of file"},
		{"w/index.js", "export default {};\nundefined.x", "w/index.js:2:11: Worker \"w\" can't be loaded: TypeError: Cannot read property 'x' of undefined"},
		{"w/lib.js", `import "./not-there.js"`, `w/lib.js:1:8: Could not resolve "./not-there.js"`},
		{"w/wrangler.toml", strings.Replace(good["w/wrangler.toml"], "index.js", "indx.js", 1), "w/wrangler.toml:2:8: main: there is no file indx.js"},
		{"w/wrangler.toml", wrangler("w", `services = [{ binding = "A", service = "a" }]`), `w/wrangler.toml:4:40: services[0].service: there is no Worker named "a"`},
		{"w/.dev.vars", "no equals sign", "w/.dev.vars:1:1: expected a line of the form KEY=value"},
	} {
		write(t, dir, map[string]string{c.file: c.content})
		event := <-r.events
		if !strings.Contains(event, c.fault) {
			t.Errorf("%s: got %q, want %q", c.file, event, c.fault)
		}
		serves()
		if text, ok := good[c.file]; ok {
			write(t, dir, map[string]string{c.file: text})
		} else if err := os.Remove(filepath.Join(dir, c.file)); err != nil {
			t.Fatal(err)
		}
		want(t, <-r.events, "repaired")
		serves()
	}
	// An import that is there at last.
	write(t, dir, map[string]string{"w/lib.js": `import "./not-there.js"`})
	<-r.events
	write(t, dir, map[string]string{"w/not-there.js": "globalThis.x = 1"})
	want(t, <-r.events, "swap changed [w] gone [] repaired true")
}

// A main that vanishes has no place in a file, so the message says whose it was.
func TestMainVanishes(t *testing.T) {
	dir, r := t.TempDir(), newRecorder()
	write(t, dir, map[string]string{"w/wrangler.toml": wrangler("w", ""), "w/index.js": counter("w")})
	get := run(t, dir, r)
	if err := os.Remove(filepath.Join(dir, "w/index.js")); err != nil {
		t.Fatal(err)
	}
	want(t, <-r.events, `fault Worker "w": Could not resolve "index.js", the entry of the Worker`)
	want(t, get("localhost"), "w 1")
	write(t, dir, map[string]string{"w/index.js": counter("w")})
	want(t, <-r.events, "repaired")
}

// Source that ends the compiler is a fault of its Worker, also where the file that does it was not imported before.
func TestSourceThatEndsTheCompiler(t *testing.T) {
	dir, r := t.TempDir(), newRecorder()
	write(t, dir, map[string]string{
		"w/wrangler.toml": wrangler("w", ""), "w/index.js": counter("w"), "w/deep.js": strings.Repeat("[", 1_000_000),
		"x/wrangler.toml": wrangler("x", ""), "x/index.js": counter("x"),
	})
	get := run(t, dir, r)
	write(t, dir, map[string]string{"w/index.js": `import "./deep.js"; ` + counter("w")})
	want(t, <-r.events, `fault w/index.js:1:1: Worker "w" can't be compiled: `+
		"source is nested too deeply or too large to compile: the compiler ran out of stack")
	want(t, get("w.localhost"), "w 1")
	write(t, dir, map[string]string{"w/deep.js": "globalThis.shallow = 1"})
	want(t, <-r.events, "swap changed [w] gone [] repaired true")
	want(t, get("x.localhost"), "x 1")
}

func TestNoteNamesTheLargestFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"w/index.js": "1", "w/lib.js": strings.Repeat("x", 1500)})
	p := &project{base: dir, realBase: dir}
	m := p.compilerMessage(&config.Worker{Name: "w", Main: filepath.Join(dir, "w/index.js")},
		&compiler.Error{Files: []string{filepath.Join(dir, "w/index.js"), filepath.Join(dir, "w/lib.js")}})
	if len(m.Notes) != 1 || m.Notes[0].Text != "The largest of the 2 files that it read is w/lib.js (2 kB)." {
		t.Errorf("got %+v", m.Notes)
	}
}

func TestBuildCommand(t *testing.T) {
	dir, r := t.TempDir(), newRecorder()
	write(t, dir, map[string]string{
		"w/wrangler.toml": "name = \"w\"\nmain = \"out/index.js\"\ncompatibility_date = \"2026-08-01\"\n[build]\ncommand = \"mkdir -p out && cat lib/a.js > out/index.js\"\nwatch_dir = \"lib\"\n",
		"w/lib/a.js":      counter("one"),
	})
	get := run(t, dir, r)
	want(t, get("localhost"), "one 1")
	write(t, dir, map[string]string{"w/lib/a.js": counter("two")})
	want(t, <-r.events, "swap changed [w] gone [] repaired false")
	want(t, get("localhost"), "two 1")
	if err := os.Remove(filepath.Join(dir, "w/lib/a.js")); err != nil {
		t.Fatal(err)
	}
	if event := <-r.events; !strings.Contains(event, "run the build command") || !strings.Contains(event, "No such file") {
		t.Errorf("got %s", event)
	}
	want(t, get("localhost"), "two 2")
	// The command that failed has written its output: that is no reason to run it again, so the next event is of this change.
	write(t, dir, map[string]string{"w/lib/a.js": counter("three")})
	want(t, <-r.events, "swap changed [w] gone [] repaired true")
	want(t, get("localhost"), "three 1")
}

func TestStopFinishesRequestsAndWaitUntil(t *testing.T) {
	dir, r := t.TempDir(), newRecorder()
	write(t, dir, map[string]string{"wrangler.toml": wrangler("w", ""), "index.js": `export default { async fetch(request, env, ctx) {
		console.log("entered");
		await new Promise((resolve) => setTimeout(resolve, 100));
		ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 100)).then(() => console.log("late")));
		return new Response("whole");
	} }`})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, Options{Paths: []string{"."}, Base: dir, Reporter: r}) }()
	url := "http://127.0.0.1:" + <-r.port
	body := make(chan string, 1)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			body <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		body <- string(b)
	}()
	want(t, <-r.said, "w: entered")
	cancel()
	want(t, <-body, "whole")
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
	select {
	case said := <-r.said:
		want(t, said, "w: late")
	default:
		t.Error("waitUntil was not waited for")
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it still listens")
	}
}

func TestFaultAtStart(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"wrangler.toml": wrangler("w", ""), "index.js": "export default {"})
	err := Run(t.Context(), Options{Paths: []string{dir}, Base: dir, Port: 0, Reporter: newRecorder()})
	var fault *Fault
	if !errors.As(err, &fault) || fault.Stage != Code || fault.Messages[0].Location.File != "index.js" {
		t.Errorf("got %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	write(t, dir, map[string]string{"wrangler.toml": wrangler("w", ""), "index.js": counter("w")})
	err = Run(t.Context(), Options{Paths: []string{dir}, Base: dir, Port: l.Addr().(*net.TCPAddr).Port, Reporter: newRecorder()})
	var listen *ListenError
	if !errors.As(err, &listen) || listen.Address != l.Addr().String() || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v", err)
	}
}

func TestRoots(t *testing.T) {
	bound := func(names ...string) (list []config.Service) {
		for _, n := range names {
			list = append(list, config.Service{Service: n})
		}
		return list
	}
	routed := []config.Route{{Pattern: "*/*"}}
	for _, c := range []struct {
		name    string
		workers []*config.Worker
		want    map[string]bool
		chosen  bool
	}{
		{"a route", []*config.Worker{{Name: "a"}, {Name: "b", Routes: routed}}, map[string]bool{"b": true}, false},
		{"no route", []*config.Worker{{Name: "a", Services: bound("b")}, {Name: "b"}, {Name: "c"}}, map[string]bool{"a": true, "c": true}, true},
		{"bound to itself", []*config.Worker{{Name: "a", Services: bound("a")}}, map[string]bool{"a": true}, true},
		{"a circle", []*config.Worker{{Name: "a", Services: bound("b")}, {Name: "b", Services: bound("a")}}, map[string]bool{"a": true}, true},
	} {
		got, chosen := rootNames(&config.Set{Workers: c.workers})
		if diff := cmp.Diff(c.want, got); diff != "" || chosen != c.chosen {
			t.Errorf("%s: chosen %v %s", c.name, chosen, diff)
		}
	}
}

func TestWhatHasNoEffectIsSaid(t *testing.T) {
	var got []string
	for _, m := range ignored(&config.Worker{Bundle: config.Bundle{NoBundle: true}}, "w/wrangler.toml") {
		got = append(got, m.Text)
	}
	if diff := cmp.Diff([]string{
		"w/wrangler.toml: no_bundle: it has no effect: code is always bundled",
	}, got); diff != "" {
		t.Error(diff)
	}
	if got := ignored(&config.Worker{}, ""); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestListeners(t *testing.T) {
	both, err := openListeners("", 0)
	if err != nil {
		t.Fatal(err)
	}
	if both[0].Addr().(*net.TCPAddr).IP.String() != "127.0.0.1" {
		t.Errorf("the first is %v", both[0].Addr())
	}
	for _, l := range both {
		if l.Addr().(*net.TCPAddr).Port != both[0].Addr().(*net.TCPAddr).Port {
			t.Errorf("ports differ: %v", l.Addr())
		}
		l.Close()
	}
	if all, err := openListeners("*", 0); err != nil || !all[0].Addr().(*net.TCPAddr).IP.IsUnspecified() {
		t.Errorf("got %v, %v", all, err)
	} else {
		all[0].Close()
	}
	var listen *ListenError
	if _, err := openListeners("256.0.0.1", 0); !errors.As(err, &listen) {
		t.Errorf("got %v", err)
	}
}

func TestVersion(t *testing.T) {
	base := func() *config.Worker {
		return &config.Worker{Name: "w", Secrets: map[string]string{"A": "1", "B": "2"}}
	}
	v := version(base(), "code")
	if v != version(base(), "code") {
		t.Error("the same Worker has two versions")
	}
	for name, change := range map[string]func(w *config.Worker){
		"secret":  func(w *config.Worker) { w.Secrets["A"] = "2" },
		"var":     func(w *config.Worker) { w.Vars = map[string]config.Var{"C": {Text: "3"}} },
		"service": func(w *config.Worker) { w.Services = []config.Service{{Binding: "X", Service: "x"}} },
		"limits":  func(w *config.Worker) { w.Limits.Subrequests = 1 },
	} {
		w := base()
		change(w)
		if version(w, "code") == v {
			t.Errorf("%s: the version is the same", name)
		}
	}
	w := base()
	w.Routes = []config.Route{{Pattern: "*/*"}}
	if version(w, "code") != v {
		t.Error("a route is no part of a version: where a Worker is reached doesn't change what it does")
	}
}

// BenchmarkStart is from the start of Run to the first answer.
func BenchmarkStart(b *testing.B) {
	dir, err := filepath.Abs("../../examples/gateway")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r := newRecorder()
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		go func() { done <- Run(ctx, Options{Paths: []string{dir}, Watch: true, Reporter: r}) }()
		resp, err := http.Get("http://127.0.0.1:" + <-r.port)
		if err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
		b.StopTimer()
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkEdit is from the save of a file to the new answer.
func BenchmarkEdit(b *testing.B) {
	dir, r := b.TempDir(), newRecorder()
	files := map[string]string{
		"root/wrangler.toml": wrangler("root", `services = [{ binding = "LEAF", service = "leaf" }]`),
		"root/index.js":      `export default { fetch(q, env) { return env.LEAF.fetch(q) } }`,
		"leaf/wrangler.toml": wrangler("leaf", ""),
		"leaf/index.js":      counter("leaf"),
	}
	write(b, dir, files)
	get := run(b, dir, r)
	get("localhost")
	n := 0
	for b.Loop() {
		n++
		write(b, dir, map[string]string{"leaf/index.js": fmt.Sprintf(`export default { fetch() { return new Response("%d") } }`, n)})
		<-r.events
		if got := get("localhost"); got != fmt.Sprint(n) {
			b.Fatalf("got %s, want %d", got, n)
		}
	}
}
