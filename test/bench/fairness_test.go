package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What the hogs of the fairness benchmarks do with their second of CPU time.
const (
	spinSource  = `export default { fetch() { for (;;); } }`
	wasteSource = `export default { fetch() { for (;;) { const list = []; for (let i = 0; i < 1000; i++) list.push({ i, s: "x" + i }); } } }`
	lightSource = `export default { fetch() { return new Response("Hello, world!") } }`
)

// fairFolder writes the light Workers, those of the gateway example, and the hogs.
func fairFolder(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	put := func(name, source, more string, routed bool) {
		toml := fmt.Sprintf("name = %q\nmain = \"index.js\"\ncompatibility_date = \"2026-08-01\"\n%s", name, more)
		if routed {
			toml = strings.Replace(toml, "compat", fmt.Sprintf("route = \"%s.test/*\"\ncompat", name), 1)
		}
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			b.Fatal(err)
		}
		for file, text := range map[string]string{"wrangler.toml": toml, "index.js": source} {
			if err := os.WriteFile(filepath.Join(dir, name, file), []byte(text), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	put("hello", lightSource, "", true)
	put("gateway", gatewaySource, "services = [{ binding = \"auth\", service = \"auth\" }, { binding = \"application\", service = \"application\" }]\n", true)
	put("auth", authSource, "vars = { SECRET_TOKEN = \"s3cret\" }\n", false)
	put("application", applicationSource, "", false)
	const second = "[limits]\ncpu_ms = 1000\n"
	for i := range 8 {
		put(fmt.Sprintf("hog%d", i), spinSource, second, true)
	}
	put("waster", wasteSource, second, true)
	return dir
}

// command builds the real binary, or takes a ready one.
func command(b *testing.B) string {
	b.Helper()
	if ready := os.Getenv("BINDERY_BINARY"); ready != "" {
		return ready
	}
	file := filepath.Join(b.TempDir(), "bindery")
	if out, err := exec.Command("go", "build", "-o", file, "../../cmd/bindery").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return file
}

// run starts `bindery dev` with GOMAXPROCS set, or as the command chooses it where procs is 0, and gives its address.
func run(b *testing.B, binary, dir string, procs int) (address string, pid int) {
	b.Helper()
	cmd := exec.Command(binary, "dev", "--port", "0", "--json", "--no-watch", dir)
	cmd.Env = os.Environ()
	if procs > 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("GOMAXPROCS=%d", procs))
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ready, read := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(read)
		in := bufio.NewReader(out)
		for {
			text, err := in.ReadBytes('\n')
			if err != nil {
				return
			}
			var l struct{ Type, URL string }
			if len(ready) == 0 && json.Unmarshal(text, &l) == nil && l.Type == "ready" {
				ready <- l.URL
			}
		}
	}()
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		<-read
		_ = cmd.Wait()
		timer.Stop()
	})
	select {
	case url := <-ready:
		return strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"), cmd.Process.Pid
	case <-read:
		b.Fatal("the server does not start")
	}
	return "", 0
}

// used is the CPU time of another process so far, in ticks of 10 ms, as Linux counts it; 0 elsewhere.
func used(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		b.Fatalf("stat: %s", text)
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// visit sends one request and reads the answer.
func visit(client *http.Client, address, worker string) (status int, err error) {
	req, err := http.NewRequestWithContext(context.Background(), "GET", "http://"+address+"/", nil)
	if err != nil {
		return 0, err
	}
	req.Host = worker + ".test"
	req.Header.Set("X-Custom-Token", "s3cret")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// rate is how many requests a second the light Workers get together: in turn hello and the gateway.
const rate = 200

// light sends requests at fixed times, whatever has become of those before, for d, and gives how long after its time each was answered.
func light(b *testing.B, address string, d time.Duration) map[string][]time.Duration {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	defer client.CloseIdleConnections()
	names := []string{"hello", "gateway"}
	took := map[string][]time.Duration{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	for i := range int(d.Seconds() * rate) {
		due := began.Add(time.Duration(i) * time.Second / rate)
		time.Sleep(time.Until(due))
		wg.Go(func() {
			name := names[i%2]
			status, err := visit(client, address, name)
			late := time.Since(due)
			if err != nil || status != 200 {
				b.Errorf("%s: %d %v", name, status, err)
			}
			mu.Lock()
			defer mu.Unlock()
			took[name] = append(took[name], late)
		})
	}
	wg.Wait()
	for _, list := range took {
		slices.Sort(list)
	}
	return took
}

// hogs has each of the Workers asked again and again, until stop is called.
func hogs(address string, workers []string) (stop func()) {
	done := make(chan struct{})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	for _, w := range workers {
		go func() {
			for {
				select {
				case <-done:
					return
				default:
					_, _ = visit(client, address, w)
				}
			}
		}()
	}
	return func() { close(done) }
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// numbers reads a list of numbers from the environment.
func numbers(b *testing.B, key, otherwise string) (list []int) {
	b.Helper()
	text := os.Getenv(key)
	if text == "" {
		text = otherwise
	}
	for f := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatalf("%s: %v", key, err)
		}
		list = append(list, n)
	}
	return list
}

// BenchmarkFairness is how late light Workers answer beside hogs, against how late they do beside none, in one run on the real binary. Each
// hog burns CPU until its limit of a second, again and again.
//
//	go test -run xxx -bench Fairness -benchtime 1x ./test/bench
//
// BINDERY_FAIR=10 is how many seconds each takes, BINDERY_FAIR_PROCS=0,2,4,8 with which GOMAXPROCS (0: as the command chooses).
func BenchmarkFairness(b *testing.B) {
	all := []string{"hog0", "hog1", "hog2", "hog3", "hog4", "hog5", "hog6", "hog7"}
	mixes := []struct {
		name    string
		workers []string
	}{
		{"idle", nil},
		{"2-hogs", all[:2]},
		{"4-hogs-of-one", slices.Repeat(all[:1], 4)},
		{"8-hogs-of-one", slices.Repeat(all[:1], 8)},
		{"8-hogs-of-8", all},
		{"1-waster", []string{"waster"}},
	}
	seconds := time.Duration(numbers(b, "BINDERY_FAIR", "10")[0]) * time.Second
	binary, dir := command(b), fairFolder(b)
	for _, procs := range numbers(b, "BINDERY_FAIR_PROCS", "0") {
		idle := map[string]time.Duration{}
		for _, m := range mixes {
			b.Run(fmt.Sprintf("procs=%d/%s", procs, m.name), func(b *testing.B) {
				address, _ := run(b, binary, dir, procs)
				light(b, address, time.Second/2)
				for b.Loop() {
					stop := hogs(address, m.workers)
					if m.workers != nil {
						light(b, address, time.Second/2) // until all have begun
					}
					took := light(b, address, seconds)
					stop()
					for name, list := range took {
						p99 := list[len(list)*99/100]
						if m.workers == nil {
							idle[name] = p99
						}
						b.ReportMetric(milliseconds(list[len(list)/2]), name+"-p50-ms")
						b.ReportMetric(milliseconds(p99), name+"-p99-ms")
						b.ReportMetric(milliseconds(p99-idle[name]), name+"-over-idle-ms")
						b.ReportMetric(milliseconds(list[len(list)-1]), name+"-max-ms")
					}
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkProcessors is what a higher GOMAXPROCS costs: requests a second of the real binary, and its CPU time for each, in turn with the
// first of the list. On a busy machine only the CPU time means something: more threads get a larger share of it.
//
//	go test -run xxx -bench Processors -benchtime 10x ./test/bench
//
// BINDERY_FAIR_PROCS=2,4,8 is the list.
func BenchmarkProcessors(b *testing.B) {
	list := numbers(b, "BINDERY_FAIR_PROCS", "2,4,8")
	binary, dir := command(b), fairFolder(b)
	addresses, pids := make([]string, len(list)), make([]int, len(list))
	for i, procs := range list {
		addresses[i], pids[i] = run(b, binary, dir, procs)
	}
	for _, name := range []string{"hello", "gateway"} {
		b.Run(name, func(b *testing.B) {
			const each = 100
			spent := make([]time.Duration, len(list))
			before := make([]time.Duration, len(list))
			for i, a := range addresses {
				press(b, a, name, each)
				before[i] = used(b, pids[i])
			}
			for b.Loop() {
				for i, a := range addresses {
					spent[i] += press(b, a, name, each)
				}
			}
			for i, procs := range list {
				n := float64(b.N) * connections * each
				b.ReportMetric(n/spent[i].Seconds(), fmt.Sprintf("req/s-at-%d", procs))
				b.ReportMetric(float64((used(b, pids[i])-before[i]).Microseconds())/n, fmt.Sprintf("cpu-us/req-at-%d", procs))
				b.ReportMetric(spent[0].Seconds()/spent[i].Seconds(), fmt.Sprintf("ratio-at-%d", procs))
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// press sends n requests over each of the connections and takes the time.
func press(b *testing.B, address, worker string, n int) time.Duration {
	b.Helper()
	request := []byte("GET / HTTP/1.1\r\nHost: " + worker + ".test\r\nUser-Agent: bench\r\nAccept: */*\r\nX-Custom-Token: s3cret\r\n\r\n")
	var wg sync.WaitGroup
	began := time.Now()
	for range connections {
		wg.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			in := bufio.NewReader(conn)
			for range n {
				if _, err := conn.Write(request); err != nil {
					b.Error(err)
					return
				}
				if err := skipResponse(in); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}
