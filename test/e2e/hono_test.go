package e2e_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"testing"
)

func TestHono(t *testing.T) {
	t.Parallel()
	d := runNPM(t, "testdata/hono")

	// What is streamed arrives while the handler still runs, and a reader that goes away is noticed.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", d.url+"/abort", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(bufio.NewReader(resp.Body), make([]byte, 4096)); err != nil {
		t.Fatalf("read the endless stream: %v", err)
	}
	cancel()
	d.says("stream aborted")
}
