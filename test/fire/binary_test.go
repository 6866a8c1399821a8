package fire_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is a running `bindery dev`.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	fire *fire
	dir  string
	read chan struct{} // closed when its output has ended

	mu      sync.Mutex
	used    []time.Duration // guarded by mu: the server's processor time at each second
	swapped chan struct{}   // guarded by mu: closed at the next swap
	ready   chan string
	tail    []string // guarded by mu: what is no JSON, and faults
}

// line is what is looked at of a line of output.
type line struct {
	Type, URL, Worker, Name, Message, In, GoStack string
}

// folder writes a Worker's files.
func (s *server) write(w worker, code string, version int) {
	s.t.Helper()
	dir := filepath.Join(s.dir, w.name)
	if version == 0 {
		var services []string
		for _, service := range w.services {
			name, target, _ := strings.Cut(service, "=")
			services = append(services, fmt.Sprintf("{ binding = %q, service = %q }", name, target))
		}
		toml := fmt.Sprintf("name = %q\nmain = \"index.js\"\ncompatibility_date = \"2026-08-01\"\nroute = \"%s.test/*\"\nservices = [%s]\n",
			w.name, w.name, strings.Join(services, ", "))
		if w.cpuMS > 0 {
			toml += fmt.Sprintf("[limits]\ncpu_ms = %d\n", w.cpuMS)
		}
		s.put(filepath.Join(dir, "wrangler.toml"), toml)
	}
	s.put(filepath.Join(dir, "index.js"), strings.Replace(code, "const VERSION = 0;", fmt.Sprintf("const VERSION = %d;", version), 1))
}

// put writes a file at once, as most editors do.
func (s *server) put(file, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file+".tmp", []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(file+".tmp", file); err != nil {
		s.t.Fatal(err)
	}
}

// listen reads the server's output.
func (s *server) listen(out io.Reader) {
	defer close(s.read)
	in := bufio.NewScanner(out)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var l line
		if json.Unmarshal(in.Bytes(), &l) != nil {
			s.keep(in.Text())
			continue
		}
		switch l.Type {
		case "ready":
			s.ready <- strings.TrimSuffix(l.URL, "/")
		case "console":
			s.fire.pledges.said(l.Message)
		case "swap":
			s.mu.Lock()
			close(s.swapped)
			s.swapped = make(chan struct{})
			s.mu.Unlock()
		case "exception":
			s.exception(l)
		case "request", "warning":
		default:
			s.keep(in.Text())
		}
	}
}

func (s *server) exception(l line) {
	switch {
	case l.GoStack != "":
		s.fire.fault("Worker %s: a fault of ours: %s\n%s", l.Worker, l.Message, l.GoStack)
	case healthy[l.Worker]:
		s.fire.fault("Worker %s: uncaught in %s: %s: %s", l.Worker, l.In, l.Name, l.Message)
	case l.In == "isolate, which is lost":
		s.fire.count("condemned", 1)
	}
}

func (s *server) keep(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tail) < 100 {
		s.tail = append(s.tail, text[:min(len(text), 1000)])
	}
}

// start runs bindery dev on the mix.
func start(t *testing.T) (s *server, codes map[string]string) {
	t.Helper()
	s = &server{t: t, dir: t.TempDir(), read: make(chan struct{}), swapped: make(chan struct{}), ready: make(chan string, 1)}
	s.fire = newFire(t, &http.Transport{MaxIdleConnsPerHost: 64}, "")
	s.fire.excused = s.starved
	codes = sources(t)
	for _, w := range mix {
		s.write(w, codes[w.file], 0)
	}
	s.cmd = exec.Command(build(t), "dev", "--port", "0", "--json", "--memory", "1GB", s.dir)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.listen(out)
	go s.watch()
	t.Cleanup(s.stop)
	select {
	case s.fire.url = <-s.ready:
	case <-s.read:
		t.Fatalf("the server does not start")
	case <-time.After(patience):
		t.Fatalf("the server is not ready after %v", patience)
	}
	return s, codes
}

// The server's handlers may take this long to answer.
const wall = 30 * time.Second

// watch notes the server's processor time, where the system tells it.
func (s *server) watch() {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
		if err != nil {
			return
		}
		// The 14th and 15th field, of which the second is in parentheses and may hold anything.
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		var user, system int64
		if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
			return
		}
		s.mu.Lock()
		s.used = append(s.used, time.Duration(user+system)*time.Second/100)
		s.mu.Unlock()
		select {
		case <-second.C:
		case <-s.read:
			return
		}
	}
}

// starved excuses a call that ran out of wall time where the server, which always has hostile Workers to run, had less than half of two processors
// for as long.
func (s *server) starved(text string) bool {
	const seconds = int(wall / time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.used) - 1
	late := strings.Contains(text, "Worker exceeded wall time limit") || strings.Contains(text, "did not complete within the allowed time")
	return late && n >= seconds && s.used[n]-s.used[n-seconds] < wall*time.Duration(min(runtime.NumCPU(), 2))/2
}

// stop ends the server as an operator would.
func (s *server) stop() {
	s.fire.client.CloseIdleConnections()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(patience/2, func() { _ = s.cmd.Process.Kill() })
	<-s.read
	err := s.cmd.Wait()
	if !timer.Stop() {
		s.t.Errorf("the server did not end within %v of SIGTERM", patience/2)
	} else if err != nil {
		s.t.Errorf("the server ended with %v", err)
	}
	if s.t.Failed() {
		s.t.Logf("output:\n%s", strings.Join(s.tail, "\n"))
	}
}

// edit gives one Worker a new version and waits until it is served.
func (s *server) edit(codes map[string]string, r *rand.Rand) {
	name := edited[r.IntN(len(edited))]
	s.mu.Lock()
	swapped := s.swapped
	s.mu.Unlock()
	_, now := s.fire.history.next(name)
	for _, w := range mix {
		if w.name == name {
			s.write(w, codes[w.file], now[name])
		}
	}
	select {
	case <-swapped:
	case <-s.read:
		s.fire.fault("the server died")
	case <-time.After(patience):
		s.fire.fault("an edit of %s is not served after %v", name, patience)
	}
}

// The same against the real binary, whose Workers change as their files do.
func TestBinary(t *testing.T) {
	s, codes := start(t)
	s.fire.crowd(length(t), func(r *rand.Rand) { s.edit(codes, r) })
}
