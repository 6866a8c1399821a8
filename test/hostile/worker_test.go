package hostile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// outcome is one way in which a request may end.
type outcome struct {
	status int      // 0 for a fault: the file is never served
	texts  []string // the body has all of them; with status 200 it is exactly the only one
	length int      // of the body; -1 for any
	cut    bool     // the body ends with an error
}

// hostile is a Worker of testdata.
type hostile struct {
	group, name string
	source      string
	expect      []outcome // any of them
	next        []outcome // what the request after the first gets
	logs        []string  // lines of output that name the Worker, and have these texts
	headers     []string  // "name: value" of the response
	generate    []string  // the words of a directive for package-level generate
	binds       []string  // "NAME worker"
	file        string    // the name of the module
	cpu         time.Duration
	repeat      int  // how many requests after the first
	slow        bool // it runs into the limit of wall time
}

// defaultCPU is the limit of a Worker that asks for no other.
const defaultCPU = 300 * time.Millisecond

// wall is how long a handler may take until its response.
const wall = 30 * time.Second

// limit is when a Worker is ended at the latest.
func (h *hostile) limit() time.Duration {
	if h.slow {
		return wall
	}
	return h.cpu
}

// id is the Worker's name, and the first label of its host.
func (h *hostile) id() string {
	return strings.NewReplacer("_", "-").Replace(h.group + "-" + strings.TrimSuffix(h.name, ".js"))
}

// edited reports whether the Worker is tried as an edit of one that is served, since it may not be loaded at all.
func (h *hostile) edited() bool { return h.group == "sources" || h.group == "load" }

// readAll reads testdata/GROUP/NAME.js.
func readAll(t testing.TB) []*hostile {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.js")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	var list []*hostile
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h := &hostile{
			group: filepath.Base(filepath.Dir(file)), name: filepath.Base(file),
			source: string(text), file: "index.js", cpu: defaultCPU, repeat: 1,
		}
		if err := h.parse(); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		list = append(list, h)
	}
	return list
}

// parse reads the directives: comment lines of the form "// key: value" at the beginning.
func (h *hostile) parse() error {
	for line := range strings.Lines(h.source) {
		comment, ok := strings.CutPrefix(line, "// ")
		if !ok {
			break
		}
		key, value, ok := strings.Cut(strings.TrimSpace(comment), ": ")
		if !ok || strings.Contains(key, " ") {
			continue // a comment
		}
		if err := h.directive(key, value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if len(h.expect) == 0 {
		return fmt.Errorf("nothing says what is expected")
	}
	if h.next == nil {
		h.next = h.expect
	}
	return nil
}

func (h *hostile) directive(key, value string) (err error) {
	switch key {
	case "expect":
		return appendOutcome(&h.expect, value)
	case "next":
		return appendOutcome(&h.next, value)
	case "log":
		h.logs = append(h.logs, value)
	case "header":
		h.headers = append(h.headers, value)
	case "generate":
		h.generate = strings.Fields(value)
	case "bind":
		h.binds = append(h.binds, value)
	case "file":
		h.file = value
	case "slow":
		h.slow, h.repeat = true, 0
	case "repeat":
		h.repeat, err = strconv.Atoi(value)
	case "limits":
		var ms int
		if _, err = fmt.Sscanf(value, "cpu_ms=%d", &ms); err == nil {
			h.cpu = time.Duration(ms) * time.Millisecond
		}
	default:
		return fmt.Errorf("there is no such directive")
	}
	return err
}

// appendOutcome parses `STATUS "text" "text"`, `200 #length`, `200 cut`, `fault "text"`.
func appendOutcome(list *[]outcome, value string) error {
	o := outcome{length: -1}
	word, rest, _ := strings.Cut(value, " ")
	if word != "fault" {
		status, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		o.status = status
	}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		switch {
		case rest == "cut":
			o.cut, rest = true, ""
		case rest[0] == '#':
			n, err := strconv.Atoi(rest[1:])
			if err != nil {
				return err
			}
			o.length, rest = n, ""
		default:
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return fmt.Errorf("%s: %w", rest, err)
			}
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return err
			}
			o.texts, rest = append(o.texts, text), rest[len(quoted):]
		}
	}
	if o.status == 200 && !o.cut && o.length < 0 && len(o.texts) != 1 {
		return fmt.Errorf("%s: 200 needs one text, a length, or cut", value)
	}
	*list = append(*list, o)
	return nil
}

// met reports whether an answer is what o says.
func (o outcome) met(a answer) bool {
	if o.cut {
		return a.status == o.status && a.err != nil && !a.late
	}
	if a.err != nil || a.status != o.status || o.length >= 0 && a.length != o.length {
		return false
	}
	if o.status == 200 {
		return len(o.texts) == 0 || a.body == o.texts[0]
	}
	return has(a.body, o.texts)
}

func has(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func (o outcome) String() string {
	if o.status == 0 {
		return fmt.Sprintf("fault %q", o.texts)
	}
	switch {
	case o.cut:
		return fmt.Sprintf("%d, cut", o.status)
	case o.length >= 0:
		return fmt.Sprintf("%d with %d bytes", o.status, o.length)
	}
	return fmt.Sprintf("%d %q", o.status, o.texts)
}

// folder writes the Worker as a project of its own below dir.
func (h *hostile) folder(t testing.TB, dir string) {
	t.Helper()
	toml := fmt.Sprintf("name = %q\nmain = %q\ncompatibility_date = \"2026-08-01\"\nroute = %q\nlimits = { cpu_ms = %d }\n[vars]\nTEXT = \"text\"\n",
		h.id(), h.file, h.id()+".test/*", h.cpu.Milliseconds())
	for _, b := range h.binds {
		name, service, _ := strings.Cut(b, " ")
		toml += fmt.Sprintf("[[services]]\nbinding = %q\nservice = %q\n", name, service)
	}
	write(t, filepath.Join(dir, h.id(), "wrangler.toml"), toml)
	write(t, filepath.Join(dir, h.id(), h.file), h.text(t))
}

// text is the module's text.
func (h *hostile) text(t testing.TB) string {
	t.Helper()
	if h.generate == nil {
		return h.source
	}
	text, err := generate(h.generate)
	if err != nil {
		t.Fatalf("%s: %v", h.id(), err)
	}
	return text
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
