package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// neighbours are two Workers: w, which is edited, and other, which must not notice.
func neighbours(t *testing.T) (d *dev, file string) {
	t.Helper()
	wrangler := "name = %q\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\n"
	dir := project(t, map[string]string{
		"w/wrangler.toml":     fmt.Sprintf(wrangler, "w"),
		"w/i.js":              answering("start"),
		"other/wrangler.toml": fmt.Sprintf(wrangler, "other"),
		"other/i.js":          `let n = 0; export default { fetch() { return new Response("other " + ++n) } }`,
	})
	return start(t, dir), filepath.Join(dir, "w", "i.js")
}

func answering(text string) string {
	return fmt.Sprintf("export default { fetch() { return new Response(%q) } }", text)
}

// replace replaces a file at once, so that no half of it is built.
func replace(t *testing.T, file, text string) {
	t.Helper()
	write(t, file+".tmp", text)
	if err := os.Rename(file+".tmp", file); err != nil {
		t.Fatal(err)
	}
}

// after does something and waits for a line of output that has text and came after it. Large sources take a busy machine long.
func (d *dev) after(do func(), text string) {
	d.t.Helper()
	d.mu.Lock()
	skip := len(d.lines)
	d.mu.Unlock()
	do()
	for range 4 {
		n := skip
		if d.waited(func(line string) bool { n--; return n < 0 && strings.Contains(line, text) }) {
			return
		}
	}
	d.t.Fatalf("waited for a line of output with %q; got\n%s", text, d.output())
}

func (d *dev) answers(worker, want string) {
	d.t.Helper()
	if status, body := d.get("/", "Host", worker+".localhost"); status != 200 || body != want {
		d.t.Errorf("%s answers %d %q, want %q", worker, status, body, want)
	}
}

func nested(open, middle, close string) string {
	const depth = 1_000_000
	return "export default " + strings.Repeat(open, depth) + middle + strings.Repeat(close, depth)
}

// Source that would end the process that parses it is a fault of its Worker.
func TestHostileSource(t *testing.T) {
	d, file := neighbours(t)
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		t.Fatal(err)
	}
	stack := `Worker \"w\" can't be compiled: source is nested too deeply or too large to compile: the compiler ran out of stack","file":` + strconv.Quote(filepath.ToSlash(real))
	for n, tt := range []struct{ name, source, fault string }{
		{"parentheses", nested("(", "1", ")"), stack},
		{"brackets", nested("[", "", "]"), stack},
		{"blocks", strings.Repeat("{", 1_000_000) + strings.Repeat("}", 1_000_000), stack},
		{"unary operators", nested("!", "1", ""), stack},
		{"templates", nested("`${", "1", "}`"), stack},
		{"JSON", `import x from "./x.json"; export default x`, stack},
		{"invalid UTF-8", "export default { fetch() { return new Response('\xff') } }", "not valid UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.after(func() {
				if tt.name == "JSON" {
					replace(t, filepath.Join(filepath.Dir(file), "x.json"), strings.Repeat("[", 1_000_000)+strings.Repeat("]", 1_000_000))
				}
				replace(t, file, tt.source)
			}, tt.fault)
			d.answers("other", fmt.Sprint("other ", n+1))
			text := fmt.Sprint("after ", tt.name)
			d.after(func() { replace(t, file, answering(text)) }, `"type":"swap"`)
			d.answers("w", text)
		})
	}
	if out := d.output(); strings.Contains(out, "goroutine ") || strings.Contains(out, "fatal error") {
		t.Errorf("what a dying child says is shown:\n%s", out)
	}
}

func TestLongLine(t *testing.T) {
	d, file := neighbours(t)
	text := strings.Repeat("x", 10<<20)
	d.after(func() { replace(t, file, answering(text)) }, `"type":"swap"`)
	d.answers("w", text)
	d.after(func() { replace(t, file, answering(text)+" y z") }, `"type":"fault"`)
	if n := len(d.output()); n > 1<<20 {
		t.Errorf("the output is %d bytes: a line of source is in it", n)
	}
	d.answers("w", text)
	d.answers("other", "other 1")
}

// What is served last is the file as it was last.
func TestFileGrowsDuringTheBuild(t *testing.T) {
	d, file := neighbours(t)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		if _, err := fmt.Fprintf(f, "\nglobalThis.last = %d;", i); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.WriteString("\nexport { text as name }; const text = 'grown';"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	d.after(func() { replace(t, file, answering("whole")) }, `"type":"swap"`)
	for range 1000 {
		if _, body := d.get("/", "Host", "w.localhost"); body == "whole" {
			break
		}
	}
	d.answers("w", "whole")
	d.answers("other", "other 1")
}

// compilers are the processes that d has started.
func (d *dev) compilers() []int {
	d.t.Helper()
	if runtime.GOOS != "linux" {
		d.t.Skip("SKIPPED: children are found in /proc, on Linux only")
	}
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", d.cmd.Process.Pid))
	if err != nil || len(lists) == 0 {
		d.t.Skipf("SKIPPED: this kernel doesn't list children (%v)", err)
	}
	var ids []int
	for _, list := range lists {
		b, err := os.ReadFile(list)
		if err != nil {
			continue // a thread that has ended
		}
		for _, f := range strings.Fields(string(b)) {
			id, err := strconv.Atoi(f)
			if err != nil {
				d.t.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	return ids
}

func TestCompilerIsKilledBetweenEdits(t *testing.T) {
	d, file := neighbours(t)
	for n := range 3 {
		ids := d.compilers()
		if len(ids) != 1 {
			t.Fatalf("children: %v, want one", ids)
		}
		if err := syscall.Kill(ids[0], syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint("edit ", n)
		d.after(func() { replace(t, file, answering(text)) }, `"type":"swap"`)
		d.answers("w", text)
		d.answers("other", fmt.Sprint("other ", n+1))
	}
	if out := d.output(); strings.Contains(out, "killed") || strings.Contains(out, `"fault"`) {
		t.Errorf("the user hears of it:\n%s", out)
	}
}

// Parent and child together stay small, at every start: what an allocation finds in memory differs from one to the next.
func TestMemoryOfBothProcesses(t *testing.T) {
	for i := range 4 {
		t.Run(fmt.Sprint("start ", i+1), func(t *testing.T) {
			d := start(t, gateway)
			d.get("/")
			total := d.rss()
			for _, id := range d.compilers() {
				total += residentMemory(t, id)
			}
			t.Logf("%d MB", total>>20)
			if total > 80<<20 {
				t.Errorf("%d MB are resident, want 80 at most", total>>20)
			}
		})
	}
}
