package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/daemon"
	"github.com/bindery/bindery/node/dataplane"
)

var rewrite = flag.Bool("rewrite", false, "update the golden files of the scripts")

func TestMain(m *testing.M) {
	if compiler.Main() || dataplane.Main(hooks()) {
		return
	}
	testscript.Main(m, map[string]func(){"bindery": main})
}

// TestScripts runs testdata/script. Beside testscript's own commands there are:
//
//	serve ARG...                    starts bindery dev --port 0 ARG... and waits until it serves; its port is $PORT then
//	node ARG...                     starts bindery node --data data ARG... on free ports and waits until it is ready; its HTTP port is $PORT then
//	get HOST/PATH STATUS [REGEXP] [HEADER: VALUE ...]
//	                                requests a path of the server, with that Host (PORT is the server's); wants that status and body
//	output REGEXP                   waits for a line of output, after the one that the last such wait was for
//	shutdown [SIGNAL...] [CODE]           ends the server by SIGTERM, or by these signals, wants code 0 or CODE, and writes the file output
//	write FILE TEXT                 replaces a file at once, as an editor does
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *rewrite,
		Setup: func(e *testscript.Env) error {
			s := &scriptServer{}
			e.Values[serverKey{}] = s
			e.Defer(s.kill)
			e.Setenv("NO_COLOR", "1")
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, ".config"))
			examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
			e.Setenv("EXAMPLES", examples)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"serve": func(ts *testscript.TestScript, _ bool, args []string) { serverOf(ts).start(ts, args) },
			"node":  func(ts *testscript.TestScript, _ bool, args []string) { serverOf(ts).startNode(ts, args) },
			"get":   func(ts *testscript.TestScript, _ bool, args []string) { serverOf(ts).get(ts, args) },
			"output": func(ts *testscript.TestScript, _ bool, args []string) {
				serverOf(ts).await(ts, regexp.MustCompile(args[0]))
			},
			"shutdown": func(ts *testscript.TestScript, _ bool, args []string) { serverOf(ts).shutdown(ts, args) },
			"write": func(ts *testscript.TestScript, _ bool, args []string) {
				path := ts.MkAbs(args[0])
				ts.Check(os.WriteFile(path+".tmp", []byte(strings.ReplaceAll(args[1], `\n`, "\n")), 0o666))
				ts.Check(os.Rename(path+".tmp", path))
			},
		},
	})
}

type serverKey struct{}

func serverOf(ts *testscript.TestScript) *scriptServer { return ts.Value(serverKey{}).(*scriptServer) }

// scriptServer is a running bindery dev.
type scriptServer struct {
	cmd  *exec.Cmd
	port string
	read chan struct{} // closed at the end of its output

	mu    sync.Mutex
	lines []string      // guarded by mu
	grew  chan struct{} // guarded by mu: closed and replaced when lines grow
	seen  int           // lines that await has passed
}

func (s *scriptServer) start(ts *testscript.TestScript, args []string) {
	s.run(ts, append([]string{"dev", "--port", "0"}, args...), `http://localhost:(\d+)`)
}

func (s *scriptServer) startNode(ts *testscript.TestScript, args []string) {
	s.kill()
	free := []string{"node", "--data", "data", "--name", "n1"}
	for _, port := range []string{"--http", "--cluster", "--peer", "--gossip"} {
		free = append(free, port, "127.0.0.1:0")
	}
	s.run(ts, append(free, args...), `Workers +http://localhost:(\d+)`)
}

// run starts the program and waits until it says its port.
func (s *scriptServer) run(ts *testscript.TestScript, args []string, says string) {
	binary := filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], "bindery")
	*s = scriptServer{grew: make(chan struct{}), read: make(chan struct{})}
	s.cmd = exec.Command(binary, args...)
	s.cmd.Dir = ts.MkAbs(".")
	s.cmd.Env = append(os.Environ(), "NO_COLOR=1", "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"))
	out, w, err := os.Pipe()
	ts.Check(err)
	s.cmd.Stdout, s.cmd.Stderr = w, w
	ts.Check(s.cmd.Start())
	ts.Check(w.Close())
	go func() {
		defer close(s.read)
		defer out.Close()
		for in := bufio.NewScanner(out); in.Scan(); {
			s.mu.Lock()
			s.lines = append(s.lines, in.Text())
			close(s.grew)
			s.grew = make(chan struct{})
			s.mu.Unlock()
		}
	}()
	s.port = s.await(ts, regexp.MustCompile(says))[1]
	s.seen = 0
	ts.Setenv("PORT", s.port)
}

// await waits for a line that was not waited for yet.
func (s *scriptServer) await(ts *testscript.TestScript, match *regexp.Regexp) []string {
	deadline := time.After(20 * time.Second)
	ended := false
	for {
		s.mu.Lock()
		lines, grew := s.lines, s.grew
		s.mu.Unlock()
		for i := s.seen; i < len(lines); i++ {
			if m := match.FindStringSubmatch(lines[i]); m != nil {
				s.seen = i + 1
				return m
			}
		}
		if ended {
			ts.Fatalf("the server ended without a line like %s:\n%s", match, strings.Join(lines, "\n"))
		}
		select {
		case <-grew:
		case <-s.read:
			ended = true
		case <-deadline:
			ts.Fatalf("no line like %s within 20 s:\n%s", match, strings.Join(lines, "\n"))
		}
	}
}

func (s *scriptServer) get(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: get HOST/PATH STATUS [REGEXP] [HEADER: VALUE ...]")
	}
	host, path, _ := strings.Cut(args[0], "/")
	req, err := http.NewRequest("GET", "http://127.0.0.1:"+s.port+"/"+path, nil)
	ts.Check(err)
	req.Host = strings.ReplaceAll(host, "PORT", s.port)
	for _, h := range args[min(3, len(args)):] {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Logf("%d %s", resp.StatusCode, b)
	if fmt.Sprint(resp.StatusCode) != args[1] {
		ts.Fatalf("status %d, want %s", resp.StatusCode, args[1])
	}
	if len(args) > 2 && !regexp.MustCompile("^(?s:"+args[2]+")$").Match(b) {
		ts.Fatalf("body %q is not like %s", b, args[2])
	}
}

var signals0 = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}

func (s *scriptServer) shutdown(ts *testscript.TestScript, args []string) {
	if len(args) == 0 {
		args = []string{"TERM"}
	}
	want := 0
	for _, a := range args {
		if code, err := strconv.Atoi(a); err == nil {
			want = code
			continue
		}
		ts.Check(s.cmd.Process.Signal(signals0[a]))
		s.await(ts, regexp.MustCompile(`^Stopping|"type":"stopping"`))
		s.seen = 0
	}
	<-s.read
	_ = s.cmd.Wait()
	if code := s.cmd.ProcessState.ExitCode(); code != want {
		ts.Fatalf("exit code %d, want %d:\n%s", code, want, strings.Join(s.lines, "\n"))
	}
	s.cmd = nil
	ts.Check(os.WriteFile(ts.MkAbs("output"), []byte(strings.Join(s.lines, "\n")+"\n"), 0o666))
}

// kill ends a server that a script has left running, and a node's data plane, which outlives its control process.
func (s *scriptServer) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	var node daemon.File
	if b, err := os.ReadFile(filepath.Join(s.cmd.Dir, "data", "node.json")); err == nil && json.Unmarshal(b, &node) == nil && node.DataPlanePID > 0 {
		_ = syscall.Kill(node.DataPlanePID, syscall.SIGKILL)
	}
	<-s.read
	_ = s.cmd.Wait()
}
