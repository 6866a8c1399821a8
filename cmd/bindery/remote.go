package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/evanw/esbuild/pkg/api"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/client"
	"github.com/bindery/bindery/node/control"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// remote is a command's connection to a cluster.
type remote struct {
	*client.Client
	context *client.Context
	file    string // that the context was read from
	ctx     context.Context
	e       *env
	stop    func()
	waiting *time.Timer
}

// dial gets ready to call the cluster that --context names. patience is how long its calls wait for a node to answer.
func (e *env) dial(patience time.Duration) (*remote, error) {
	c, err := client.Load(e.context)
	if err != nil {
		var none *client.NoContextError
		hint := "a context is a file such as DATA/context.json, which a node writes when it is first started"
		if errors.As(err, &none) {
			hint = "start a node here with: bindery node --data DIR; or choose a cluster with --context NAME or --context DIR/context.json"
		}
		return nil, &cliError{code: exitUnreachable, err: err, hint: hint}
	}
	r := &remote{context: c, e: e}
	if r.file, err = client.File(e.context); err != nil {
		return nil, err
	}
	if r.Client, err = client.New(c, client.Options{Patience: patience}); err != nil {
		return nil, err
	}
	r.ctx, r.stop = signal.NotifyContext(e.ctx, os.Interrupt, syscall.SIGTERM)
	r.waiting = time.AfterFunc(waitingAfter, func() {
		if s := r.Conn().GetState(); s == connectivity.TransientFailure || s == connectivity.Connecting {
			fmt.Fprintf(e.stderr, "no node of the cluster answers at %s: waiting for %v\n", strings.Join(c.Servers, ", "), patience)
		}
	})
	return r, nil
}

// askPatience is how long who only asks waits: an election takes less.
const askPatience = 4 * time.Second

// waitingAfter is when a command says that it waits for a node to answer.
const waitingAfter = time.Second

func (r *remote) close() {
	r.waiting.Stop()
	r.stop()
	_ = r.Close()
}

// with calls the cluster to change something.
func (e *env) with(call func(r *remote) error) error { return e.call(client.DefaultPatience, call) }

// ask calls the cluster to learn something.
func (e *env) ask(call func(r *remote) error) error { return e.call(askPatience, call) }

func (e *env) call(patience time.Duration, call func(r *remote) error) error {
	r, err := e.dial(patience)
	if err != nil {
		return err
	}
	defer r.close()
	return r.explain(call(r))
}

// explain gives the errors of calls their exit codes, and says what to do.
func (r *remote) explain(err error) error {
	if err == nil {
		return nil
	}
	st, ok := status.FromError(err)
	var own *cliError
	if !ok || errors.As(err, &own) {
		return err
	}
	if faults := client.Faults(err); len(faults) > 0 {
		code := exitCode
		if slices.ContainsFunc(faults, func(f *binderyv1.Fault) bool { return f.GetKey() != control.KeyCode }) {
			code = exitRefused
		}
		return &cliError{code: code, err: errors.New(faultLines(faults))}
	}
	e := &cliError{code: exitFailed, err: errors.New(st.Message())}
	switch st.Code() {
	case codes.Unavailable, codes.DeadlineExceeded:
		e.code = exitUnreachable
		e.err = fmt.Errorf("the cluster can't be reached at %s: %s", strings.Join(r.context.Servers, ", "), transport(st.Message()))
		e.hint = "does the node run? what was asked for may have been done or not: it is safe to ask again"
		if strings.Contains(st.Message(), "authentication handshake failed") {
			e.hint = "is the context " + r.file + " that of another cluster, or an old one? a node writes its own to DATA/context.json"
		}
	case codes.Canceled:
		e.code, e.err = exitForced, errors.New("ended before the cluster had answered")
		e.hint = "what was asked for may have been done or not: see bindery release list; it is safe to ask again"
	case codes.NotFound, codes.FailedPrecondition, codes.Aborted, codes.InvalidArgument:
		e.code = exitRefused
	case codes.ResourceExhausted:
		e.hint = "make room on the disk of the node's data directory"
	}
	return e
}

// wrapped is how gRPC tells why it has no connection.
var wrapped = regexp.MustCompile(`connection error: desc = "transport: (?:Error while dialing: )?(.*)"`)

// transport is the reason why there is no connection, without what gRPC puts around it.
func transport(message string) string {
	return strings.ReplaceAll(wrapped.ReplaceAllString(message, "$1"), `\"`, `"`)
}

// faultLines are faults, one a line.
func faultLines(faults []*binderyv1.Fault) string {
	lines := make([]string, len(faults))
	for i, f := range faults {
		lines[i] = f.GetText()
		if f.GetLine() > 0 {
			lines[i] += fmt.Sprintf(" (%s:%d:%d)", f.GetFile(), f.GetLine(), f.GetColumn())
		}
		if f.GetKey() != "" && f.GetKey() != control.KeyCode {
			lines[i] = f.GetKey() + ": " + lines[i]
		}
		if f.GetWorker() != "" {
			lines[i] = fmt.Sprintf("Worker %q: %s", f.GetWorker(), lines[i])
		}
	}
	return strings.Join(lines, "\n       ")
}

// author is how releases name who makes them.
func author(asked string) string {
	if asked != "" {
		return asked
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// show prints an answer: as JSON if that was asked for, else by table.
func (e *env) show(m proto.Message, table func(w io.Writer)) error {
	var b bytes.Buffer
	if e.output == outputJSON {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(plain(m.ProtoReflect())); err != nil {
			return fmt.Errorf("print the answer: %w", err)
		}
	} else {
		table(&b)
	}
	_, err := e.stdout.Write(b.Bytes())
	return err
}

// rows prints a table: the first row is its head.
func rows(w io.Writer, table [][]string) {
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			row[i] = oneLine(cell)
			widths[i] = max(widths[i], len([]rune(row[i])))
		}
	}
	for _, row := range table {
		line := "  "
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-len([]rune(cell))+2)
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// oneLine is text that somebody else wrote, without what would change a terminal or a table.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

func short(version string) string { return orDash(version[:min(8, len(version))]) }

// formatMessages renders messages as esbuild does.
func (e *env) formatMessages(kind api.MessageKind, messages []api.Message) string {
	color := isTerminal(e.stderr) && os.Getenv("NO_COLOR") == ""
	return strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{Kind: kind, Color: color}), "")
}
