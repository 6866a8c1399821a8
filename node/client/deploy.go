package client

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/bundles"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// piece is how many bytes of a bundle go into one message.
const piece = 256 << 10

// maxAsked is how many bundles one FindMissing may name.
const maxAsked = 10_000

// Event is what happens in a deployment: Stage "uploading" with Done and Total, or what the cluster says.
type Event struct {
	Progress *binderyv1.Progress
	Warning  *binderyv1.Fault
}

// Deploy uploads the bundles that the cluster lacks and makes the release, all or nothing. content has the bundles of r's Workers by hash (see
// package runtime/bundle, Encode); what is no one's is not sent. r.RequestId is made if it is "". told may be nil. It returns when the nodes serve
// the release.
//
// Errors are those of gRPC: Faults has what is wrong with files. Where the answer was lost, the error's code is Unavailable: it may have been
// released or not, and sending r again, with its RequestId, tells.
func (c *Client) Deploy(ctx context.Context, r *binderyv1.ReleaseRequest, content map[string][]byte, told func(Event)) (*binderyv1.Release, error) {
	if told == nil {
		told = func(Event) {}
	}
	if r.GetRequestId() == "" {
		r.RequestId = NewRequestID()
	}
	r = proto.CloneOf(r)
	var made *binderyv1.Release
	rounds := 0
	err := c.retry(ctx, func(ctx context.Context) (err error) {
		for {
			if err = c.upload(ctx, r.GetWorkers(), content, told); err != nil {
				return blame(err, r.GetWorkers())
			}
			made, err = c.release(ctx, r, told)
			// A bundle that nobody named for long may have been swept between the two calls.
			if rounds++; status.Code(err) == codes.FailedPrecondition && lacks(err) && rounds < 3 {
				continue
			}
			return err
		}
	})
	return made, err
}

// lacks reports whether an error says that a bundle is not stored.
func lacks(err error) bool {
	for _, f := range Faults(err) {
		if f.GetKey() == "bundle" {
			return true
		}
	}
	return false
}

// upload sends what the cluster lacks.
func (c *Client) upload(ctx context.Context, workers []*binderyv1.WorkerUpload, content map[string][]byte, told func(Event)) error {
	var asked []string
	seen := map[string]bool{}
	for _, w := range workers {
		if !seen[w.GetBundle()] {
			seen[w.GetBundle()] = true
			asked = append(asked, w.GetBundle())
		}
	}
	var missing []string
	for len(asked) > 0 {
		n := min(len(asked), maxAsked)
		answer, err := c.FindMissing(ctx, &binderyv1.FindMissingRequest{Bundles: asked[:n]})
		if err != nil {
			return err
		}
		missing, asked = append(missing, answer.GetMissing()...), asked[n:]
	}
	return c.uploadAll(ctx, missing, content, told)
}

// uploads is how many bundles are sent at a time: each waits for a disk.
const uploads = 4

// uploadAll sends bundles, some at a time.
func (c *Client) uploadAll(ctx context.Context, missing []string, content map[string][]byte, told func(Event)) error {
	if len(missing) == 0 {
		return nil
	}
	for _, hash := range missing {
		if _, ok := content[hash]; !ok {
			return fmt.Errorf("upload bundle %.12s: the cluster lacks it, and its content was not given", hash)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	turns, done := make(chan string), make(chan error)
	for range min(uploads, len(missing)) {
		go func() {
			for hash := range turns {
				err := c.UploadBundle(ctx, hash, content[hash])
				if err != nil {
					err = &uploadError{hash, err}
				}
				done <- err
			}
		}()
	}
	go func() {
		defer close(turns)
		for _, hash := range missing {
			turns <- hash
		}
	}()
	var first error
	for i := range missing {
		told(Event{Progress: &binderyv1.Progress{Stage: "uploading", Done: int32(i), Total: int32(len(missing))}})
		if err := <-done; err != nil && first == nil {
			first = err
			cancel() // the others end at once
		}
	}
	told(Event{Progress: &binderyv1.Progress{Stage: "uploading", Done: int32(len(missing)), Total: int32(len(missing))}})
	return first
}

// UploadBundle sends one bundle, compressed.
func (c *Client) UploadBundle(ctx context.Context, hash string, content []byte) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	compressed := bundles.Compress(content)
	stream, err := c.Upload(ctx)
	if err != nil {
		return err
	}
	send := func(m *binderyv1.UploadRequest) bool { return stream.Send(m) == nil } // CloseAndRecv has the reason
	ok := send(&binderyv1.UploadRequest{Piece: &binderyv1.UploadRequest_Header{Header: &binderyv1.UploadHeader{
		Bundle: hash, CompressedBytes: int64(len(compressed)), Bytes: int64(len(content)),
	}}})
	for ok && len(compressed) > 0 {
		n := min(piece, len(compressed))
		ok = send(&binderyv1.UploadRequest{Piece: &binderyv1.UploadRequest_Data{Data: compressed[:n]}})
		compressed = compressed[n:]
	}
	_, err = stream.CloseAndRecv()
	return err
}

// release asks for the release and follows its progress.
func (c *Client) release(ctx context.Context, r *binderyv1.ReleaseRequest, told func(Event)) (*binderyv1.Release, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.Release(ctx, r)
	if err != nil {
		return nil, err
	}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil, status.Error(codes.Unavailable, "the release's progress ended before its result")
		}
		if err != nil {
			return nil, err
		}
		switch e := m.GetEvent().(type) {
		case *binderyv1.ReleaseResponse_Progress:
			told(Event{Progress: e.Progress})
		case *binderyv1.ReleaseResponse_Warning:
			told(Event{Warning: e.Warning})
		case *binderyv1.ReleaseResponse_Release:
			return e.Release, nil
		}
	}
}
