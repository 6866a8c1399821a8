package node_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hashes differ from cluster to cluster where a secret is in them.
var hashes = regexp.MustCompile(`\b[0-9a-f]{8}\b`)

// What README.md says of a cluster of one is what a reader gets, command by command. Where port 8080 is taken, another takes its place.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## A cluster of one\n")
	if !ok {
		t.Fatal("README.md has no section on a cluster of one")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	if l, err := net.Listen("tcp", ":8080"); err != nil {
		section = strings.ReplaceAll(section, "8080", freePort(t))
	} else {
		_ = l.Close()
	}
	n := &node{t: t, home: t.TempDir()}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	n.dir = filepath.Join(work, "n1")
	if err := os.Symlink(filepath.Join(root, "examples"), filepath.Join(work, "examples")); err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	program, err := filepath.Abs(binary)
	if err == nil {
		err = os.Symlink(program, filepath.Join(path, "bindery")) // whatever its name is
	}
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "XDG_CONFIG_HOME="+n.home, "NO_COLOR=1", "PATH="+path+":"+os.Getenv("PATH"))
	t.Cleanup(n.end)
	commands := 0
	for i, fenced := range strings.Split(section, "```") {
		if i%2 == 0 {
			continue
		}
		for _, part := range strings.Split(fenced, "\n$ ")[1:] {
			command, want, _ := strings.Cut(part, "\n")
			want = strings.TrimRight(want, "\n")
			commands++
			if line, ok := strings.CutSuffix(command, " &"); ok {
				n.out = &output{}
				n.cmd = exec.Command("sh", "-c", "exec "+line)
				n.cmd.Dir, n.cmd.Env, n.cmd.Stdout, n.cmd.Stderr, n.cmd.WaitDelay = work, env, n.out, n.out, time.Second
				if err := n.cmd.Start(); err != nil {
					t.Fatal(err)
				}
				for deadline := time.Now().Add(patience); !strings.Contains(n.out.String(), want); pause() {
					if time.Now().After(deadline) {
						t.Fatalf("%s\nsays\n%s\nREADME.md says\n%s", command, n.out, want)
					}
				}
				continue
			}
			cmd := exec.Command("sh", "-c", command)
			cmd.Dir, cmd.Env = work, env
			var errs bytes.Buffer
			cmd.Stderr = &errs
			got, err := cmd.Output()
			if masked(string(got)) != masked(want) || err != nil {
				t.Errorf("%s\ngives (%v)\n%s%s\nREADME.md says\n%s", command, err, got, &errs, want)
			}
		}
	}
	if commands != 4 {
		t.Errorf("%d commands: want three, and one that asks", commands)
	}
	_ = n.cmd.Process.Signal(syscall.SIGTERM)
	if code := n.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func masked(s string) string {
	return hashes.ReplaceAllString(strings.TrimRight(s, "\n"), "xxxxxxxx")
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
