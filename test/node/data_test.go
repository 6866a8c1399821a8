package node_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// exitData is the exit code of a node that can't use its data directory.
const exitData = 8

func TestTwoNodesOnOneDirectory(t *testing.T) {
	n := newNode(t)
	two := &node{t: t, dir: n.dir, home: n.home}
	two.launch()
	if code := two.exit(); code != exitData || !strings.Contains(two.out.String(), fmt.Sprintf("process %d", n.file.PID)) {
		t.Fatalf("exit code %d:\n%s", code, two.out)
	}
	n.deploy("v1")
	n.want("/", said("v1"))
}

// refuses starts the node and wants it to refuse, with these words.
func (n *node) refuses(words string) {
	n.t.Helper()
	n.launch()
	if code := n.exit(); code != exitData || !regexp.MustCompile(words).MatchString(n.out.String()) {
		n.t.Fatalf("exit code %d, want %d and %q:\n%s", code, exitData, words, n.out)
	}
}

func TestPartsOfAnotherCluster(t *testing.T) {
	one, two := newNode(t), newNode(t)
	one.deploy("v1")
	two.deploy("v1")
	one.stop()
	two.stop()
	swap := func(part string) {
		t.Helper()
		a, b := filepath.Join(one.dir, part), filepath.Join(two.dir, part)
		for _, move := range [][2]string{{a, a + ".x"}, {b, a}, {a + ".x", b}} {
			if err := os.Rename(move[0], move[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	swap("ca")
	one.refuses("is that of cluster .*, and the authority in it is of cluster")
	swap("ca")
	swap("raft")
	one.refuses("the state in it is of cluster")
	swap("raft")
	if err := os.Rename(filepath.Join(one.dir, "sealing.key"), filepath.Join(one.dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	one.refuses("sealing.key can't be used: without it the cluster's secrets can't be opened")
	if err := os.Rename(filepath.Join(one.dir, "elsewhere"), filepath.Join(one.dir, "sealing.key")); err != nil {
		t.Fatal(err)
	}
	one.start()
	one.want("/", said("v1"))
}

// change rewrites a file.
func change(t testing.TB, path string, f func(b []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever is damaged of the replicated state while the node is dead, the node starts with all that was acknowledged, or refuses and says what to do;
// what serves is not touched.
func TestDamagedState(t *testing.T) {
	in := func(text string) func(b []byte) int { // a place in the last release
		return func(b []byte) int { return strings.LastIndex(string(b), text) }
	}
	for _, c := range []struct {
		name   string
		file   string // below raft
		damage func(b []byte) []byte
		says   string // "" if nothing is lost
	}{
		{"a flipped bit in the log", "log/*.wal", func(b []byte) []byte { b[in("v2")(b)] ^= 1; return b }, "raft log in .* is damaged at entry"},
		{"a flipped bit in the log's first entry", "log/*.wal", func(b []byte) []byte { b[80] ^= 1; return b }, "raft log in .* is damaged"},
		{"a log cut off within its last entry", "log/*.wal", func(b []byte) []byte { return b[:in("v2")(b)] }, "raft log in .* is damaged at entry"},
		{"a log cut off before its last entry", "log/*.wal", func(b []byte) []byte { return b[:in("v2")(b)-200] }, "raft log in .* is damaged at entry"},
		{"an empty log", "log/*.wal", func([]byte) []byte { return nil }, "raft log in .* is damaged"},
		{"a log without the room that was reserved", "log/*.wal", func(b []byte) []byte { return b[:len(strings.TrimRight(string(b), "\x00"))+8] }, ""},
		{"an entry that was being written", "log/*.wal", func(b []byte) []byte {
			end := len(strings.TrimRight(string(b), "\x00"))
			copy(b[(end+7)/8*8:], "\x01\x00\x00\x00\x40\x00\x00\x00half an entry")
			return b
		}, ""},
		{"a log that is gone", "log/*.wal", nil, "raft log in .* is damaged"},
		{"meta.json", "log/meta.json", func(b []byte) []byte { b[len(b)/2] ^= 4; return b }, "its checksum is wrong"},
		{"meta.json is cut off", "log/meta.json", func(b []byte) []byte { return b[:len(b)/2] }, "its checksum is wrong"},
		{"meta.json is gone", "log/meta.json", nil, "meta.json is missing|raft can't be used: it is missing"},
		{"durable", "log/durable", func(b []byte) []byte { clear(b); return b }, "how long it was is not known"},
		{"durable is gone", "log/durable", nil, "how long it was is not known"},
		{"owner", "owner", func(b []byte) []byte { b[3] ^= 1; return b }, "the state in it is of cluster"},
		{"everything", "", nil, "raft can't be used: it is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.deploy("v1")
			n.deploy("v2")
			n.kill() // the data plane serves on
			paths, _ := filepath.Glob(filepath.Join(n.dir, "raft", c.file))
			if len(paths) == 0 {
				t.Fatalf("there is no %s", c.file)
			}
			if path := paths[len(paths)-1]; c.damage != nil {
				change(t, path, c.damage)
			} else if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if c.says != "" {
				n.refuses(c.says)
				if !strings.Contains(n.out.String(), "hint: ") || !strings.Contains(n.out.String(), "from a backup") {
					t.Errorf("it doesn't say what to do:\n%s", n.out)
				}
			} else {
				n.start()
				last, err := n.client().GetRelease(context.Background(), &binderyv1.GetReleaseRequest{})
				if err != nil || last.GetRelease().GetNumber() != 2 {
					t.Fatalf("%v %v", last, err)
				}
				n.deploy("v3")
				n.want("/", said("v3"))
				return
			}
			n.want("/", said("v2"))
		})
	}
}

// Damage to what else is in the directory is mended, or refused with its name.
func TestDamagedDirectory(t *testing.T) {
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	for _, c := range []struct {
		name   string
		file   string
		damage func(b []byte) []byte
		says   string
	}{
		{"identity.json", "identity.json", cut, "identity.json can't be used"},
		{"identity.json is gone", "identity.json", nil, "identity.json can't be used: it is missing"},
		{"ca.crt", "ca/ca.crt", cut, "ca can't be used"},
		{"ca.key", "ca/ca.key", cut, "ca can't be used"},
		{"ca is gone", "ca", nil, "ca can't be used: it is missing"},
		{"sealing.key, another one", "sealing.key", flip, "sealing.key can't be used"},
		{"sealing.key", "sealing.key", cut, "sealing.key can't be used"},
		{"node.crt", "certs/node.crt", flip, ""},
		{"node.key", "certs/node.key", cut, ""},
		{"context.json", "context.json", cut, ""},
		{"assignments", "dataplane/assignments", flip, ""},
		{"the key of assignments", "dataplane/key", flip, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.deploy("v1")
			if _, err := n.client().PutSecret(context.Background(), &binderyv1.PutSecretRequest{RequestId: "s", Worker: "a", Name: "S", Value: []byte("x")}); err != nil {
				t.Fatal(err)
			}
			n.kill()
			defer func(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }(n.file.DataPlanePID) // node.json may not tell
			if path := filepath.Join(n.dir, c.file); c.damage != nil {
				change(t, path, c.damage)
			} else if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if c.says != "" {
				n.refuses(c.says)
				return
			}
			n.start()
			n.deploy("v2")
			n.want("/", said("v2"))
		})
	}
}

// A node that finds no leader's word of its Workers has its own: bundles that are damaged are set aside and told.
func TestDamagedBundle(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	n.want("/", said("v1"))
	n.stop()
	err := filepath.WalkDir(filepath.Join(n.dir, "bundles"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			change(t, path, func(b []byte) []byte {
				b[len(b)/2] ^= 1
				return b
			})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n.start()
	if code, body, err := n.get("/"); err != nil || code != 500 {
		t.Fatalf("%d %q %v", code, body, err)
	}
	if made := n.deploy("v2"); made.GetNumber() != 2 {
		t.Fatal(made)
	}
	n.want("/", said("v2"))
}

// On a full disk nothing is changed, with an error that says so, and what is served goes on.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: the test needs root, for a small file system")
	}
	mount := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=32m", "bindery-test", mount).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no small file system can be had: %v\n%s", err, out)
	}
	n := &node{t: t, dir: filepath.Join(mount, "n"), home: t.TempDir()}
	t.Cleanup(func() {
		n.end()
		if out, err := exec.Command("umount", "-l", mount).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	n.start()
	n.deploy("v1")
	n.want("/", said("v1"))
	filler := filepath.Join(mount, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); err == nil; {
		_, err = f.Write(block)
	}
	r, content := chain("v2")
	_, err = n.impatient(-1).Deploy(context.Background(), r, content, nil)
	if status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "full") {
		t.Fatalf("got %v", err)
	}
	n.want("/", said("v1"))
	st, err := n.client().Cluster.GetStatus(context.Background(), &binderyv1.GetStatusRequest{})
	if err != nil || len(st.GetTroubles()) == 0 || !strings.Contains(st.GetTroubles()[0], "full") {
		t.Fatalf("%v %v", st, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if _, err := n.client().Deploy(context.Background(), r, content, nil); err != nil {
		t.Fatal(err)
	}
	n.want("/", said("v2"))
}
