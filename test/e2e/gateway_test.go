package e2e_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const gateway = "../../examples/gateway"

// token reads the example's secret as a user would.
func token(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(gateway, "auth", ".dev.vars"))
	if err != nil {
		t.Fatal(err)
	}
	_, v, ok := strings.Cut(strings.TrimSpace(string(b)), "SECRET_TOKEN=")
	if !ok {
		t.Fatalf("no SECRET_TOKEN in %q", b)
	}
	return strings.Trim(v, `"'`)
}

func TestGateway(t *testing.T) {
	d := start(t, gateway)
	tests := []struct {
		name    string
		path    string
		headers []string
		status  int
		body    string // exact, unless empty
	}{
		{"no token", "/", nil, 403, "x-custom-token does not match, request not allowed"},
		{"wrong token", "/any/path?q=1", []string{"x-custom-token", "wrong"}, 403, "x-custom-token does not match, request not allowed"},
		{"right token", "/", []string{"x-custom-token", token(t)}, 200, ""},
		{"any host is the catch-all's", "/", []string{"Host", "shop.example.com", "x-custom-token", token(t)}, 200, ""},
		{"auth by name", "/", []string{"Host", "auth.localhost"}, 404, ""},
		{"auth by name with a token", "/", []string{"Host", "auth.localhost", "x-custom-token", token(t)}, 404, ""},
		{"application by name", "/", []string{"Host", "application.localhost", "x-custom-token", token(t)}, 404, ""},
		{"gateway by name", "/", []string{"Host", "gateway.localhost", "x-custom-token", token(t)}, 200, ""},
		{"a forwarded host selects nothing", "/", []string{"X-Forwarded-Host", "application.localhost"}, 403, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body := d.get(tt.path, tt.headers...)
			if status != tt.status || tt.body != "" && body != tt.body {
				t.Errorf("got %d %q, want %d %q", status, body, tt.status, tt.body)
			}
		})
	}
}

func TestThousandConcurrentRequests(t *testing.T) {
	d := start(t, gateway)
	d.client.Transport = &http.Transport{MaxIdleConnsPerHost: 1000}
	secret := token(t)
	var wg sync.WaitGroup
	var failed atomic.Int64
	gate := make(chan struct{})
	for i := range 1000 {
		wg.Go(func() {
			<-gate
			want := 403
			headers := []string{"x-custom-token", fmt.Sprint("wrong", i)}
			if i%2 == 0 {
				want, headers[1] = 200, secret
			}
			if status, body, err := d.try("/", headers...); err != nil || status != want {
				if failed.Add(1) < 5 {
					t.Errorf("request %d: %d %q %v, want %d", i, status, body, err, want)
				}
			}
		})
	}
	close(gate)
	wg.Wait()
	if n := failed.Load(); n > 0 {
		t.Errorf("%d of 1000 failed", n)
	}
}

// letters is n bytes of a repeating text, made as they are read.
type letters struct{ n, at int64 }

func (l *letters) Read(p []byte) (int, error) {
	if l.at == l.n {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), l.n-l.at)]
	for i := range p {
		p[i] = 'a' + byte((l.at+int64(i))%26)
	}
	l.at += int64(len(p))
	return len(p), nil
}

// 100 MB through two Workers and back, in flat memory.
func TestStreamsWithFlatMemory(t *testing.T) {
	dir := project(t, map[string]string{
		"front/wrangler.toml": "name = \"front\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\nroutes = [\"*/*\"]\nservices = [{ binding = \"BACK\", service = \"back\" }]\n",
		"front/i.js":          `export default { fetch(request, env) { return env.BACK.fetch(request) } }`,
		"back/wrangler.toml":  "name = \"back\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\n",
		"back/i.js": `export default { async fetch(request) {
			if (new URL(request.url).pathname === "/count") {
				let n = 0;
				for await (const chunk of request.body) n += chunk.byteLength;
				return new Response(String(n));
			}
			return new Response(request.body, { headers: { "x-echo": "1" } });
		} }`,
	})
	d := start(t, dir)
	const size = 100 << 20
	post := func(path string, size int64) (string, [32]byte, int64) {
		req, err := http.NewRequestWithContext(context.Background(), "POST", d.url+path, &letters{n: size})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := d.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		h := sha256.New()
		var first strings.Builder
		n, err := io.Copy(io.MultiWriter(h, &head{&first}), resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return first.String(), [32]byte(h.Sum(nil)), n
	}
	d.get("/")
	before := d.rss()
	want := sha256.New()
	if _, err := io.Copy(want, &letters{n: size}); err != nil {
		t.Fatal(err)
	}
	if _, sum, n := post("/echo", size); n != size || sum != [32]byte(want.Sum(nil)) {
		t.Errorf("echo: %d bytes with another sum, want %d", n, size)
	}
	if text, _, _ := post("/count", size); text != fmt.Sprint(size) {
		t.Errorf("count: got %q, want %d", text, size)
	}
	if grown := d.rss() - before; grown >= 32<<20 {
		t.Errorf("resident memory grew by %d MB, want less than 32", grown>>20)
	}
}

// head keeps the first bytes of what is written.
type head struct{ b *strings.Builder }

func (h *head) Write(p []byte) (int, error) {
	if room := 64 - h.b.Len(); room > 0 {
		h.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// An edit is served soon, and no request fails meanwhile.
func TestReloadUnderLoad(t *testing.T) {
	source := func(n int) string {
		return fmt.Sprintf("import { version } from \"./version.js\";\nexport default { async fetch(request, env) { return new Response(`%d ${version} ` + await (await env.LEAF.fetch(request)).text()) } }", n)
	}
	dir := project(t, map[string]string{
		"root/wrangler.toml": "name = \"root\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\nroutes = [\"*/*\"]\nservices = [{ binding = \"LEAF\", service = \"leaf\" }]\n",
		"root/i.js":          source(0),
		"root/version.js":    `export const version = "v0";`,
		"leaf/wrangler.toml": "name = \"leaf\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\n",
		"leaf/i.js":          `export default { async fetch() { await new Promise(r => setTimeout(r, 5)); return new Response("leaf0") } }`,
	})
	d := start(t, dir)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var served atomic.Int64
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, body, err := d.try("/")
				if err != nil || status != 200 {
					t.Errorf("after %d requests: %d %q %v", served.Load(), status, body, err)
					return
				}
				served.Add(1)
			}
		})
	}
	until := func(want string) {
		t.Helper()
		for range 20_000 {
			if t.Failed() {
				return
			}
			if _, body, err := d.try("/"); err == nil && body == want {
				return
			}
		}
		t.Errorf("never served %q", want)
	}
	until("0 v0 leaf0")
	for n := 1; n <= 5; n++ {
		write(t, filepath.Join(dir, "root/i.js"), source(n))
		until(fmt.Sprintf("%d v0 leaf0", n))
	}
	write(t, filepath.Join(dir, "root/version.js"), `export const version = "v1";`)
	until("5 v1 leaf0")
	write(t, filepath.Join(dir, "leaf/i.js"), `export default { fetch() { return new Response("leaf1") } }`)
	until("5 v1 leaf1")

	// A broken edit: place and excerpt are printed, the last good version goes on.
	write(t, filepath.Join(dir, "leaf/i.js"), "export default {\n  fetch() { return new Response('x' }\n}")
	d.wait(func(line string) bool {
		return strings.Contains(line, "i.js:2:36") || strings.Contains(line, `"line":2`)
	})
	if status, body := d.get("/"); status != 200 || body != "5 v1 leaf1" {
		t.Errorf("beside a broken edit: %d %q", status, body)
	}
	write(t, filepath.Join(dir, "leaf/i.js"), `export default { fetch() { return new Response("leaf2") } }`)
	until("5 v1 leaf2")
	close(stop)
	wg.Wait()
	t.Logf("%d requests served meanwhile", served.Load())
}

// A client that goes away aborts request.signal, also in a bound Worker.
func TestDisconnectAbortsTheSignal(t *testing.T) {
	wrangler := "name = %q\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\n"
	dir := project(t, map[string]string{
		"front/wrangler.toml": fmt.Sprintf(wrangler, "front") + "routes = [\"*/*\"]\nservices = [{ binding = \"BACK\", service = \"back\" }]\n",
		"front/i.js":          `export default { fetch(request, env) { return env.BACK.fetch(request) } }`,
		"back/wrangler.toml":  fmt.Sprintf(wrangler, "back"),
		"back/i.js": `export default { async fetch(request, env, ctx) {
			request.signal.addEventListener("abort", () => console.log("callee aborted"));
			console.log("callee waits");
			ctx.waitUntil(new Promise(r => setTimeout(r, 1000)).then(() => console.log("waitUntil done")));
			await new Promise(r => setTimeout(r, 20000));
			return new Response("late");
		} }`,
	})
	d := start(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", d.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		resp, err := d.client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	d.says("callee waits")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	d.says("callee aborted")
	d.says("waitUntil done")
}

// A private address is refused from Workers, also when reached by a name or a redirect.
func TestFetchRefusesPrivateAddresses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var hits atomic.Int64
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) })}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { srv.Close() })
	dir := project(t, map[string]string{
		"wrangler.toml": "name = \"out\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\n",
		"i.js": `export default { async fetch(request) {
			const url = new URL(request.url).searchParams.get("to");
			try { return new Response("reached " + (await fetch(url)).status) } catch (e) { return new Response(e.name + ": " + e.message) }
		} }`,
	})
	d := start(t, dir)
	port := l.Addr().(*net.TCPAddr).Port
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "10.0.0.1", "169.254.169.254", "[fd00::1]", "[fe80::1]"} {
		_, body := d.get(fmt.Sprintf("/?to=http://%s:%d/", host, port))
		if strings.HasPrefix(body, "reached") || !strings.Contains(body, "must not reach") {
			t.Errorf("%s: %s", host, body)
		}
	}
	if hits.Load() > 0 {
		t.Errorf("the server was reached %d times", hits.Load())
	}
}
