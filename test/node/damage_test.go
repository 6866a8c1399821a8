package node_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// A Worker whose bundle is damaged is named by the status, the others are served, and it is served again when the same is deployed once more.
func TestDamagedBundleIsDeployedAgain(t *testing.T) {
	n := newNode(t)
	r, content := chain("v1")
	other, code := script("other", `export default { fetch() { return new Response("other") } }`, route("other.test/*"))
	r.Workers = append(r.Workers, other)
	content[other.GetBundle()] = code
	deploy := func() {
		t.Helper()
		if _, err := n.client().Deploy(context.Background(), r, content, nil); err != nil {
			t.Fatal(err)
		}
	}
	deploy()
	n.want("/", said("v1"))
	n.stop()
	var b string
	for _, u := range r.GetWorkers() {
		if u.GetConfig().GetName() == "b" {
			b = u.GetBundle()
		}
	}
	change(t, filepath.Join(n.dir, "bundles", b+".zst"), func(b []byte) []byte {
		b[len(b)/2] ^= 1
		return b
	})
	troubles := func() string {
		t.Helper()
		st, err := n.client().Cluster.GetStatus(context.Background(), &binderyv1.GetStatusRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(st.GetTroubles(), "\n")
	}
	for _, how := range []string{"damaged", "set aside"} {
		n.start()
		if status, body, err := n.get("/"); err != nil || status != 500 {
			t.Fatalf("%s: %d %q %v", how, status, body, err)
		}
		text := troubles()
		for deadline := time.Now().Add(patience); text == "" && time.Now().Before(deadline); text = troubles() {
			pause() // the data plane tells of it when it has answered
		}
		if !strings.Contains(text, "Worker b: ") || !strings.Contains(text, b[:12]) || strings.Contains(text, "other") {
			t.Errorf("%s: the status says %q", how, text)
		}
		if how == "damaged" {
			n.stop()
		}
	}
	if _, err := os.Stat(filepath.Join(n.dir, "bundles", b+".zst.damaged")); err != nil {
		t.Error(err)
	}
	deploy()
	n.want("/", said("v1"))
}
