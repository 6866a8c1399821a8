package compiler

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/google/go-cmp/cmp"

	"github.com/bindery/bindery/runtime/bundle"
)

func TestFrames(t *testing.T) {
	var b bytes.Buffer
	for _, n := range []int{0, 1, 1 << 10, 1<<10 + 1, 1 << 20} {
		payload := bytes.Repeat([]byte{'x'}, n)
		if err := writeFrame(&b, kindReply, payload); err != nil {
			t.Fatal(err)
		}
		k, got, err := readFrame(&b)
		if err != nil || k != kindReply || !bytes.Equal(got, payload) {
			t.Errorf("%d bytes: got %c, %d bytes, %v", n, k, len(got), err)
		}
	}
	for _, tt := range []struct {
		in   string
		want error
	}{
		{"", io.EOF},
		{"\x00\x00", io.ErrUnexpectedEOF},
		{"\x00\x00\x00\x05axx", io.ErrUnexpectedEOF},
		{"\x00\x00\x00\x00a", errFrame},
		{"\xff\xff\xff\xffa", errFrame},
		{"\x08\x00\x00\x00a", io.ErrUnexpectedEOF}, // 128 MB that aren't there
	} {
		if _, _, err := readFrame(strings.NewReader(tt.in)); !errors.Is(err, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.in, err, tt.want)
		}
	}
	if err := writeFrame(io.Discard, kindReply, make([]byte, maxFrame)); err == nil {
		t.Error("a frame that is too large is written")
	}
}

func FuzzReply(f *testing.F) {
	for _, r := range []*reply{
		{},
		{Bundle: &bundle.Bundle{Name: "i.js", Code: []byte("1")}, Inputs: []string{"i.js"}, CPU: 1},
		{Fault: &fault{Stage: stageLower, Messages: []api.Message{{Text: "x", Location: &api.Location{Line: 1}}}}},
	} {
		b, err := encode(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var frame bytes.Buffer
		if err := writeFrame(&frame, kindReply, b); err != nil {
			t.Fatal(err)
		}
		_, got, err := readFrame(&frame)
		if err != nil || !bytes.Equal(got, b) {
			t.Fatalf("got %q, %v", got, err)
		}
		var r reply
		if decode(got, &r) == nil && r.Fault != nil && r.error() == nil {
			t.Error("a fault that is no error")
		}
	})
}

// gob drops pointers to false and empty lists.
func TestOptionsCross(t *testing.T) {
	yes, no := true, false
	for _, o := range []bundle.Options{
		{},
		{
			Dir: "/w", Entry: "i\xff.js", Define: map[string]string{"A": "1"}, Conditions: []string{"x"}, Minify: true,
			Rules: []bundle.Rule{{Type: "Text", Globs: []string{"*.a"}, Fallthrough: &yes}, {Type: "Data", Fallthrough: &no}, {Type: "Text"}},
		},
		{Conditions: []string{}},
	} {
		b, err := encode(request{Options: toOptions(o)})
		if err != nil {
			t.Fatal(err)
		}
		var r request
		if err := decode(b, &r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o, r.Options.bundle()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestMessagesAreBounded(t *testing.T) {
	long := strings.Repeat("é", 1<<20)
	message := func(column int) api.Message {
		return api.Message{Text: "x", Location: &api.Location{Line: 1, Column: column, Length: 1 << 20, LineText: long}, Detail: io.EOF}
	}
	got := bounded([]api.Message{message(10), message(1 << 20)})
	if at := got[0].Location; len(at.LineText) > maxLine || at.Column != 10 || at.Column+at.Length > len(at.LineText) || got[0].Detail != nil {
		t.Errorf("got %+v", got[0])
	}
	if at := got[1].Location; at.LineText != "" || at.Column != 1<<20 {
		t.Errorf("got %+v", at)
	}
	many := bounded(make([]api.Message, 1000))
	if len(many) != maxMessages+1 || many[maxMessages].Text != "and 900 more" {
		t.Errorf("got %d, the last is %q", len(many), many[len(many)-1].Text)
	}
	if text := strings.Join(api.FormatMessages(got, api.FormatMessagesOptions{}), ""); len(text) > 64<<10 {
		t.Errorf("%d bytes are shown", len(text))
	}
}
