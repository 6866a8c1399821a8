package e2e_test

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// block is a fenced block of README.md: commands, each with what it prints.
type block struct {
	command string
	output  string
}

// blocks reads the commands that a reader would type. A command begins with "$ ".
func blocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	development, _, _ := strings.Cut(string(text), "\n## A cluster of one") // test/node runs that section
	var list []block
	for i, fenced := range strings.Split(development, "```") {
		if i%2 == 0 || !strings.HasPrefix(fenced, "\n$ ") {
			continue
		}
		for _, part := range strings.Split(fenced, "\n$ ")[1:] {
			command, output, _ := strings.Cut(part, "\n")
			list = append(list, block{command, strings.TrimRight(output, "\n")})
		}
	}
	return list
}

var (
	took    = regexp.MustCompile(`ready in \d+ ms`)
	address = regexp.MustCompile(`localhost:\d+`)
)

// steady replaces what differs from run to run.
func steady(s string) string {
	return address.ReplaceAllString(took.ReplaceAllString(s, "ready in N ms"), "localhost:8787")
}

// What README.md shows is what a reader gets.
func TestReadme(t *testing.T) {
	list := blocks(t)
	if len(list) < 4 || list[0].command != "go run ./cmd/bindery dev examples/gateway" || list[1].command != "go test ./..." {
		t.Fatalf("the two commands are not the first of README.md: %q", list)
	}
	cmd := exec.Command(binary, "dev", "examples/gateway", "--port", "0")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	in := bufio.NewScanner(out)
	var lines []string
	url := ""
	for in.Scan() {
		lines = append(lines, in.Text())
		if url == "" {
			url = address.FindString(in.Text())
		}
		if strings.Contains(in.Text(), "Ctrl-C") {
			break
		}
	}
	if got, want := steady(strings.Join(lines, "\n")), steady(list[0].output); got != want {
		t.Errorf("bindery dev prints\n%s\nREADME.md says\n%s", got, want)
	}
	for _, b := range list[2:] {
		args, ok := strings.CutPrefix(b.command, "curl ")
		if !ok {
			t.Errorf("the test can't run %q", b.command)
			continue
		}
		req, err := http.NewRequest("GET", "http://"+url+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if header := regexp.MustCompile(`-H '([^:]+): ([^']+)'`).FindStringSubmatch(args); header != nil {
			req.Header.Set(header[1], header[2])
			if header[1] == "Host" {
				req.Host = header[2]
			}
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		body := bufio.NewScanner(resp.Body)
		for body.Scan() {
			got.WriteString(body.Text() + "\n")
		}
		resp.Body.Close()
		if steady(strings.TrimRight(got.String(), "\n")) != b.output {
			t.Errorf("%s\ngives\n%s\nREADME.md says\n%s", b.command, got.String(), b.output)
		}
	}
}
