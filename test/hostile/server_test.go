package hostile_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// line is what is looked at of a line of output.
type line struct {
	Type, Worker, Name, Message, Level, In, URL string

	Messages []struct{ Message, File string }
	Changed  []string
	raw      string // its beginning
}

// server is a running `bindery dev` that is watched from outside.
type server struct {
	cmd    *exec.Cmd
	url    string
	client *http.Client
	died   chan struct{} // closed when the process has ended

	killed atomic.Pointer[string] // why it was killed from here
	peak   atomic.Int64           // most resident memory since the last call of resetPeak
	most   atomic.Int64           // most at all

	mu    sync.Mutex
	lines []line        // guarded by mu
	grew  chan struct{} // guarded by mu: closed and replaced when a line comes
	tail  []string      // guarded by mu: what is no JSON, as the trace of a process that dies

	stopHealthy context.CancelFunc
	healthy     *healthy
}

// killAbove is the resident memory at which the process is killed, so that the machine lives.
const killAbove = 3 << 30

// startPatience is how long it may take to build and load some hundreds of Workers.
const startPatience = 3 * time.Minute

// longestLine is how long a line of output may be, and keptLine how much of one is kept.
const (
	longestLine = 4 << 20
	keptLine    = 1 << 10
)

// start runs bindery dev on dir and waits until it serves. If it refuses to, because of its files, it gives the faults instead.
func start(t testing.TB, dir string) (*server, []line) {
	t.Helper()
	s := &server{died: make(chan struct{}), grew: make(chan struct{}), client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	s.cmd = exec.Command(binary, append([]string{"dev", "--port", "0", "--json"}, arguments...)...)
	s.cmd.Args = append(s.cmd.Args, dir)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.read(out)
	go s.sample()
	ready, ok := s.wait(0, startPatience, func(l line) bool { return l.Type == "ready" })
	if !ok {
		if !s.dead(time.Second) {
			s.kill("it was not ready in time")
			<-s.died
		}
		if faults := s.faults(); len(faults) > 0 {
			return nil, faults
		}
		t.Fatalf("the server does not start:\n%s", s.said())
	}
	s.url = ready.URL
	ctx, cancel := context.WithCancel(context.Background())
	s.stopHealthy = cancel
	s.healthy = newHealthy(s)
	go s.healthy.run(ctx)
	return s, nil
}

// faults are the lines that say why the files are not served.
func (s *server) faults() []line {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []line
	for _, l := range s.lines {
		if l.Type == "fault" {
			list = append(list, l)
		}
	}
	return list
}

// read keeps the output. A line may be of any length.
func (s *server) read(out io.Reader) {
	in := bufio.NewReaderSize(out, longestLine)
	for {
		text, err := in.ReadSlice('\n')
		l := line{raw: string(text[:min(len(text), keptLine)])}
		whole := json.Unmarshal(text, &l) == nil
		l.Message = strings.Clone(l.Message[:min(len(l.Message), keptLine)])
		if errors.Is(err, bufio.ErrBufferFull) {
			l.Type = "long"
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		s.mu.Lock()
		if whole || l.Type == "long" {
			s.lines = append(s.lines, l)
		} else if l.raw != "" && len(s.tail) < 60 {
			s.tail = append(s.tail, l.raw)
		}
		close(s.grew)
		s.grew = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			break
		}
	}
	_ = s.cmd.Wait()
	close(s.died)
}

// sample looks at the process's memory every 50 ms.
func (s *server) sample() {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.died:
			return
		case <-tick.C:
		}
		now := s.status("VmRSS:")
		s.peak.Store(max(s.peak.Load(), now))
		s.most.Store(max(s.most.Load(), now))
		if now > killAbove {
			s.kill(fmt.Sprintf("its resident memory was %d MB", now>>20))
		}
	}
}

// status reads a size, in bytes, from the process's status; 0 if it can't be had.
func (s *server) status(key string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) >= 2 && f[0] == key {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// resetPeak begins to measure anew, the kernel's high-water mark included.
func (s *server) resetPeak() {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), []byte("5"), 0)
	s.peak.Store(0)
}

// highWater is the most memory that was resident since resetPeak.
func (s *server) highWater() int64 {
	most := max(s.peak.Load(), s.status("VmHWM:"))
	s.most.Store(max(s.most.Load(), most))
	return most
}

func (s *server) kill(why string) {
	if s.killed.CompareAndSwap(nil, &why) {
		_ = s.cmd.Process.Kill()
	}
}

// dead reports whether the process has ended; one that is about to is waited for.
func (s *server) dead(patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-s.died:
		return true
	case <-timer.C:
	}
	select { // both may have been ready
	case <-s.died:
		return true
	default:
		return false
	}
}

// trace is what a process that died said last.
func (s *server) trace() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.Join(s.tail, "")
	if why := s.killed.Load(); why != nil {
		text = "killed by the test: " + *why + "\n" + text
	}
	return fmt.Sprintf("%s\n(%v)", text, s.cmd.ProcessState)
}

// said is all that the process said.
func (s *server) said() string {
	s.mu.Lock()
	var b strings.Builder
	for _, l := range s.lines {
		b.WriteString(l.raw[:min(len(l.raw), 600)] + "\n")
	}
	s.mu.Unlock()
	return b.String() + s.trace()
}

// mark is the number of lines so far.
func (s *server) mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

// wait gives the first line from number from on that match accepts, waiting for it if need be.
func (s *server) wait(from int, patience time.Duration, match func(line) bool) (line, bool) {
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		lines, grew := s.lines, s.grew
		s.mu.Unlock()
		for ; from < len(lines); from++ {
			if match(lines[from]) {
				return lines[from], true
			}
		}
		select {
		case <-grew:
		case <-deadline:
			return line{}, false
		case <-s.died:
			if s.mark() == from {
				return line{}, false
			}
		}
	}
}

// since lists the lines from number from on that name a Worker.
func (s *server) since(from int, worker string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, l := range s.lines[from:] {
		if l.Worker == worker && l.Type != "request" {
			list = append(list, l.raw[:min(len(l.raw), 300)])
		}
	}
	return list
}

// answer is what came of a request.
type answer struct {
	status int
	body   string // its beginning
	length int    // of all of it
	header http.Header
	err    error
	late   bool // the deadline passed
	took   time.Duration
}

func (a answer) String() string {
	switch {
	case a.late:
		return fmt.Sprintf("no answer within %v", a.took.Round(time.Millisecond))
	case a.err != nil:
		return fmt.Sprintf("status %d, then %v after %v", a.status, a.err, a.took.Round(time.Millisecond))
	}
	return fmt.Sprintf("%d %q after %v", a.status, a.body[:min(len(a.body), 400)], a.took.Round(time.Millisecond))
}

// keptBody is how much of a body is kept.
const keptBody = 64 << 10

// get requests a Worker's root page and reads the answer, for patience at most.
func (s *server) get(worker string, patience time.Duration) (a answer) {
	began := time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	defer s.limit(patience, cancel)()
	defer func() {
		a.took = time.Since(began)
		a.late = ctx.Err() != nil
	}()
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+"/", nil)
	if err != nil {
		return answer{err: err}
	}
	req.Host = worker + ".localhost"
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	head, err := io.ReadAll(io.LimitReader(resp.Body, keptBody))
	a.body, a.length, a.err = string(head), len(head), err
	if err == nil {
		var rest int64
		rest, a.err = io.Copy(io.Discard, resp.Body)
		a.length += int(rest)
	}
	return a
}

// busy says that others use the machine too: patience is then counted in CPU time of the process, for as long as mostBusy times
// itself.
var busy = !all || os.Getenv("BINDERY_HOSTILE_BUSY") != ""

const mostBusy = 12

// limit calls late when patience is over.
func (s *server) limit(patience time.Duration, late func()) (stop func()) {
	began, before := time.Now(), s.cpuTime()
	done := make(chan struct{})
	go func() {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		for {
			select {
			case <-done:
				return
			case <-timer.C:
			}
			if !busy || s.cpuTime()-before > patience || time.Since(began) > mostBusy*patience {
				late()
				return
			}
			timer.Reset(100 * time.Millisecond)
		}
	}()
	return func() { close(done); late() }
}

// cpuTime is how much the process has used, on all processors.
func (s *server) cpuTime() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, rest, ok := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if err != nil || !ok || len(f) < 13 {
		return 0
	}
	const user, system, tick = 11, 12, 10 * time.Millisecond // from the third field on; USER_HZ is 100
	u, _ := strconv.ParseInt(f[user], 10, 64)
	k, _ := strconv.ParseInt(f[system], 10, 64)
	return time.Duration(u+k) * tick
}

// stop ends the server as an operator would.
func (s *server) stop(t testing.TB) {
	t.Helper()
	s.stopHealthy()
	s.client.CloseIdleConnections()
	if s.dead(0) {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if !s.dead(15 * time.Second) {
		s.kill("it did not end within 15 s of SIGTERM")
		<-s.died
		t.Errorf("the server did not end within 15 s of SIGTERM\n%s", s.trace())
	} else if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the server ended with exit code %d after SIGTERM\n%s", code, s.trace())
	}
}

// healthySource works a little with each answer, so that a neighbour who breaks more than his own shows.
const healthySource = `let calls = 0;
export default {
	async fetch(request) {
		const url = new URL(request.url);
		const text = await new Response(JSON.stringify({ host: url.hostname, of: [3, 1, 2].sort() })).text();
		calls++;
		return new Response(text, { headers: { "x-calls": String(calls) } });
	},
};
`

const healthyAnswer = `{"host":"healthy.localhost","of":[1,2,3]}`

// healthy requests a Worker again and again that does nothing wrong.
type healthy struct {
	s *server

	mu       sync.Mutex
	requests int           // guarded by mu
	slowest  time.Duration // guarded by mu: since the last call of take
	faults   []string      // guarded by mu
}

func healthyFolder(t testing.TB, dir string) {
	write(t, filepath.Join(dir, "healthy", "wrangler.toml"), "name = \"healthy\"\nmain = \"index.js\"\ncompatibility_date = \"2026-08-01\"\nroute = \"healthy.test/*\"\n")
	write(t, filepath.Join(dir, "healthy", "index.js"), healthySource)
}

func newHealthy(s *server) *healthy { return &healthy{s: s} }

// healthyPatience is how long an answer of the healthy Worker may take, with all processors held by others.
const healthyPatience = 5 * time.Second

func (h *healthy) run(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.s.died:
			return
		case <-tick.C:
		}
		a := h.s.get("healthy", healthyPatience)
		if ctx.Err() != nil || a.err != nil && h.s.dead(500*time.Millisecond) {
			return
		}
		h.mu.Lock()
		h.requests++
		h.slowest = max(h.slowest, a.took)
		if a.err != nil || a.status != 200 || a.body != healthyAnswer {
			h.faults = append(h.faults, a.String())
		}
		h.mu.Unlock()
	}
}

// take gives what was seen since the last call.
func (h *healthy) take() (requests int, slowest time.Duration, faults []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	requests, slowest, faults = h.requests, h.slowest, h.faults
	h.requests, h.slowest, h.faults = 0, 0, nil
	return requests, slowest, faults
}
