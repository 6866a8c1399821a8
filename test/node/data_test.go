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
	one.launch()
	if code := one.exit(); code != exitData || !strings.Contains(one.out.String(), "the state in it is of cluster") {
		t.Fatalf("exit code %d:\n%s", code, one.out)
	}
	swap("raft")
	if err := os.Rename(filepath.Join(one.dir, "sealing.key"), filepath.Join(one.dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	one.launch()
	if code := one.exit(); code == 0 || !strings.Contains(one.out.String(), "restore it from a backup") {
		t.Fatalf("exit code %d:\n%s", code, one.out)
	}
	if err := os.Rename(filepath.Join(one.dir, "elsewhere"), filepath.Join(one.dir, "sealing.key")); err != nil {
		t.Fatal(err)
	}
	one.start()
	one.want("/", said("v1"))
}

// segment is the file of the log that has entries.
func (n *node) segment() string {
	n.t.Helper()
	files, _ := filepath.Glob(filepath.Join(n.dir, "raft", "log", "*.wal"))
	if len(files) == 0 {
		n.t.Fatal("the log has no file")
	}
	return files[len(files)-1]
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

// A log that has lost or changed what was acknowledged is refused, with its place; what serves is not touched.
func TestDamagedLog(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"a flipped bit", func(b []byte) []byte {
			i := strings.Index(string(b), "v2") // in the last release
			b[i] ^= 1
			return b
		}},
		{"cut in the middle", func(b []byte) []byte { return b[:strings.Index(string(b), "v2")-200] }},
		{"cut to nothing", func([]byte) []byte { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.deploy("v1")
			n.deploy("v2")
			n.kill() // the data plane serves on
			change(t, n.segment(), c.damage)
			n.refuses("raft log in .* is damaged at entry")
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
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=200m", "bindery-test", mount).CombinedOutput(); err != nil {
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
