// Package e2e_test starts the real binary and drives it with a real HTTP client.
package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the command under test: built once, or given ready by BINDERY_BINARY.
var binary = os.Getenv("BINDERY_BINARY")

func TestMain(m *testing.M) {
	if binary != "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "bindery-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "bindery")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/bindery").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// dev is a running `bindery dev`.
type dev struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string // http://localhost:PORT
	client *http.Client

	mu    sync.Mutex
	lines []string
	grew  chan struct{} // closed and replaced when a line comes
}

// start runs bindery dev on a free port and waits until it serves. It is stopped with the test.
func start(t *testing.T, args ...string) *dev {
	t.Helper()
	d := &dev{t: t, grew: make(chan struct{}), client: &http.Client{
		Timeout:       60 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	d.cmd = exec.Command(binary, append([]string{"dev", "--port", "0", "--json"}, args...)...)
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = d.cmd.Stdout
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		in := bufio.NewScanner(out)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			d.mu.Lock()
			d.lines = append(d.lines, in.Text())
			close(d.grew)
			d.grew = make(chan struct{})
			d.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = d.cmd.Process.Signal(syscall.SIGTERM)
		stop := time.AfterFunc(15*time.Second, func() { _ = d.cmd.Process.Kill() })
		<-read
		err := d.cmd.Wait()
		if !stop.Stop() {
			t.Error("the server did not end within 15 s of SIGTERM")
		} else if err != nil {
			t.Errorf("the server ended with %v", err)
		}
		if t.Failed() {
			t.Logf("output:\n%s", strings.Join(d.lines, "\n"))
		}
		d.client.CloseIdleConnections()
	})
	line := d.wait(func(line string) bool { return strings.Contains(line, `"url"`) })
	var ready struct{ URL string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil || ready.URL == "" {
		t.Fatalf("no address in %s", line)
	}
	d.url = strings.TrimSuffix(ready.URL, "/")
	return d
}

// wait gives the first line of output, past or to come, that match accepts.
func (d *dev) wait(match func(line string) bool) string {
	d.t.Helper()
	found := ""
	if !d.waited(func(line string) bool { found = line; return match(line) }) {
		d.t.Fatalf("waited 30 s for a line of output; got\n%s", d.output())
	}
	return found
}

func (d *dev) waited(match func(line string) bool) bool {
	deadline := time.After(30 * time.Second)
	for from := 0; ; {
		d.mu.Lock()
		lines, grew := d.lines, d.grew
		d.mu.Unlock()
		for ; from < len(lines); from++ {
			if match(lines[from]) {
				return true
			}
		}
		select {
		case <-grew:
		case <-deadline:
			return false
		}
	}
}

// says waits for a line of output that has text.
func (d *dev) says(text string) {
	d.t.Helper()
	if !d.waited(func(line string) bool { return strings.Contains(line, text) }) {
		d.t.Errorf("waited 30 s for a line of output with %q", text)
	}
}

// output is everything printed so far.
func (d *dev) output() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, "\n")
}

// get sends a request and gives status and body. headers are pairs; "Host" sets the request's host.
func (d *dev) get(path string, headers ...string) (int, string) {
	d.t.Helper()
	status, body, err := d.try(path, headers...)
	if err != nil {
		d.t.Fatalf("GET %s: %v", path, err)
	}
	return status, body
}

func (d *dev) try(path string, headers ...string) (int, string, error) {
	req, err := http.NewRequestWithContext(context.Background(), "GET", d.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// rss is the resident memory of the server in bytes.
func (d *dev) rss() int64 {
	d.t.Helper()
	if runtime.GOOS != "linux" {
		d.t.Skip("SKIPPED: resident memory is read from /proc, on Linux only")
	}
	return residentMemory(d.t, d.cmd.Process.Pid)
}

func residentMemory(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "VmRSS:" {
			kb, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// project writes files into a folder of the test's own.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
