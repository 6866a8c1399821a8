package node_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A client that was written from the .proto files alone deploys and rolls back. GRPCURL names the command; without it one in the PATH is used.
func TestClientOfTheProtoFilesOnly(t *testing.T) {
	grpcurl := os.Getenv("GRPCURL")
	if grpcurl == "" {
		grpcurl, _ = exec.LookPath("grpcurl")
	}
	ci := os.Getenv("CI") != "" // there nothing is skipped
	if grpcurl == "" && ci {
		out, err := exec.Command("go", "tool", "-modfile=../../.ci/tools/go.mod", "-n", "grpcurl").Output()
		if err != nil {
			t.Fatal(err)
		}
		grpcurl = strings.TrimSpace(string(out))
	}
	_, err := exec.LookPath("zstd")
	switch {
	case grpcurl != "" && err == nil:
	case ci:
		t.Fatal("there is no grpcurl or no zstd")
	default:
		t.Skip("SKIPPED: it needs zstd and grpcurl, in the PATH or in GRPCURL: go tool -modfile=.ci/tools/go.mod -n grpcurl builds one and says where")
	}
	n := newNode(t)
	out, err := exec.Command("sh", "testdata/grpcurl.sh", grpcurl, n.dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	n.want("/", "one")
	for _, want := range []string{`"number": "3"`, `"rollsBack": "2"`, `"status": "SERVING"`, "bindery.v1.DeploymentService", "grpc.reflection.v1.ServerReflection"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("there is no %s in\n%s", want, out)
		}
	}
}
