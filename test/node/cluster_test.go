package node_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/join"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// token makes a join token, as a user does.
func (n *node) token(args ...string) string {
	n.t.Helper()
	out, errs, code := n.run(append([]string{"token", "create", "--output", "json"}, args...)...)
	var answer struct{ Token string }
	if err := json.Unmarshal([]byte(out), &answer); code != 0 || err != nil || answer.Token == "" {
		n.t.Fatalf("exit code %d, %v\n%s%s", code, err, out, errs)
	}
	return answer.Token
}

// joined starts a node that joins n's cluster.
func (n *node) joined(name, token string) *node {
	n.t.Helper()
	other := &node{t: n.t, dir: filepath.Join(n.t.TempDir(), name), home: n.t.TempDir()}
	n.t.Cleanup(other.end)
	other.start("--name", name, "--join", n.file.Cluster, "--token", token)
	return other
}

// listed gives the nodes' states by name, as a user sees them.
func (n *node) listed() map[string]string {
	n.t.Helper()
	out, errs, code := n.run("node", "list")
	if code != 0 {
		n.t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	states := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n")[1:] {
		fields := strings.Fields(line)
		states[fields[0]] = fields[1]
	}
	return states
}

func TestANodeJoinsAndServes(t *testing.T) {
	first := newNode(t)
	first.deploy("v1")
	second := first.joined("n2", first.token())
	second.want("/", said("v1"))
	if got := first.listed(); got["n1"] != "ready" || got["n2"] != "ready" {
		t.Errorf("the nodes are %v", got)
	}
	// A release is served by both when its command returns.
	first.deploy("v2")
	for _, n := range []*node{first, second} {
		if status, got, err := n.get("/"); err != nil || status != 200 || got != said("v2") {
			t.Errorf("%s serves %d %q, %v", n.dir, status, got, err)
		}
	}
	// Cut off from the servers it serves on, and after a restart, too.
	first.kill()
	second.want("/", said("v2"))
	second.stop()
	second.start("--name", "n2")
	second.want("/", said("v2"))
	// It follows again by itself.
	first.start()
	first.want("/", said("v2"))
	first.becomes("n2", "ready")
	first.deploy("v3")
	second.want("/", said("v3"))
	for _, secret := range []string{"sealing.key", "raft", "ca"} {
		if _, err := os.Stat(filepath.Join(second.dir, secret)); err == nil {
			t.Errorf("a node that joined has %s", secret)
		}
	}
}

// becomes waits for a node's state.
func (n *node) becomes(name, state string) {
	n.t.Helper()
	began := time.Now()
	for n.listed()[name] != state {
		if time.Since(began) > patience {
			n.t.Fatalf("the nodes are %v, and %s does not get %s", n.listed(), name, state)
		}
		pause()
	}
	n.t.Logf("%s is %s after %v", name, state, time.Since(began).Round(10*time.Millisecond))
}

func TestNodesAreMissed(t *testing.T) {
	first := newNode(t)
	first.deploy("v1")
	token := first.token()
	second, third := first.joined("n2", token), first.joined("n3", token)
	first.becomes("n2", "ready")
	first.becomes("n3", "ready")
	second.kill()
	first.becomes("n2", "lost")
	// Its data plane serves on; a release does not wait for it.
	second.want("/", said("v1"))
	if made := first.deploy("v2"); len(made.GetNotes()) > 0 {
		t.Errorf("the release says %q", made.GetNotes())
	}
	third.want("/", said("v2"))
	third.stop()
	first.becomes("n3", "lost")
	second.start("--name", "n2")
	first.becomes("n2", "ready")
	second.want("/", said("v2"))
	// Stopped, and not ended: it can't be told from a node that is cut off.
	if err := second.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	first.becomes("n2", "lost")
	if err := second.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	first.becomes("n2", "ready")
}

// A secret reaches the nodes that serve its Worker, and no file of theirs.
func TestSecretsReachNodesThatJoined(t *testing.T) {
	first := newNode(t)
	const value = "swordfish-4711"
	for _, args := range [][]string{{"secret", "put", "--create", "a", "KEY"}} {
		if _, errs, code := first.runWith(value, args...); code != 0 {
			t.Fatal(errs)
		}
	}
	u, content := script("a", `export default { fetch(r, env) { return new Response(env.KEY) } }`, route("*/*"))
	if _, err := first.client().Deploy(context.Background(), &binderyv1.ReleaseRequest{Workers: []*binderyv1.WorkerUpload{u}},
		map[string][]byte{u.GetBundle(): content}, nil); err != nil {
		t.Fatal(err)
	}
	second := first.joined("n2", first.token())
	second.want("/", value)
	err := filepath.WalkDir(second.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), value) {
			t.Errorf("%s has the secret", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTokensThatLetNobodyIn(t *testing.T) {
	first, other := newNode(t), newNode(t)
	used := first.token("--uses", "1")
	first.joined("n2", used)
	revoked := first.token()
	list, _, _ := first.run("token", "list")
	id := strings.Fields(strings.Split(list, "\n")[1])[0]
	if _, errs, code := first.run("token", "revoke", id); code != 0 {
		t.Fatal(errs)
	}
	good := first.token()
	for _, c := range []struct {
		name, token string
		args        []string
		want        string
		code        int
	}{
		{"n3", used, nil, "is used up", 7},
		{"n3", revoked, nil, "was revoked", 7},
		{"n2", good, nil, "another node is named n2", 7},
		{"n3", other.token(), nil, "another cluster", 7},
		{"n3", good[:len(good)-4], nil, "cut off", 2},
		{"n3", "", nil, "bindery token create", 2},
	} {
		n := &node{t: t, dir: filepath.Join(t.TempDir(), "n"), home: t.TempDir()}
		n.launch(append([]string{"--name", c.name, "--join", first.file.Cluster, "--token", c.token}, c.args...)...)
		if code := n.exit(); code != c.code || !strings.Contains(n.out.String(), c.want) {
			t.Errorf("want %q, got exit code %d:\n%s", c.want, code, n.out)
		}
	}
	// A node that has a cluster of its own stays with it.
	other.kill()
	other.launch("--join", first.file.Cluster, "--token", good)
	if code := other.exit(); code != 2 || !strings.Contains(other.out.String(), "a cluster of its own") {
		t.Errorf("exit code %d:\n%s", code, other.out)
	}
}

// Who has no certificate can ask to be let in and for nothing else.
func TestStrangersCanOnlyJoin(t *testing.T) {
	first := newNode(t)
	token, err := join.Parse(first.token())
	if err != nil {
		t.Fatal(err)
	}
	call := func(config *tls.Config) error {
		conn, err := grpc.NewClient("passthrough:///"+first.file.Cluster, grpc.WithTransportCredentials(&dialled{config}))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = binderyv1.NewClusterServiceClient(conn).GetStatus(ctx, &binderyv1.GetStatusRequest{})
		return err
	}
	for name, c := range map[string]struct {
		protocols []string
		want      codes.Code
	}{
		"as who joins":    {[]string{join.Protocol}, codes.Unimplemented},
		"as a client":     {[]string{"h2"}, codes.Unavailable},
		"as both":         {[]string{"h2", join.Protocol}, codes.Unavailable},
		"as both, turned": {[]string{join.Protocol, "h2"}, codes.Unavailable},
		"as a voter":      {[]string{"bindery-raft/1"}, codes.Unavailable},
	} {
		if err := call(identity.Pinned(token.Authority, nil, c.protocols...)); status.Code(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// dialled is TLS with exactly the settings that it is given.
type dialled struct{ config *tls.Config }

func (d *dialled) ClientHandshake(ctx context.Context, _ string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	c := tls.Client(raw, d.config)
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, nil, err
	}
	return c, credentials.TLSInfo{State: c.ConnectionState(), CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}}, nil
}

func (*dialled) ServerHandshake(net.Conn) (net.Conn, credentials.AuthInfo, error) {
	panic("these are a client's credentials")
}

func (*dialled) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}
func (d *dialled) Clone() credentials.TransportCredentials { return d }
func (*dialled) OverrideServerName(string) error           { return nil }
