package compiler

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
)

// A frame is its length in 4 bytes, the highest first, its kind in one, and that many bytes less one.

// kind says what a frame holds.
type kind byte

const (
	kindSettings kind = 's' // settings, first to the child
	kindHello    kind = 'h' // the child's identity, first from the child
	kindRequest  kind = 'r' // request
	kindLoaded   kind = 'l' // the path of a file that the child is about to parse
	kindReply    kind = 'a' // reply, which ends a request
)

// maxFrame bounds frames in both directions.
const maxFrame = 128 << 20

// errFrame says that the other side doesn't keep to the form.
var errFrame = errors.New("read frame: malformed")

func writeFrame(w io.Writer, k kind, payload []byte) error {
	if len(payload) >= maxFrame {
		return fmt.Errorf("write frame: %d bytes are more than %d", len(payload), maxFrame)
	}
	head := [5]byte{4: byte(k)}
	binary.BigEndian.PutUint32(head[:], uint32(len(payload)+1))
	first := append(head[:], payload[:min(len(payload), 1<<10)]...) // one call for most
	if _, err := w.Write(first); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	if rest := payload[len(first)-len(head):]; len(rest) > 0 {
		if _, err := w.Write(rest); err != nil {
			return fmt.Errorf("write frame: %w", err)
		}
	}
	return nil
}

// readFrame reads a frame. It takes no more memory than there are bytes, whatever the length says. The error at the end of
// the input is io.EOF.
func readFrame(r io.Reader) (kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[:]))
	if n < 1 || n > maxFrame {
		return 0, nil, errFrame
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, n-1); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, err
	}
	return kind(head[4]), b.Bytes(), nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return nil, fmt.Errorf("encode frame: %w", err)
	}
	return b.Bytes(), nil
}

func decode(b []byte, v any) error {
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(v); err != nil {
		return fmt.Errorf("decode frame: %w", err)
	}
	return nil
}

// settings are what a child is told first.
type settings struct {
	Limits Limits
}

// request asks for one Worker: to build Options, or else to check Bundle, and with Trial to run its top-level code; or it inspects the child.
type request struct {
	Name    string // whose state of the last build is used and kept
	Options *options
	Bundle  *bundle.Bundle
	Trial   *trial
	Forget  []string // names whose state is needed no more
	Inspect bool     // asks for nothing but what earlier requests have left behind
}

// options is bundle.Options in a form that gob carries whole: it can't tell a pointer to false, nor an empty list, from none.
type options struct {
	bundle.Options
	Rules        []rule
	NoConditions bool
}

type rule struct {
	bundle.Rule
	Unset bool // Fallthrough is nil
	Value bool // of Fallthrough
}

func toOptions(o bundle.Options) *options {
	w := &options{NoConditions: o.Conditions != nil && len(o.Conditions) == 0}
	for _, r := range o.Rules {
		wr := rule{Rule: r, Unset: r.Fallthrough == nil}
		if !wr.Unset {
			wr.Value = *r.Fallthrough
		}
		wr.Fallthrough = nil
		w.Rules = append(w.Rules, wr)
	}
	w.Options = o
	w.Options.Rules, w.Options.Loaded = nil, nil
	return w
}

func (w *options) bundle() bundle.Options {
	o := w.Options
	if w.NoConditions {
		o.Conditions = []string{}
	}
	for _, wr := range w.Rules {
		r := wr.Rule
		if !wr.Unset {
			value := wr.Value
			r.Fallthrough = &value
		}
		o.Rules = append(o.Rules, r)
	}
	return o
}

// reply answers a request.
type reply struct {
	Bundle   *bundle.Bundle // what was built; nil for a check, and where there is a Fault
	Inputs   []string
	Warnings []api.Message // of bundling; of lowering, where the code was run
	// Entrypoints are those of code that was run.
	Entrypoints []runtime.Entrypoint
	Fault       *fault
	CPU         time.Duration // that the child has used since its start
	Left        int           // goroutines that earlier requests left, where that was asked
	Memory      uint64        // bytes that the child has from the system, where that was asked
}

// fault is an error on its way.
type fault struct {
	Stage    stage
	Messages []api.Message
	Text     string // for stageOther
}

type stage byte

const (
	stageBundle stage = iota
	stageLower
	stageTopLevel
	stageOther
)
