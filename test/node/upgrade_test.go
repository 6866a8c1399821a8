package node_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// oldest is a data directory as the first program wrote it: three releases of the chain, a secret, a rollback. TestMakeOldest made it.
// Its keys guard nothing.
const oldest = "testdata/format-1.tar.gz"

// What the oldest program wrote is opened, served, and gone on with.
func TestStateOfTheOldestFormat(t *testing.T) {
	n := &node{t: t, dir: filepath.Join(t.TempDir(), "n"), home: t.TempDir()}
	t.Cleanup(n.end)
	if err := os.Mkdir(n.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("tar", "-xzf", oldest, "-C", n.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	n.start()
	n.want("/", said("v2"))
	cl := n.client()
	list, err := cl.ListReleases(context.Background(), &binderyv1.ListReleasesRequest{})
	if err != nil || len(list.GetReleases()) != 5 || list.GetReleases()[1].GetRollsBack() != 3 {
		t.Fatalf("%v %v", list, err)
	}
	secrets, err := cl.ListSecrets(context.Background(), &binderyv1.ListSecretsRequest{Worker: "c"})
	if err != nil || len(secrets.GetNames()) != 1 {
		t.Fatalf("%v %v", secrets, err)
	}
	if made := n.deploy("v9"); made.GetNumber() != 6 {
		t.Fatal(made)
	}
	n.want("/", said("v9"))
}

// TestMakeOldest writes that archive, where BINDERY_MAKE_OLDEST names a file for it. It was run once, by the program of format 1.
func TestMakeOldest(t *testing.T) {
	path := os.Getenv("BINDERY_MAKE_OLDEST")
	if path == "" {
		t.Skip("SKIPPED: BINDERY_MAKE_OLDEST names no file to write")
	}
	n := newNode(t)
	ctx := context.Background()
	n.deploy("v1")
	n.deploy("v2")
	n.deploy("v3")
	cl := n.client()
	if _, err := cl.Rollback(ctx, &binderyv1.RollbackRequest{RequestId: "r", Number: 3}); err != nil {
		t.Fatal(err)
	}
	if _, err := cl.PutSecret(ctx, &binderyv1.PutSecretRequest{RequestId: "s", Worker: "c", Name: "TOKEN", Value: []byte("swordfish")}); err != nil {
		t.Fatal(err)
	}
	n.want("/", said("v2"))
	n.stop()
	if out, err := exec.Command("tar", "-czf", path, "--exclude=dataplane", "--exclude=lock", "-C", n.dir, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
