package client

import (
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// uploadError is that of one bundle.
type uploadError struct {
	hash string
	error
}

// Unwrap gives the cause.
func (e *uploadError) Unwrap() error { return e.error }

// blame names the Workers whose bundle the cluster does not take, as it names those at fault in a release.
func blame(err error, workers []*binderyv1.WorkerUpload) error {
	var upload *uploadError
	if !errors.As(err, &upload) || status.Code(err) != codes.InvalidArgument {
		return err
	}
	st, faults := status.Convert(upload.error), &binderyv1.Faults{}
	for _, w := range workers {
		if w.GetBundle() == upload.hash {
			faults.Faults = append(faults.Faults, &binderyv1.Fault{Worker: w.GetConfig().GetName(), File: w.GetFile(), Key: "main", Text: st.Message()})
		}
	}
	if with, err := st.WithDetails(faults); err == nil {
		st = with
	}
	return st.Err()
}
