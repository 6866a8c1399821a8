package main

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// withFaults makes an error with faults.
func withFaults(faults ...*binderyv1.Fault) error {
	st, err := status.New(codes.FailedPrecondition, "the first of them").WithDetails(&binderyv1.Faults{Faults: faults})
	if err != nil {
		panic(err)
	}
	return st.Err()
}

// Every error of a call has its exit code, says what is wrong, and what to do.
func TestExplain(t *testing.T) {
	r := &remote{context: &client.Context{Servers: []string{"127.0.0.1:7480"}}, file: "n1/context.json"}
	refused := `connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:7480: connect: connection refused"`
	stranger := `connection error: desc = "transport: authentication handshake failed: the other end is no node of this cluster: x509: no \"good\" one"`
	for _, c := range []struct {
		err        error
		code       int
		text, hint string
	}{
		{status.Error(codes.Unavailable, refused), exitUnreachable, "the cluster can't be reached at 127.0.0.1:7480: dial tcp 127.0.0.1:7480: connect: connection refused", "does the node run?"},
		{status.Error(codes.Unavailable, stranger), exitUnreachable, `authentication handshake failed: the other end is no node of this cluster: x509: no "good" one`, "n1/context.json that of another cluster"},
		{status.Error(codes.DeadlineExceeded, "too late"), exitUnreachable, "too late", "may have been done or not"},
		{status.Error(codes.Canceled, "x"), exitForced, "ended before the cluster had answered", "bindery release list"},
		{status.Error(codes.NotFound, "nobody"), exitRefused, "nobody", ""},
		{status.Error(codes.Aborted, "try again"), exitRefused, "try again", ""},
		{status.Error(codes.ResourceExhausted, "full"), exitFailed, "full", "make room"},
		{status.Error(codes.Internal, "oh"), exitFailed, "oh", ""},
		{withFaults(&binderyv1.Fault{Worker: "a", Key: "services.X", Text: "gone"}), exitRefused, `Worker "a": services.X: gone`, ""},
		{withFaults(&binderyv1.Fault{Worker: "a", Key: "main", Text: "thrown", File: "i.ts", Line: 3, Column: 7}), exitCode, `Worker "a": thrown (i.ts:3:7)`, ""},
	} {
		var e *cliError
		if !errors.As(r.explain(c.err), &e) || e.code != c.code || !strings.Contains(e.Error(), c.text) || !strings.Contains(e.hint, c.hint) || (c.hint == "") != (e.hint == "") {
			t.Errorf("%v: exit code %d, %q, hint %q", c.err, e.code, e.Error(), e.hint)
		}
	}
	if r.explain(nil) != nil {
		t.Error("an error of nothing")
	}
}
