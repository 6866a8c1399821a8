package compiler

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// parentVariable makes the test binary a process that has a child and waits to be killed.
const parentVariable = "COMPILER_TEST_PARENT"

func TestMain(m *testing.M) {
	if Main() {
		return
	}
	if os.Getenv(parentVariable) != "" {
		c := New(Limits{})
		fmt.Println(pid(c))
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		return
	}
	// esbuild keeps one goroutine for the whole process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/evanw/esbuild/internal/helpers.(*ThreadSafeWaitGroup).Wait"))
}

func start(t *testing.T, l Limits) *Compiler {
	t.Helper()
	c := New(l)
	t.Cleanup(c.Close)
	return c
}

// pid is the child's, which it starts if there is none.
func pid(c *Compiler) int {
	c.turn <- struct{}{}
	defer c.release()
	p, err := c.ready()
	if err != nil {
		panic(err)
	}
	return p.cmd.Process.Pid
}

// entry writes a Worker's only file.
func entry(t testing.TB, source string) bundle.Options {
	t.Helper()
	dir := t.TempDir()
	rewrite(t, bundle.Options{Dir: dir, Entry: "i.js"}, source)
	return bundle.Options{Dir: dir, Entry: "i.js"}
}

func rewrite(t testing.TB, o bundle.Options, source string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(o.Dir, o.Entry), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
}

const good = `export default { fetch() { return new Response("good") } }`

// builds wants that c builds a Worker, whatever was before.
func builds(t *testing.T, c *Compiler) {
	t.Helper()
	if b, err := c.Build(t.Context(), "good", entry(t, good)); err != nil || b.Program == nil {
		t.Errorf("a good Worker: %v", err)
	}
}

func TestBuild(t *testing.T) {
	c := start(t, Limits{})
	o := entry(t, good)
	first, err := c.Build(t.Context(), "w", o)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := bundle.Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alone.Bundle, first.Bundle); diff != "" || first.Hash != alone.Bundle.Hash() {
		t.Errorf("not what is built without a child: %s", diff)
	}
	if diff := cmp.Diff(alone.Inputs, first.Inputs); diff != "" {
		t.Errorf("inputs: %s", diff)
	}
	if diff := cmp.Diff([]string{"default"}, first.Program.Exports); diff != "" {
		t.Error(diff)
	}
	child := pid(c)
	rewrite(t, o, strings.Replace(good, "good", "better", 1))
	second, err := c.Build(t.Context(), "w", o)
	if err != nil || second.Hash == first.Hash || !strings.Contains(string(second.Bundle.Code), "better") {
		t.Errorf("after an edit: %v\n%s", err, second.Bundle.Code)
	}
	rewrite(t, o, good)
	third, err := c.Build(t.Context(), "w", o)
	if err != nil || third.Program != first.Program {
		t.Errorf("an edit that is taken back is compiled again (%v)", err)
	}
	checked, err := c.Check(t.Context(), alone.Bundle)
	if err != nil || checked != first.Program {
		t.Errorf("a bundle that is known is compiled again (%v)", err)
	}
	// Other options under the same name, then none.
	o.Minify = true
	if fourth, err := c.Build(t.Context(), "w", o); err != nil || fourth.Hash == first.Hash {
		t.Errorf("with other options: the same bundle (%v)", err)
	}
	c.Forget("w")
	builds(t, c)
	if pid(c) != child {
		t.Error("the child was replaced")
	}
}

// Faults of source are those that there would be without a child.
func TestFaultsAreUnchanged(t *testing.T) {
	c := start(t, Limits{})
	for name, source := range map[string]string{
		"syntax":        "export default {\n  fetch() { return new Response('x' }\n}",
		"import":        `import "./not-there.js"; export default {}`,
		"invalid UTF-8": "export default { a: '\xff' }",
		"refused":       "export default { fetch() { return `${1n} /(?<=a)b/` } }; with (x) {}",
		"lowering":      "export default " + strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
	} {
		o := entry(t, source)
		_, want := bundle.Build(t.Context(), o)
		_, got := c.Build(t.Context(), name, o)
		if want == nil {
			result, err := bundle.Build(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			_, want = lower.Lower(input(result.Bundle))
			_, checked := c.Check(t.Context(), result.Bundle)
			if diff := cmp.Diff(want, checked); diff != "" {
				t.Errorf("%s: checked: %s", name, diff)
			}
		}
		if want == nil {
			t.Errorf("%s: no fault", name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	_, got := c.Build(t.Context(), "option", bundle.Options{Dir: t.TempDir(), Entry: "i.css"})
	if got == nil || !strings.Contains(got.Error(), "the entry must be JavaScript or TypeScript") {
		t.Errorf("got %v", got)
	}
}

// deep are sources that a parser recurses on.
var deep = map[string]func(n int) string{
	"parentheses": func(n int) string { return "export default " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) },
	"brackets":    func(n int) string { return "export default " + strings.Repeat("[", n) + strings.Repeat("]", n) },
	"blocks":      func(n int) string { return strings.Repeat("{", n) + strings.Repeat("}", n) },
	"unary":       func(n int) string { return "export default " + strings.Repeat("!", n) + "1" },
	"templates": func(n int) string {
		return "export default " + strings.Repeat("`${", n) + "1" + strings.Repeat("}`", n)
	},
	"arrows":   func(n int) string { return "export default " + strings.Repeat("()=>", n) + "1" },
	"unclosed": func(n int) string { return strings.Repeat("[", n) },
}

func TestSourceThatOverflowsTheStack(t *testing.T) {
	c := start(t, Limits{Stack: 8 << 20})
	for name, source := range deep {
		t.Run(name, func(t *testing.T) {
			o := entry(t, source(200_000))
			_, err := c.Build(t.Context(), name, o)
			var e *Error
			if !errors.As(err, &e) || e.Cause != Stack {
				t.Fatalf("got %v", err)
			}
			if want := "source is nested too deeply or too large to compile: the compiler ran out of stack"; err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
			if diff := cmp.Diff([]string{filepath.Join(o.Dir, "i.js")}, e.Files); diff != "" {
				t.Error(diff)
			}
			rewrite(t, o, good)
			if _, err := c.Build(t.Context(), name, o); err != nil {
				t.Errorf("after the repair: %v", err)
			}
		})
	}
	t.Run("JSON", func(t *testing.T) {
		o := entry(t, `import x from "./x.json"; export default x`)
		rewrite(t, bundle.Options{Dir: o.Dir, Entry: "x.json"}, strings.Repeat("[", 200_000)+strings.Repeat("]", 200_000))
		_, err := c.Build(t.Context(), "JSON", o)
		var e *Error
		if !errors.As(err, &e) || e.Cause != Stack || len(e.Files) != 2 || filepath.Base(e.Files[1]) != "x.json" {
			t.Errorf("got %v %+v", err, e)
		}
	})
	t.Run("a bundle from elsewhere", func(t *testing.T) {
		// The scan of package lower takes what follows a division for a regular expression here, so its bound doesn't hold.
		b := &bundle.Bundle{Name: "i.js", Code: []byte("export default " + strings.Repeat("x ? 1 : ", 30_000) + "1")}
		if _, err := c.Check(t.Context(), b); err == nil {
			t.Error("no fault")
		}
		builds(t, c)
	})
}

// The others are not lost.
func TestOneOfManyIsPoison(t *testing.T) {
	c := start(t, Limits{Stack: 8 << 20})
	var wg sync.WaitGroup
	errs := make([]error, 9)
	for i := range errs {
		o := entry(t, fmt.Sprintf(`export default %d`, i))
		if i == 4 {
			o = entry(t, deep["parentheses"](200_000))
		}
		wg.Go(func() { _, errs[i] = c.Build(t.Context(), fmt.Sprint(i), o) })
	}
	wg.Wait()
	for i, err := range errs {
		var e *Error
		if i == 4 && !errors.As(err, &e) || i != 4 && err != nil {
			t.Errorf("Worker %d: %v", i, err)
		}
	}
}

// statements is source that takes long to compile, and much memory.
func statements(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "globalThis.a%d = [%d, %d];\n", i, i, i)
	}
	return b.String() + good
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limits Limits
		cause  Cause
		text   string
	}{
		{"memory", Limits{Memory: 96 << 20}, Memory, "the compiler ran out of memory (limit 96 MB)"},
		{"CPU", Limits{CPU: 50 * time.Millisecond}, CPU, "the compiler ran out of CPU time (50ms)"},
		{"wall", Limits{Wall: 50 * time.Millisecond}, Wall, "the compiler did not end within 50ms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, tt.limits)
			_, err := c.Build(t.Context(), "w", entry(t, statements(200_000)))
			var e *Error
			if !errors.As(err, &e) || e.Cause != tt.cause || !strings.HasSuffix(err.Error(), tt.text) {
				t.Errorf("got %v, want …%s", err, tt.text)
			}
		})
	}
}

func TestContextAndClose(t *testing.T) {
	c := New(Limits{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Build(ctx, "w", entry(t, good)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	builds(t, c)
	c.Close()
	c.Close()
	if _, err := c.Build(t.Context(), "w", entry(t, good)); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	New(Limits{}).Close() // while the first child starts
}

// An executable that doesn't call Main must not start itself without end.
func TestMainIsNotCalled(t *testing.T) {
	t.Setenv(childVariable, "1")
	c := start(t, Limits{})
	if _, err := c.Build(t.Context(), "w", entry(t, good)); err == nil || !strings.Contains(err.Error(), "must call compiler.Main") {
		t.Errorf("got %v", err)
	}
}

// BenchmarkEdit is a build after an edit of one file.
func BenchmarkEdit(b *testing.B) {
	c := New(Limits{})
	defer c.Close()
	o := entry(b, good)
	for i := 0; b.Loop(); i++ {
		rewrite(b, o, strings.Replace(good, "good", fmt.Sprint(i), 1))
		if _, err := c.Build(b.Context(), "w", o); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStart is from nothing to the first program.
func BenchmarkStart(b *testing.B) {
	o := entry(b, good)
	for b.Loop() {
		c := New(Limits{})
		if _, err := c.Build(b.Context(), "w", o); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
