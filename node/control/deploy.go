package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/release"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Bounds of requests.
const (
	maxFindMissing = 10_000
	maxPiece       = 1 << 20
	maxRequestID   = 128
	maxAuthor      = 256
	maxMessage     = 16 << 10
	maxFile        = 4 << 10
	maxSecret      = 5 << 10
)

// uploadTimeout is how long one upload may take.
const uploadTimeout = 10 * time.Minute

// FindMissing implements binderyv1.DeploymentServiceServer.
func (s *Service) FindMissing(_ context.Context, r *binderyv1.FindMissingRequest) (*binderyv1.FindMissingResponse, error) {
	if len(r.GetBundles()) > maxFindMissing {
		return nil, invalid("%d bundles are more than %d", len(r.GetBundles()), maxFindMissing)
	}
	answer := &binderyv1.FindMissingResponse{}
	for _, hash := range r.GetBundles() {
		if !bundles.IsHash(hash) {
			return nil, invalid("%q is no SHA-256 in 64 lower-case hexadecimal digits", clip(hash, 80))
		}
		if !s.o.Bundles.Has(hash) {
			answer.Missing = append(answer.Missing, hash)
		}
	}
	return answer, nil
}

// Upload implements binderyv1.DeploymentServiceServer.
func (s *Service) Upload(stream grpc.ClientStreamingServer[binderyv1.UploadRequest, binderyv1.UploadResponse]) error {
	first, err := stream.Recv()
	if err != nil {
		return failed(err)
	}
	h := first.GetHeader()
	switch {
	case h == nil:
		return invalid("the first message of an upload is its header")
	case !bundles.IsHash(h.GetBundle()):
		return invalid("%q is no SHA-256 in 64 lower-case hexadecimal digits", clip(h.GetBundle(), 80))
	case h.GetCompressedBytes() <= 0 || h.GetBytes() <= 0:
		return invalid("the header of an upload has both sizes")
	case h.GetCompressedBytes() > bundles.MaxCompressed || h.GetBytes() > bundles.MaxSize:
		return invalid("%v: it has %.1f MiB, %.1f MiB compressed, and %d MiB are the most, %d MiB compressed", bundles.ErrTooLarge,
			float64(h.GetBytes())/(1<<20), float64(h.GetCompressedBytes())/(1<<20), bundles.MaxSize>>20, bundles.MaxCompressed>>20)
	}
	if err := s.spare(); err != nil {
		return failed(err)
	}
	if err := s.o.Bundles.Receive(h.GetBundle(), &uploadReader{stream: stream, left: h.GetCompressedBytes()}); err != nil {
		return failed(err)
	}
	return stream.SendAndClose(&binderyv1.UploadResponse{})
}

// uploadReader reads the pieces of an upload.
type uploadReader struct {
	stream grpc.ClientStreamingServer[binderyv1.UploadRequest, binderyv1.UploadResponse]
	left   int64
	piece  []byte
}

func (u *uploadReader) Read(p []byte) (int, error) {
	for len(u.piece) == 0 {
		m, err := u.stream.Recv()
		if errors.Is(err, io.EOF) && u.left > 0 {
			return 0, fmt.Errorf("%w: the upload ended %d bytes early", bundles.ErrDamaged, u.left)
		}
		if err != nil {
			return 0, err
		}
		if m.GetHeader() != nil {
			return 0, invalid("an upload has one header")
		}
		if len(m.GetData()) > maxPiece {
			return 0, invalid("a piece of %d bytes is more than %d", len(m.GetData()), maxPiece)
		}
		u.piece = m.GetData()
		if u.left -= int64(len(u.piece)); u.left < 0 {
			return 0, fmt.Errorf("%w: the upload is longer than its header says", bundles.ErrDamaged)
		}
	}
	n := copy(p, u.piece)
	u.piece = u.piece[n:]
	return n, nil
}

// Release implements binderyv1.DeploymentServiceServer.
func (s *Service) Release(r *binderyv1.ReleaseRequest, stream grpc.ServerStreamingServer[binderyv1.ReleaseResponse]) error {
	ctx := stream.Context()
	if err := checkRelease(r); err != nil {
		return err
	}
	progress := func(stage string, done, total int) {
		_ = stream.Send(&binderyv1.ReleaseResponse{Event: &binderyv1.ReleaseResponse_Progress{
			Progress: &binderyv1.Progress{Stage: stage, Done: int32(done), Total: int32(total)},
		}})
	}
	made, again, err := s.applied(ctx, r.GetRequestId())
	if err != nil {
		return err
	}
	if !again {
		s.sweeping.RLock()
		made, err = s.makeRelease(ctx, r, stream, progress)
		s.sweeping.RUnlock()
		if err != nil {
			return err
		}
	}
	if !r.GetDryRun() && made.GetNumber() > 0 {
		made = s.awaitServing(ctx, made, progress)
	}
	return stream.Send(&binderyv1.ReleaseResponse{Event: &binderyv1.ReleaseResponse_Release{Release: made}})
}

// checkRelease looks at a request by itself.
func checkRelease(r *binderyv1.ReleaseRequest) error {
	if err := checkCaller(r.GetRequestId(), r.GetAuthor(), r.GetMessage()); err != nil {
		return err
	}
	switch {
	case len(r.GetWorkers()) == 0:
		return invalid("a release has at least one Worker")
	case r.GetKeep() && r.GetOverwrite():
		return invalid("keep and overwrite can't both be set")
	}
	for i, u := range r.GetWorkers() {
		switch {
		case u.GetConfig() == nil:
			return invalid("workers[%d] has no config", i)
		case !bundles.IsHash(u.GetBundle()):
			return invalid("workers[%d]: bundle %q is no SHA-256 in 64 lower-case hexadecimal digits", i, clip(u.GetBundle(), 80))
		case len(u.GetFile()) > maxFile:
			return invalid("workers[%d]: file has more than %d bytes", i, maxFile)
		}
	}
	return nil
}

// makeRelease checks code, plans and commits.
func (s *Service) makeRelease(ctx context.Context, r *binderyv1.ReleaseRequest, stream grpc.ServerStreamingServer[binderyv1.ReleaseResponse],
	progress func(stage string, done, total int),
) (*binderyv1.Release, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	code, err := s.checkCode(ctx, state, r.GetWorkers(), progress, func(f *binderyv1.Fault) {
		_ = stream.Send(&binderyv1.ReleaseResponse{Event: &binderyv1.ReleaseResponse_Warning{Warning: f}})
	})
	if err != nil {
		return nil, err
	}
	if !r.GetDryRun() {
		if err := s.o.Bundles.Durable(named(r.GetWorkers())...); err != nil {
			return nil, failed(err)
		}
	}
	c := change{
		requestID: r.GetRequestId(), author: r.GetAuthor(), message: r.GetMessage(), dryRun: r.GetDryRun(), code: codes.InvalidArgument,
		plan: func(state store.State) (*release.Plan, error) {
			return release.Deploy(state, r.GetWorkers(), code, release.Options{Keep: r.GetKeep(), Overwrite: r.GetOverwrite()})
		},
	}
	if !r.GetDryRun() {
		progress("committing", 0, 0)
	}
	return s.commit(ctx, c)
}

// named are the bundles that uploads name.
func named(uploads []*binderyv1.WorkerUpload) []string {
	hashes := make([]string, len(uploads))
	for i, u := range uploads {
		hashes[i] = u.GetBundle()
	}
	return hashes
}

func now() *timestamppb.Timestamp { return timestamppb.New(time.Now()) }
