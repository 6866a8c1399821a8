package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/evanw/esbuild/pkg/api"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/release"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Bounds of the details of an error: they travel in a header.
const (
	maxFaults    = 100
	maxFaultText = 4 << 10
	maxLineText  = 512
)

// KeyCode is the Fault.key of what is wrong with a Worker's code: the key of its file that names the code.
const KeyCode = "main"

// faulty is an error whose detail has the faults.
func faulty(code codes.Code, faults []*binderyv1.Fault) error {
	e := &release.Error{Faults: faults}
	st := status.New(code, clip(e.Error(), maxFaultText))
	if len(faults) > maxFaults {
		faults = append(faults[:maxFaults:maxFaults], &binderyv1.Fault{Text: fmt.Sprintf("and %d more", len(faults)-maxFaults)})
	}
	detail := &binderyv1.Faults{}
	for _, f := range faults {
		f.Text, f.LineText = clip(f.GetText(), maxFaultText), clip(f.GetLineText(), maxLineText)
		detail.Faults = append(detail.Faults, f)
	}
	if with, err := st.WithDetails(detail); err == nil {
		st = with
	}
	return st.Err()
}

func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// invalid is an error of a request itself.
func invalid(format string, args ...any) error {
	return status.Errorf(codes.InvalidArgument, format, args...)
}

// planned gives the error of a plan its code: one that is about what somebody sent is his, others are about the state.
func planned(err error, code codes.Code) error {
	var e *release.Error
	if errors.As(err, &e) {
		return faulty(code, e.Faults)
	}
	return failed(err)
}

// failed gives an error of the layers below its code.
func failed(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	code := codes.Internal
	var not *store.NotLeaderError
	var refused *store.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Reason == store.ErrChanged:
		code = codes.Aborted
	case errors.As(err, &refused):
		code = codes.FailedPrecondition
	case errors.As(err, &not), errors.Is(err, store.ErrUnknown):
		code = codes.Unavailable
	case errors.Is(err, errFull), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		code = codes.ResourceExhausted
	case errors.Is(err, bundles.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		code = codes.NotFound
	case errors.Is(err, bundles.ErrDamaged):
		code = codes.DataLoss
	case errors.Is(err, bundles.ErrTooLarge):
		code = codes.InvalidArgument
	case errors.Is(err, context.DeadlineExceeded):
		code = codes.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		code = codes.Canceled
	}
	return status.Error(code, clip(err.Error(), maxFaultText))
}

// codeFaults are the faults of a Worker's code.
func codeFaults(u *binderyv1.WorkerUpload, messages []api.Message) []*binderyv1.Fault {
	var list []*binderyv1.Fault
	for _, m := range messages {
		list = append(list, codeFault(u, m))
	}
	return list
}

func codeFault(u *binderyv1.WorkerUpload, m api.Message) *binderyv1.Fault {
	f := &binderyv1.Fault{Worker: u.GetConfig().GetName(), File: u.GetFile(), Key: KeyCode, Text: m.Text}
	if at := m.Location; at != nil {
		f.File, f.Line, f.Column, f.LineText = at.File, int32(at.Line), int32(at.Column), at.LineText
	}
	return f
}
