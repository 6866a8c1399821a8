package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// echoSource answers with all that it sees of a request.
const echoSource = `export default { async fetch(request) {
	const url = new URL(request.url);
	if (url.pathname === "/ignore") return new Response("ignored");
	const body = await request.text();
	const names = [...request.headers.keys()].filter(n => n.startsWith("x-t"));
	return new Response([request.method, url.pathname + url.search, body.length, body.slice(0, 20), names.join()].join("|") + "\n");
} }`

// dialServer opens a connection to a server of echoSource.
func dialServer(t *testing.T, d *dev) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// receive reads one response.
func receive(t *testing.T, r *bufio.Reader, method string) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("read response: %v", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return resp, string(b)
}

// HTTP/1 as bytes: what clients other than Go's may send.
func TestWire(t *testing.T) {
	d := start(t, project(t, map[string]string{
		"wrangler.toml": "name = \"wire\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"\n",
		"i.js":          echoSource,
	}))
	tests := []struct {
		name, request string
		status        int
		body          string // exact, unless empty
	}{
		{"plain", "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "GET|/a?b=c|0||\n"},
		{"lower-case header", "GET / HTTP/1.1\r\nhost: localhost\r\nx-t1: a\r\nX-T2: b\r\n\r\n", 200, "GET|/|0||x-t1,x-t2\n"},
		{"chunked, no length", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n", 200, "POST|/|5|abcde|\n"},
		{"chunked with a trailer", "POST / HTTP/1.1\r\nHost: localhost\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: y\r\n\r\n", 200, "POST|/|1|a|\n"},
		{"absolute form", "GET http://localhost/abs HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "GET|/abs|0||\n"},
		{"unusual method", "PURGE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "PURGE|/|0||\n"},
		{"a GET with a body", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 200, ""},
		{"many dots and slashes", "GET //a/../b/./c HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "GET|//b/c|0||\n"},
		{"raw bytes in the target", "GET /\xc3\xbc HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "GET|/%C3%BC|0||\n"},
		{"a bad escape in the query", "GET /?%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "GET|/?%zz|0||\n"},
		// Cloudflare lets this one through; net/http doesn't.
		{"a bad escape in the path", "GET /100% HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, ""},
		{"HTTP/1.0", "GET /ten HTTP/1.0\r\nHost: localhost\r\n\r\n", 200, "GET|/ten|0||\n"},
		{"HTTP/1.0 without Host", "GET /ten HTTP/1.0\r\n\r\n", 200, ""},
		{"HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", 400, ""},
		{"two Hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n", 400, ""},
		{"length and chunked", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "POST|/|0||\n"},
		{"two lengths", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, ""},
		{"CONNECT", "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n", 0, ""},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 0, ""},
		{"no HTTP at all", "hello\r\n\r\n", 400, ""},
		{"headers of 40 KB", "GET / HTTP/1.1\r\nHost: localhost\r\nX-T: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", 200, "GET|/|0||x-t\n"},
		{"headers of 2 MB", "GET / HTTP/1.1\r\nHost: localhost\r\nX-T: " + strings.Repeat("a", 2<<20) + "\r\n\r\n", 431, ""},
		{"WebSocket", "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 200, "GET|/|0||\n"},
		{"h2c upgrade", "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", 200, "GET|/|0||\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, r := dialServer(t, d)
			go func() { _, _ = io.WriteString(conn, tt.request) }() // the server may answer before it has read all
			method, _, _ := strings.Cut(tt.request, " ")
			resp, body := receive(t, r, method)
			if tt.status != 0 && resp.StatusCode != tt.status || tt.body != "" && body != tt.body {
				t.Errorf("got %d %q, want %d %q", resp.StatusCode, body, tt.status, tt.body)
			}
			if tt.status == 0 && resp.StatusCode >= 500 {
				t.Errorf("got %d %q", resp.StatusCode, body)
			}
		})
	}

	t.Run("pipelined", func(t *testing.T) {
		conn, r := dialServer(t, d)
		var all strings.Builder
		for i := range 20 {
			fmt.Fprintf(&all, "POST /%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n%02d", i, i)
		}
		send(t, conn, all.String())
		for i := range 20 {
			if _, body := receive(t, r, "POST"); body != fmt.Sprintf("POST|/%d|2|%02d|\n", i, i) {
				t.Fatalf("answer %d is %q", i, body)
			}
		}
	})

	t.Run("kept alive past an unread body", func(t *testing.T) {
		conn, r := dialServer(t, d)
		send(t, conn, "POST /ignore HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabcde")
		if _, body := receive(t, r, "POST"); body != "ignored" {
			t.Fatalf("got %q", body)
		}
		send(t, conn, "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if _, body := receive(t, r, "GET"); body != "GET|/next|0||\n" {
			t.Fatalf("got %q", body)
		}
	})

	t.Run("HTTP/1.0 closes", func(t *testing.T) {
		conn, r := dialServer(t, d)
		send(t, conn, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
		receive(t, r, "GET")
		if _, err := r.ReadByte(); err != io.EOF {
			t.Errorf("got %v, want EOF", err)
		}
	})

	t.Run("100-continue", func(t *testing.T) {
		conn, r := dialServer(t, d)
		send(t, conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
		if resp, _ := receive(t, r, "POST"); resp.StatusCode != 100 {
			t.Fatalf("got %d, want 100", resp.StatusCode)
		}
		send(t, conn, "body")
		if _, body := receive(t, r, "POST"); body != "POST|/|4|body|\n" {
			t.Errorf("got %q", body)
		}
	})

	t.Run("100-continue that nobody reads", func(t *testing.T) {
		conn, r := dialServer(t, d)
		send(t, conn, "POST /ignore HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
		if resp, body := receive(t, r, "POST"); resp.StatusCode != 200 || body != "ignored" {
			t.Errorf("got %d %q", resp.StatusCode, body)
		}
	})

	t.Run("a body cut short", func(t *testing.T) {
		conn, _ := dialServer(t, d)
		send(t, conn, "POST /cut HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		d.says(`"path":"/cut"`) // it ends, whatever it answers
	})
}
