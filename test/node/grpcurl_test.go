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
		path, err := exec.LookPath("grpcurl")
		if err != nil {
			t.Skip("SKIPPED: there is no grpcurl in the PATH and none in GRPCURL: " +
				"go build -modfile=.ci/tools/go.mod -o grpcurl github.com/fullstorydev/grpcurl/cmd/grpcurl")
		}
		grpcurl = path
	}
	if _, err := exec.LookPath("zstd"); err != nil {
		t.Skip("SKIPPED: there is no zstd, in which bundles are compressed")
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
