package compiler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	image "github.com/bindery/bindery/node/process"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// childName is what a child has as its argument 0.
const childName = "bindery-compiler"

// Main does the work of a child and returns true, if this process was started as one. Every executable that uses the package
// calls it before anything else, tests in TestMain, and returns at once when it was true.
func Main() bool {
	if len(os.Args) == 0 || filepath.Base(os.Args[0]) != childName || os.Getenv(childVariable) == "" {
		return false
	}
	out := os.Stdout
	os.Stdout = os.Stderr // nothing else may come between the frames
	if err := Serve(os.Stdin, out); err != nil {
		fmt.Fprintf(os.Stderr, "compiler: %v\n", err)
		os.Exit(1)
	}
	return true
}

// identity is what a child says it is. A parent that has another identity would not do the same to the same bytes.
func identity() string { return made() + " protocol 3" }

// made names what does things to bytes in this process: two of the same name do the same to the same bytes.
func made() string {
	return lower.Version + " " + runtime.Version() + " " + runtime.GOARCH + os.Getenv(engineVariable)
}

// Identity names what compiled where a check went well, and within which limits. A process in which it is the same may compile what was checked
// without asking a child: see [Compiler.Compile].
func Identity(l Limits) string {
	l = l.orDefault()
	return fmt.Sprintf("%s stack %d memory %d", made(), l.Stack, l.Memory)
}

// Exit codes of a child that ends itself.
const (
	exitMemory = 90
	exitCPU    = 91
)

// idle is after how much time without a request a child gives memory back.
const idle = 200 * time.Millisecond

// Serve is the child's side: it answers requests until in ends. It sets limits of the whole process, and ends the process where one is
// passed, and when in ends during a request.
func Serve(in io.Reader, out io.Writer) error {
	k, b, err := readFrame(in)
	var s settings
	if err == nil && k != kindSettings {
		err = errFrame
	}
	if err == nil {
		err = decode(b, &s)
	}
	if errors.Is(err, io.EOF) {
		return nil // the parent went before it said anything
	}
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	image.ReleaseImage() // this process uses little of what its start went through
	c := &server{limits: s.Limits, out: out, builders: map[string]*builder{}}
	c.atRest = runtime.NumGoroutine() + 2 // who receives, and the watch
	debug.SetMaxStack(s.Limits.Stack)
	debug.SetMemoryLimit(s.Limits.Memory / 8 * 7)
	limitProcess(s.Limits)
	if err := writeFrame(out, kindHello, []byte(identity())); err != nil {
		return err
	}
	requests := make(chan []byte)
	go receive(in, requests)
	return c.serve(requests)
}

// receive reads requests. Where there can be no more, nobody waits for an answer either.
func receive(in io.Reader, requests chan<- []byte) {
	for {
		k, b, err := readFrame(in)
		if err == nil && k != kindRequest {
			err = errFrame
		}
		switch {
		case errors.Is(err, io.EOF):
			os.Exit(0)
		case err != nil:
			fmt.Fprintf(os.Stderr, "compiler: read request: %v\n", err)
			os.Exit(1)
		}
		requests <- b
	}
}

// server is the child.
type server struct {
	limits   Limits
	builders map[string]*builder
	known    hashes // of bundles that were compiled without a fault
	atRest   int    // how many goroutines it has where requests left none behind

	mu  sync.Mutex // held while a frame is written
	out io.Writer
}

// builder is what is kept from build to build.
type builder struct {
	*bundle.Builder
	options *options
}

func (s *server) serve(requests <-chan []byte) error {
	for {
		var b []byte
		select {
		case b = <-requests:
		case <-time.After(idle):
			debug.FreeOSMemory()
			b = <-requests
		}
		var r request
		if err := decode(b, &r); err != nil {
			return err
		}
		stop := watch(s.limits)
		answer := s.answer(&r)
		answer.CPU = cpuTime()
		payload, err := encode(answer)
		if err == nil && len(payload) >= maxFrame {
			payload, err = encode(&reply{Inputs: answer.Inputs, CPU: answer.CPU, Fault: &fault{Stage: stageOther, Text: fmt.Sprintf(
				"the bundle and its source map are larger than %d MB", maxFrame>>20)}})
		}
		stop()
		if err != nil {
			return err
		}
		if err := s.write(kindReply, payload); err != nil {
			return err
		}
	}
}

func (s *server) write(k kind, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return writeFrame(s.out, k, payload)
}

func (s *server) answer(r *request) *reply {
	for _, name := range r.Forget {
		s.forget(name)
	}
	if r.Inspect {
		return &reply{Left: s.left(), Memory: memory()}
	}
	b := r.Bundle
	answer := &reply{}
	if r.Options != nil {
		result, err := s.build(r.Name, r.Options)
		if err != nil {
			return faulty(err)
		}
		b = result.Bundle
		*answer = reply{Bundle: b, Inputs: result.Inputs, Warnings: bounded(result.Warnings)}
	}
	hash := b.Hash()
	if r.Trial == nil && s.known.has(hash) {
		return answer
	}
	program, err := lower.Lower(input(b))
	if err == nil && r.Trial != nil {
		answer.Warnings = bounded(program.Warnings)
		answer.Entrypoints, err = r.Trial.run(b, program)
	}
	if err != nil {
		answer.Bundle, answer.Fault = nil, faulty(err).Fault
		return answer
	}
	s.known.add(hash)
	return answer
}

// left is how many goroutines earlier requests have left. Those that are about to end are waited for, not long.
func (s *server) left() int {
	n := 0
	for range settle {
		if n = runtime.NumGoroutine() - s.atRest; n <= 0 {
			return 0
		}
		time.Sleep(time.Millisecond)
	}
	return n
}

// settle is how many milliseconds goroutines have to end.
const settle = 50

// input is what is lowered of a bundle, here and in the parent.
func input(b *bundle.Bundle) lower.Input {
	return lower.Input{Name: b.Name, Code: b.Code, Map: b.Map, ServiceWorker: b.Syntax == bundle.ServiceWorker}
}

func (s *server) build(name string, o *options) (*bundle.Result, error) {
	kept := s.builders[name]
	if kept == nil || !reflect.DeepEqual(kept.options, o) {
		s.forget(name)
		full := o.bundle()
		full.Loaded = func(path string) {
			// What can't be told is only missed if this process dies, and then the parent is gone as well.
			_ = s.write(kindLoaded, []byte(path))
		}
		b, err := bundle.NewBuilder(full)
		if err != nil {
			return nil, err
		}
		kept = &builder{b, o}
		s.builders[name] = kept
	}
	return kept.Rebuild(context.Background())
}

func (s *server) forget(name string) {
	if b := s.builders[name]; b != nil {
		b.Close()
		delete(s.builders, name)
	}
}

// faulty is the reply for an error.
func faulty(err error) *reply {
	var b *bundle.Error
	var l *lower.Error
	var t *TopLevelError
	switch {
	case errors.As(err, &b):
		return &reply{
			Inputs: b.Inputs, Warnings: bounded(b.Warnings),
			Fault: &fault{Stage: stageBundle, Messages: bounded(b.Messages)},
		}
	case errors.As(err, &l):
		return &reply{Fault: &fault{Stage: stageLower, Messages: bounded(l.Messages)}}
	case errors.As(err, &t):
		return &reply{Fault: &fault{Stage: stageTopLevel, Messages: bounded(t.Messages)}}
	}
	return &reply{Fault: &fault{Stage: stageOther, Text: cut(err.Error())}}
}

// error is the fault as it was before it went on its way.
func (r *reply) error() error {
	switch f := r.Fault; f.Stage {
	case stageBundle:
		return &bundle.Error{Messages: f.Messages, Warnings: r.Warnings, Inputs: r.Inputs}
	case stageLower:
		return &lower.Error{Messages: f.Messages}
	case stageTopLevel:
		return &TopLevelError{Messages: f.Messages}
	default:
		return errors.New(f.Text)
	}
}
