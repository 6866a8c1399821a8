package control

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bindery/bindery/node/release"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// checkItems has the code of every version in a plan checked with the env that it will have, unless it was found good with that already. A deployment's
// uploads have been, before the plan was made; a rollback's versions may have been years ago, and what is put into env through the API changes
// what a top level sees. Faults get the given code.
func (s *Service) checkItems(ctx context.Context, items []*binderyv1.ReleaseItem, code codes.Code) error {
	var faults []*binderyv1.Fault
	var check []*candidate
	for _, item := range items {
		v := item.GetVersion()
		if v == nil || release.Draft(v) {
			continue
		}
		c, wrong, err := s.candidate(v.GetSecrets(), &binderyv1.WorkerUpload{Config: v.GetConfig(), Bundle: v.GetBundle()})
		if err == nil && c != nil {
			if _, ok := s.known.get(c.key); ok {
				continue
			}
			wrong, err = s.read(c)
		}
		switch {
		case isNotStored(err):
			faults = append(faults, &binderyv1.Fault{
				Worker: item.GetWorker(), Key: keyBundle, Text: fmt.Sprintf("its bundle %.12s is missing or damaged: deploy the Worker again", v.GetBundle()),
			})
		case err != nil:
			return failed(err)
		case len(wrong) > 0:
			faults = append(faults, wrong...)
		default:
			check = append(check, c)
		}
	}
	wrong, err := s.find(ctx, check, map[string]release.Code{}, func(*binderyv1.Fault) {})
	if err != nil {
		return failed(err)
	}
	if faults = append(faults, wrong...); len(faults) > 0 {
		return faulty(code, faults)
	}
	return nil
}
