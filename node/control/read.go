package control

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/release"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Sizes of pages.
const (
	defaultReleases = 20
	defaultWorkers  = 1000
	maxPage         = 10_000
)

func pageSize(asked int32, usual int) (int, error) {
	switch {
	case asked < 0 || asked > maxPage:
		return 0, invalid("page_size %d is not from 1 to %d", asked, maxPage)
	case asked == 0:
		return usual, nil
	}
	return int(asked), nil
}

// ListReleases implements binderyv1.DeploymentServiceServer.
func (s *Service) ListReleases(ctx context.Context, r *binderyv1.ListReleasesRequest) (*binderyv1.ListReleasesResponse, error) {
	size, err := pageSize(r.GetPageSize(), defaultReleases)
	if err != nil {
		return nil, err
	}
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	answer := &binderyv1.ListReleasesResponse{}
	for _, made := range slices.Backward(state.Releases()) {
		if r.GetBefore() > 0 && made.GetNumber() >= r.GetBefore() {
			continue
		}
		if len(answer.Releases) == size {
			break
		}
		answer.Releases = append(answer.Releases, made)
	}
	return answer, nil
}

// GetRelease implements binderyv1.DeploymentServiceServer.
func (s *Service) GetRelease(ctx context.Context, r *binderyv1.GetReleaseRequest) (*binderyv1.GetReleaseResponse, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	number := r.GetNumber()
	if number == 0 {
		if number = state.LastRelease(); number == 0 {
			return nil, status.Error(codes.NotFound, "there is no release yet")
		}
	}
	made := state.Release(number)
	if made == nil {
		text := fmt.Sprintf("there is no release %d: the last is %d", number, state.LastRelease())
		if number > 0 && number < state.LastRelease() {
			text = fmt.Sprintf("release %d is not kept any more: the last %d are", number, store.KeptReleases)
		}
		return nil, status.Error(codes.NotFound, text)
	}
	return &binderyv1.GetReleaseResponse{Release: made}, nil
}

// ListWorkers implements binderyv1.DeploymentServiceServer.
func (s *Service) ListWorkers(ctx context.Context, r *binderyv1.ListWorkersRequest) (*binderyv1.ListWorkersResponse, error) {
	size, err := pageSize(r.GetPageSize(), defaultWorkers)
	if err != nil {
		return nil, err
	}
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	g := newGraph(state)
	troubles := s.troubles(state)
	answer := &binderyv1.ListWorkersResponse{}
	for _, w := range g.workers {
		if w.GetName() <= r.GetAfter() {
			continue
		}
		if len(answer.Workers) == size {
			break
		}
		v := g.versions[w.GetName()]
		binds := []string{}
		for _, b := range v.GetConfig().GetServices() {
			binds = append(binds, b.GetService())
		}
		sort.Strings(binds)
		answer.Workers = append(answer.Workers, &binderyv1.WorkerSummary{
			Name: w.GetName(), Version: w.GetVersion(), Release: w.GetRelease(), Routes: v.GetConfig().GetRoutes(),
			Binds: slices.Compact(binds), BoundBy: int32(len(g.callers[w.GetName()])), Trouble: troubles[w.GetName()],
		})
	}
	return answer, nil
}

// GetWorker implements binderyv1.DeploymentServiceServer.
func (s *Service) GetWorker(ctx context.Context, r *binderyv1.GetWorkerRequest) (*binderyv1.GetWorkerResponse, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	w := state.Worker(r.GetName())
	if w == nil {
		return nil, noWorker(r.GetName())
	}
	answer := &binderyv1.GetWorkerResponse{
		Version: withoutSecrets(state.Version(w.GetVersion())), Release: w.GetRelease(), Trouble: s.troubles(state)[r.GetName()],
	}
	answer.Nodes, answer.Edges = newGraph(state).around(r.GetName())
	return answer, nil
}

func noWorker(name string) error {
	return status.Errorf(codes.NotFound, "there is no Worker named %q: see bindery worker list", clip(name, 80))
}

// withoutSecrets leaves the names only.
func withoutSecrets(v *binderyv1.Version) *binderyv1.Version {
	v = proto.CloneOf(v)
	for _, secret := range v.GetSecrets() {
		secret.Sealed, secret.Digest = nil, nil
	}
	return v
}

// ListSecrets implements binderyv1.DeploymentServiceServer.
func (s *Service) ListSecrets(ctx context.Context, r *binderyv1.ListSecretsRequest) (*binderyv1.ListSecretsResponse, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	v := state.Current(r.GetWorker())
	if v == nil {
		return nil, noWorker(r.GetWorker())
	}
	answer := &binderyv1.ListSecretsResponse{}
	for _, secret := range v.GetSecrets() {
		answer.Names = append(answer.Names, secret.GetName())
	}
	sort.Strings(answer.Names)
	return answer, nil
}

// troubles tell why Workers are not served as they should be.
func (s *Service) troubles(state store.State) map[string]string {
	troubles := map[string]string{}
	for _, w := range state.Workers() {
		if release.Draft(state.Version(w.GetVersion())) {
			troubles[w.GetName()] = "it has secrets and no code yet"
		}
	}
	for root, why := range s.reports.failed() {
		if state.Worker(root) != nil {
			troubles[root] = "it can't be loaded and serves what it was, if anything: " + why
		}
	}
	for _, h := range s.held(state) {
		if state.Worker(h.GetWorker()).GetVersion() != h.GetVersion() {
			continue
		}
		what := "it is not served: "
		if h.GetQuarantined() {
			what = "it is served by a process of its own: "
		}
		troubles[h.GetWorker()] = what + h.GetReason()
	}
	return troubles
}

// held gives what the cluster and its nodes hold back.
func (s *Service) held(state store.State) []*binderyv1.HeldBack {
	return append(slices.Clone(state.HeldBack()), s.reports.heldBack()...)
}
