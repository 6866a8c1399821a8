package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/release"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// change is a release to be planned and committed.
type change struct {
	requestID, author, message string
	rollsBack                  int64
	dryRun                     bool
	code                       codes.Code // of a plan's faults
	plan                       func(store.State) (*release.Plan, error)
}

// maxPlans is how often a release is planned anew because another one came in between. Each time somebody else got on.
const maxPlans = 20

// commit plans a change against the latest state and commits it, again and again while others commit in between.
func (s *Service) commit(ctx context.Context, c change) (*binderyv1.Release, error) {
	for n := 1; ; n++ {
		state, err := s.latest(ctx)
		if err != nil {
			return nil, failed(err)
		}
		plan, err := c.plan(state)
		if err != nil {
			return nil, planned(err, c.code)
		}
		if err := s.checkItems(ctx, plan.Items, c.code); err != nil {
			return nil, err
		}
		made, err := s.commitPlan(ctx, c, state, plan)
		var refused *store.RefusedError
		if errors.As(err, &refused) && refused.Reason == store.ErrChanged && n < maxPlans {
			continue
		}
		return made, failed(err)
	}
}

func (s *Service) commitPlan(ctx context.Context, c change, state store.State, plan *release.Plan) (*binderyv1.Release, error) {
	preview := &binderyv1.Release{Author: caller(ctx, c.author), Message: c.message, RollsBack: c.rollsBack, Notes: plan.Notes}
	if len(plan.Items) == 0 {
		preview.Notes = append(preview.Notes, "nothing to release: everything is as it was")
		return preview, nil
	}
	for _, item := range plan.Items {
		if v := item.GetVersion(); v != nil && v.GetCreateTime() == nil {
			v.CreateTime = now()
		}
		if c.dryRun {
			preview.Changes = append(preview.Changes, &binderyv1.WorkerChange{
				Worker: item.GetWorker(), Before: state.Worker(item.GetWorker()).GetVersion(), After: item.GetVersion().GetId(),
			})
		}
	}
	if c.dryRun {
		return preview, nil
	}
	made, err := s.propose(ctx, &binderyv1.Command{
		RequestId: c.requestID,
		Body: &binderyv1.Command_ApplyRelease{ApplyRelease: &binderyv1.ApplyRelease{
			Items: plan.Items, Author: preview.GetAuthor(), Message: c.message, RollsBack: c.rollsBack,
			CheckedIndex: state.Index(), Notes: plan.Notes,
		}},
	})
	if err != nil {
		return nil, err
	}
	s.o.Logger.Info("released", "release", made.GetNumber(), "author", made.GetAuthor(), "workers", len(made.GetChanges()))
	s.wantSweep()
	return made, nil
}

// applied gives what came of a request that was carried out before.
func (s *Service) applied(ctx context.Context, requestID string) (made *binderyv1.Release, again bool, err error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, false, failed(err)
	}
	known := state.Request(requestID)
	switch {
	case known == nil:
		return nil, false, nil
	case known.GetRefused() != "":
		return nil, true, status.Error(codes.FailedPrecondition, known.GetRefused())
	}
	if made = state.Release(known.GetRelease()); made == nil {
		return nil, true, status.Errorf(codes.FailedPrecondition,
			"request %q made release %d, which is not kept any more: a new request needs a new request_id", requestID, known.GetRelease())
	}
	return made, true, nil
}

// carryOut makes one change, once, and waits until it is served.
func (s *Service) carryOut(ctx context.Context, c change) (*binderyv1.Release, error) {
	if err := checkCaller(c.requestID, c.author, c.message); err != nil {
		return nil, err
	}
	made, again, err := s.applied(ctx, c.requestID)
	if err == nil && !again {
		made, err = s.commit(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	if made.GetNumber() > 0 {
		made = s.awaitServing(ctx, made, func(string, int, int) {})
	}
	return made, nil
}

// Rollback implements binderyv1.DeploymentServiceServer.
func (s *Service) Rollback(ctx context.Context, r *binderyv1.RollbackRequest) (*binderyv1.RollbackResponse, error) {
	number := r.GetNumber()
	if number < 0 {
		return nil, invalid("release %d: releases are counted from 1", number)
	}
	if number == 0 {
		state, err := s.latest(ctx)
		if err != nil {
			return nil, failed(err)
		}
		if number = state.LastRelease(); number == 0 {
			return nil, status.Error(codes.NotFound, "there is no release yet")
		}
	}
	message := r.GetMessage()
	if message == "" {
		message = fmt.Sprintf("rollback of release %d", number)
	}
	made, err := s.carryOut(ctx, change{
		requestID: r.GetRequestId(), author: r.GetAuthor(), message: message, rollsBack: number, code: codes.FailedPrecondition,
		plan: func(state store.State) (*release.Plan, error) { return release.Rollback(state, number) },
	})
	return &binderyv1.RollbackResponse{Release: made}, err
}

// DeleteWorker implements binderyv1.DeploymentServiceServer.
func (s *Service) DeleteWorker(ctx context.Context, r *binderyv1.DeleteWorkerRequest) (*binderyv1.DeleteWorkerResponse, error) {
	made, err := s.changeWorker(ctx, r.GetName(), change{
		requestID: r.GetRequestId(), author: r.GetAuthor(), message: "delete Worker " + r.GetName(),
		plan: func(state store.State) (*release.Plan, error) { return release.Delete(state, r.GetName()) },
	})
	return &binderyv1.DeleteWorkerResponse{Release: made}, err
}

// PutSecret implements binderyv1.DeploymentServiceServer.
func (s *Service) PutSecret(ctx context.Context, r *binderyv1.PutSecretRequest) (*binderyv1.PutSecretResponse, error) {
	if len(r.GetValue()) > maxSecret {
		return nil, invalid("the secret has %d bytes, and %d are the most", len(r.GetValue()), maxSecret)
	}
	if !utf8.Valid(r.GetValue()) {
		return nil, invalid("the secret is no UTF-8 text, and env has texts only: encode it, as base64 for example")
	}
	secret := &binderyv1.SealedSecret{
		Name:   r.GetName(),
		Sealed: s.o.Seal.Seal(r.GetWorker(), r.GetName(), r.GetValue()),
		Digest: s.o.Seal.Digest(r.GetWorker(), r.GetName(), r.GetValue()),
	}
	c := change{
		requestID: r.GetRequestId(), author: r.GetAuthor(), message: "put secret " + r.GetName() + " of " + r.GetWorker(),
		plan: func(state store.State) (*release.Plan, error) {
			return release.PutSecret(state, r.GetWorker(), secret, r.GetCreate())
		},
	}
	var made *binderyv1.Release
	var err error
	if r.GetCreate() {
		c.code = codes.InvalidArgument
		made, err = s.carryOut(ctx, c)
	} else {
		made, err = s.changeWorker(ctx, r.GetWorker(), c)
	}
	return &binderyv1.PutSecretResponse{Release: made}, err
}

// DeleteSecret implements binderyv1.DeploymentServiceServer.
func (s *Service) DeleteSecret(ctx context.Context, r *binderyv1.DeleteSecretRequest) (*binderyv1.DeleteSecretResponse, error) {
	made, err := s.changeWorker(ctx, r.GetWorker(), change{
		requestID: r.GetRequestId(), author: r.GetAuthor(), message: "delete secret " + r.GetName() + " of " + r.GetWorker(),
		plan: func(state store.State) (*release.Plan, error) {
			return release.DeleteSecret(state, r.GetWorker(), r.GetName())
		},
	})
	return &binderyv1.DeleteSecretResponse{Release: made}, err
}

// Configure implements binderyv1.DeploymentServiceServer.
func (s *Service) Configure(ctx context.Context, r *binderyv1.ConfigureRequest) (*binderyv1.ConfigureResponse, error) {
	if len(r.GetSetServices())+len(r.GetUnsetServices())+len(r.GetSetVars())+len(r.GetUnsetVars()) == 0 {
		return nil, invalid("there is nothing to set or unset")
	}
	var keys []string
	for _, b := range r.GetSetServices() {
		keys = append(keys, b.GetBinding())
	}
	keys = append(keys, r.GetUnsetServices()...)
	for _, v := range r.GetSetVars() {
		keys = append(keys, v.GetName())
	}
	keys = append(keys, r.GetUnsetVars()...)
	made, err := s.changeWorker(ctx, r.GetWorker(), change{
		requestID: r.GetRequestId(), author: r.GetAuthor(), message: "configure " + strings.Join(keys, ", ") + " of " + r.GetWorker(),
		plan: func(state store.State) (*release.Plan, error) { return release.Configure(state, r) },
	})
	return &binderyv1.ConfigureResponse{Release: made}, err
}

// changeWorker makes a change of one Worker, which must be there.
func (s *Service) changeWorker(ctx context.Context, worker string, c change) (*binderyv1.Release, error) {
	c.code = codes.FailedPrecondition
	c.message = clip(c.message, maxMessage)
	plan := c.plan
	c.plan = func(state store.State) (*release.Plan, error) {
		p, err := plan(state)
		var wrong *release.Error
		if state.Worker(worker) == nil && errors.As(err, &wrong) {
			return nil, faulty(codes.NotFound, wrong.Faults)
		}
		return p, err
	}
	return s.carryOut(ctx, c)
}

// checkCaller looks at what every change has.
func checkCaller(requestID, author, message string) error {
	switch {
	case requestID == "":
		return invalid("a request that changes something has a request_id, such as a random UUID, so that it can be sent again")
	case len(requestID) > maxRequestID:
		return invalid("request_id has more than %d bytes", maxRequestID)
	case len(author) > maxAuthor:
		return invalid("author has more than %d bytes", maxAuthor)
	case len(message) > maxMessage:
		return invalid("message has more than %d bytes", maxMessage)
	case strings.ContainsFunc(author, unicode.IsControl):
		return invalid("author has control characters")
	}
	return nil
}

// caller is who calls: the identity of the certificate, and the name that he gave.
func caller(ctx context.Context, name string) string {
	who := "somebody"
	if id, err := callerIdentity(ctx); err == nil {
		who = id.String()
	}
	if name == "" {
		return who
	}
	return name + " (" + who + ")"
}
