package node_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// upload sends a header and pieces as they are.
func upload(t *testing.T, cl *client.Client, h *binderyv1.UploadHeader, pieces ...[]byte) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := cl.Upload(ctx)
	if err != nil {
		return err
	}
	if h != nil {
		_ = stream.Send(&binderyv1.UploadRequest{Piece: &binderyv1.UploadRequest_Header{Header: h}})
	}
	for _, p := range pieces {
		_ = stream.Send(&binderyv1.UploadRequest{Piece: &binderyv1.UploadRequest_Data{Data: p}})
	}
	_, err = stream.CloseAndRecv()
	return err
}

func TestBadUploads(t *testing.T) {
	n := newNode(t)
	cl := n.client()
	_, content := script("w", "export default {}")
	hash, sent := bundles.Hash(content), bundles.Compress(content)
	other := bundles.Compress(append([]byte(" "), content...))
	bomb := bundles.Compress(make([]byte, bundles.MaxSize+1))
	header := func(hash string, compressed, size int) *binderyv1.UploadHeader {
		return &binderyv1.UploadHeader{Bundle: hash, CompressedBytes: int64(compressed), Bytes: int64(size)}
	}
	noise := make([]byte, 1000)
	_, _ = rand.Read(noise)
	for _, c := range []struct {
		name   string
		header *binderyv1.UploadHeader
		pieces [][]byte
		want   codes.Code
		says   string
	}{
		{"another content", header(hash, len(other), len(content)), [][]byte{other}, codes.DataLoss, "does not have the content"},
		{"noise", header(hash, len(noise), len(content)), [][]byte{noise}, codes.DataLoss, ""},
		{"it ends early", header(hash, len(sent), len(content)), [][]byte{sent[:len(sent)/2]}, codes.DataLoss, "early"},
		{"it goes on", header(hash, len(sent), len(content)), [][]byte{sent, {0}}, codes.DataLoss, "longer"},
		{"no header", nil, [][]byte{sent}, codes.InvalidArgument, "header"},
		{"no hash", header("../../etc/passwd", len(sent), len(content)), [][]byte{sent}, codes.InvalidArgument, "SHA-256"},
		{"too large, as it says", header(hash, bundles.MaxCompressed+1, len(content)), nil, codes.InvalidArgument, "too large"},
		{"too large, and it doesn't say so", header(bundles.Hash(nil), len(bomb), 1), [][]byte{bomb}, codes.InvalidArgument, "too large"},
		{"sizes below nothing", header(hash, -1, -1), nil, codes.InvalidArgument, "sizes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := upload(t, cl, c.header, c.pieces...)
			if status.Code(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %v with %q", err, c.want, c.says)
			}
			missing, err := cl.FindMissing(context.Background(), &binderyv1.FindMissingRequest{Bundles: []string{hash}})
			if err != nil || len(missing.GetMissing()) != 1 {
				t.Fatalf("it was stored: %v %v", missing, err)
			}
		})
	}
	if err := upload(t, cl, header(hash, len(sent), len(content)), sent[:1], sent[1:]); err != nil {
		t.Fatal(err)
	}
}

func TestBadReleases(t *testing.T) {
	n := newNode(t)
	cl := n.client()
	n.deploy("v1")
	ok := func(name, code string) (*binderyv1.ReleaseRequest, map[string][]byte) {
		u, b := script(name, code)
		return &binderyv1.ReleaseRequest{Workers: []*binderyv1.WorkerUpload{u}}, map[string][]byte{u.GetBundle(): b}
	}
	with := func(code string, change func(*binderyv1.ReleaseRequest)) func() (*binderyv1.ReleaseRequest, map[string][]byte) {
		return func() (*binderyv1.ReleaseRequest, map[string][]byte) {
			r, content := ok("w", code)
			change(r)
			return r, content
		}
	}
	const fine = "export default { fetch() { return new Response() } }"
	code := func(text string) func() (*binderyv1.ReleaseRequest, map[string][]byte) {
		return with(text, func(*binderyv1.ReleaseRequest) {})
	}
	for _, c := range []struct {
		name string
		make func() (*binderyv1.ReleaseRequest, map[string][]byte)
		want string
	}{
		{"no Workers", with(fine, func(r *binderyv1.ReleaseRequest) { r.Workers = nil }), "at least one Worker"},
		{"a bad name", with(fine, func(r *binderyv1.ReleaseRequest) { r.Workers[0].Config.Name = "../x" }), "is no Worker's name"},
		{"keep and overwrite", with(fine, func(r *binderyv1.ReleaseRequest) { r.Keep, r.Overwrite = true, true }), "can't both be set"},
		{"a target that is not there", with(fine, func(r *binderyv1.ReleaseRequest) { binds("x", "nobody")(r.Workers[0].Config) }), `no Worker named "nobody"`},
		{"a route that is taken", with(fine, func(r *binderyv1.ReleaseRequest) { route("*/*")(r.Workers[0].Config) }), `taken by Worker "a"`},
		{"an author with a line break", with(fine, func(r *binderyv1.ReleaseRequest) { r.Author = "x\ny" }), "control characters"},
		{"a syntax error", code("export default {"), "found end of file"},
		{"a top level that throws", code("throw new Error('no way')"), "no way"},
		{"a top level without end", code("for (;;) {}"), "CPU time"},
		{"a top level that takes all memory", code("const a = []; for (;;) a.push(new Array(1e5).fill(a.length))"), "Worker exceeded"},
		{"nested source", code("export default " + strings.Repeat("[", 2_000_000)), "nested"},
		{"no bundle at all", func() (*binderyv1.ReleaseRequest, map[string][]byte) {
			junk := []byte("{}")
			r, _ := ok("w", fine)
			r.Workers[0].Bundle = bundles.Hash(junk)
			return r, map[string][]byte{bundles.Hash(junk): junk}
		}, "no bundle"},
		{"another syntax than the bundle's", with(fine, func(r *binderyv1.ReleaseRequest) { r.Workers[0].Config.ServiceWorker = true }), "syntax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, content := c.make()
			_, err := cl.Deploy(context.Background(), r, content, nil)
			if status.Code(err) != codes.InvalidArgument || !strings.Contains(fmt.Sprint(err, client.Faults(err)), c.want) {
				t.Fatalf("got %v %v, want %q", err, client.Faults(err), c.want)
			}
		})
	}
	last, err := cl.GetRelease(context.Background(), &binderyv1.GetReleaseRequest{})
	if err != nil || last.GetRelease().GetNumber() != 1 {
		t.Fatalf("something was released: %v %v", last, err)
	}
	n.want("/", said("v1"))
}

// A bundle that is too large is refused with the name of its Worker.
func TestOversizedBundle(t *testing.T) {
	n := newNode(t)
	noise := make([]byte, bundles.MaxCompressed)
	_, _ = rand.Read(noise)
	code := "export default { fetch() { return new Response() } }; // " + hex.EncodeToString(noise) + base64.StdEncoding.EncodeToString(noise)
	u, content := script("big", code)
	_, err := n.client().Deploy(context.Background(), &binderyv1.ReleaseRequest{Workers: []*binderyv1.WorkerUpload{u}}, map[string][]byte{u.GetBundle(): content}, nil)
	faults := client.Faults(err)
	if status.Code(err) != codes.InvalidArgument || len(faults) != 1 || faults[0].GetWorker() != "big" || !strings.Contains(faults[0].GetText(), "10 MiB compressed") {
		t.Fatalf("%v %v", err, faults)
	}
}

// Fields that the node does not know are refused, wherever they are.
func TestUnknownFields(t *testing.T) {
	n := newNode(t)
	cl := n.client()
	unknown := protowire.AppendVarint(protowire.AppendTag(nil, 999, protowire.VarintType), 1)
	get := &binderyv1.GetWorkerRequest{Name: "a"}
	get.ProtoReflect().SetUnknown(unknown)
	_, err := cl.GetWorker(context.Background(), get)
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "field 999 of bindery.v1.GetWorkerRequest") {
		t.Fatal(err)
	}
	r, content := chain("v1")
	r.Workers[1].Config.Services[0].ProtoReflect().SetUnknown(unknown)
	_, err = cl.Deploy(context.Background(), r, content, nil)
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "field 999 of bindery.v1.ServiceBinding") {
		t.Fatal(err)
	}
}

// Noise and silence on the ports keep nobody from being served.
func TestNoiseAndSilence(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	for _, addr := range []string{n.file.Cluster, n.file.HTTP} {
		noise := make([]byte, 64<<10)
		_, _ = rand.Read(noise)
		starts := [][]byte{
			noise, []byte("GET / HTTP/1.1\r\n"), []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
			append([]byte{0x16, 3, 1, 0xff, 0xff}, noise[:100]...), // a TLS record that never ends
			bytes.Repeat([]byte("A"), 1<<20),
			{},
		}
		for i := range 60 {
			c, err := net.DialTimeout("tcp", addr, patience)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close() // until the end of the test: slow clients
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = c.Write(starts[i%len(starts)])
		}
	}
	// More handshakes that don't go on than there is room for.
	silent := make([]net.Conn, 600)
	for i := range silent {
		c, err := net.DialTimeout("tcp", n.file.Cluster, patience)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = c.Write([]byte{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3})
		silent[i] = c
	}
	n.want("/", said("v1"))
	if made := n.deploy("v2"); made.GetNumber() != 2 {
		t.Fatal(made)
	}
	n.want("/", said("v2"))
	// They are not waited for without end.
	for _, c := range []net.Conn{silent[0], silent[len(silent)-1]} {
		_ = c.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a handshake that doesn't go on is waited for")
		}
	}
	// Who shows no certificate of the cluster gets no answer.
	c, err := net.Dial("tcp", n.file.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1000)
	got, _ := c.Read(b)
	if strings.Contains(string(b[:got]), "HTTP/1.1 200") {
		t.Fatalf("the cluster's port speaks plain HTTP: %q", b[:got])
	}
}

// What is put into env without a deployment is checked as a deployment is: a top level that fails with it is refused, and nothing changes.
func TestTopLevelIsCheckedWithEnv(t *testing.T) {
	n := newNode(t)
	cl := n.client()
	u, content := script("w", `
		import { env } from "cloudflare:workers";
		if (env.MODE === "bad" || env.SECRET === "bad") throw new Error("not with " + (env.MODE ?? "") + (env.SECRET ?? ""));
		export default { fetch() { return new Response("fine") } }
	`, route("*/*"))
	if _, err := cl.Deploy(context.Background(), &binderyv1.ReleaseRequest{Workers: []*binderyv1.WorkerUpload{u}}, map[string][]byte{u.GetBundle(): content}, nil); err != nil {
		t.Fatal(err)
	}
	n.want("/", "fine")
	put := func(value string) (string, error) {
		r, err := cl.PutSecret(context.Background(), &binderyv1.PutSecretRequest{RequestId: client.NewRequestID(), Worker: "w", Name: "SECRET", Value: []byte(value)})
		return fmt.Sprint(r.GetRelease().GetNumber(), client.Faults(err)), err
	}
	set := func(value string) (string, error) {
		r, err := cl.Configure(context.Background(), &binderyv1.ConfigureRequest{
			RequestId: client.NewRequestID(), Worker: "w", SetVars: []*binderyv1.Var{{Name: "MODE", Value: &binderyv1.Var_Text{Text: value}}},
		})
		return fmt.Sprint(r.GetRelease().GetNumber(), client.Faults(err)), err
	}
	for _, c := range []struct {
		change func(string) (string, error)
		value  string
		want   string
	}{
		{put, "bad", "not with bad"}, {set, "bad", "not with bad"}, {put, "good", "2"}, {set, "good", "3"},
	} {
		got, err := c.change(c.value)
		if bad := c.value == "bad"; bad != (status.Code(err) == codes.FailedPrecondition) || !strings.Contains(got, c.want) {
			t.Errorf("%q: %s %v", c.value, got, err)
		}
	}
	if _, stderr, code := n.run("binding", "set", "w", "--var", "MODE=bad"); code != 5 || !strings.Contains(stderr, `Worker "w": its top-level code failed: Error: not with bad`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	n.want("/", "fine")
}
