package store

import (
	"fmt"

	"github.com/hashicorp/go-memdb"
	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// RefusedError says that a command was applied and changed nothing, for a reason that lies in the state.
type RefusedError struct {
	Reason string
	Cause  error // *join.RefusedError where a node was not let in; else nil
}

func (e *RefusedError) Error() string { return e.Reason }

// Unwrap gives the cause.
func (e *RefusedError) Unwrap() error { return e.Cause }

// ErrChanged is the reason where Workers were changed after a release was checked.
const ErrChanged = "Workers were changed meanwhile: try again"

// result is what a command comes to.
type result struct {
	release *binderyv1.Release // that it made, if any
	err     error              // *RefusedError, or one that ends the state machine
}

// application is one command being applied.
type application struct {
	State
	txn   *memdb.Txn
	index uint64
	cmd   *binderyv1.Command
}

// apply applies a command to a state. It depends on its arguments only. Errors: *RefusedError; any other means that the command can't be
// applied by this program, and that the node must not go on.
func apply(db *memdb.MemDB, index uint64, cmd *binderyv1.Command) result {
	txn := db.Txn(true)
	defer txn.Abort()
	a := &application{State: State{txn}, txn: txn, index: index, cmd: cmd}
	if cmd.GetFormat() == 0 || cmd.GetFormat() > Format {
		return result{err: fmt.Errorf("command %d has format %d, and this program knows formats up to %d: upgrade it", index, cmd.GetFormat(), Format)}
	}
	if id := cmd.GetRequestId(); id != "" {
		if known := a.request(id); known != nil {
			r := a.again(known)
			a.touch(nil)
			txn.Commit()
			return r
		}
	}
	r := a.body()
	if _, refused := r.err.(*RefusedError); r.err != nil && !refused {
		return r
	}
	a.remember(r)
	a.touch(r.release)
	txn.Commit()
	return r
}

func (a *application) body() result {
	switch b := a.cmd.GetBody().(type) {
	case *binderyv1.Command_CreateCluster:
		return a.createCluster(b.CreateCluster)
	case *binderyv1.Command_ApplyRelease:
		return a.release(b.ApplyRelease)
	case *binderyv1.Command_PutNode:
		a.insert(tableNodes, b.PutNode.GetNode())
		return result{}
	case *binderyv1.Command_HoldBack:
		return a.holdBack(b.HoldBack)
	case *binderyv1.Command_PutToken:
		return a.putToken(b.PutToken.GetToken())
	case *binderyv1.Command_RevokeToken:
		return a.revokeToken(b.RevokeToken.GetId())
	case *binderyv1.Command_AdmitNode:
		return a.admit(b.AdmitNode)
	case *binderyv1.Command_SetGossipKeys:
		return a.setGossipKeys(b.SetGossipKeys)
	case *binderyv1.Command_SetNodeState:
		return a.setNodeState(b.SetNodeState)
	}
	return result{err: fmt.Errorf("command %d is of a kind that this program does not know: upgrade it", a.index)}
}

// touch notes how far the state has come.
func (a *application) touch(release *binderyv1.Release) {
	m := *a.meta()
	m.Index = a.index
	if release != nil {
		m.Release, m.WorkersIndex = release.GetNumber(), a.index
	}
	a.insert(tableMeta, &m)
}

func (a *application) createCluster(c *binderyv1.CreateCluster) result {
	m := *a.meta()
	if m.ClusterID != "" {
		return result{err: &RefusedError{Reason: "the cluster has an identity already"}}
	}
	m.ClusterID = c.GetClusterId()
	a.insert(tableMeta, &m)
	return result{}
}

// release gives Workers new versions, all or none.
func (a *application) release(c *binderyv1.ApplyRelease) result {
	if c.GetCheckedIndex() < a.WorkersIndex() {
		return result{err: &RefusedError{Reason: ErrChanged}}
	}
	r := &binderyv1.Release{
		Number: a.LastRelease() + 1, Author: c.GetAuthor(), Message: c.GetMessage(), CreateTime: a.cmd.GetTime(),
		RollsBack: c.GetRollsBack(), Notes: c.GetNotes(),
	}
	for _, item := range c.GetItems() {
		before := a.Worker(item.GetWorker())
		after := item.GetVersion()
		if before.GetVersion() == after.GetId() {
			continue // as it is, or deleted as it was
		}
		r.Changes = append(r.Changes, &binderyv1.WorkerChange{Worker: item.GetWorker(), Before: before.GetVersion(), After: after.GetId()})
		if after == nil {
			a.delete(tableWorkers, before)
			continue
		}
		if a.Version(after.GetId()) == nil {
			a.insert(tableVersions, after)
		}
		a.insert(tableWorkers, &binderyv1.WorkerState{Name: item.GetWorker(), Version: after.GetId(), Release: r.GetNumber()})
	}
	if len(r.GetChanges()) == 0 {
		return result{} // everything is as it was: there is nothing to release
	}
	a.insert(tableReleases, r)
	a.forget(r.GetNumber() - KeptReleases)
	return result{release: r}
}

// forget drops a release that is too old, and the versions that only it named.
func (a *application) forget(number int64) {
	old := a.Release(number)
	if old == nil {
		return
	}
	a.delete(tableReleases, old)
	named := make(map[string]bool)
	for _, r := range a.Releases() {
		for _, c := range r.GetChanges() {
			named[c.GetBefore()], named[c.GetAfter()] = true, true
		}
	}
	for _, c := range old.GetChanges() {
		for _, id := range []string{c.GetBefore(), c.GetAfter()} {
			v := a.Version(id)
			if v != nil && !named[id] && first[*binderyv1.WorkerState](a.txn, tableWorkers, byVersion, id) == nil {
				a.delete(tableVersions, v)
			}
		}
	}
}

func (a *application) holdBack(c *binderyv1.HoldBack) result {
	h := c.GetHeldBack()
	if c.GetRelease() {
		if old := first[*binderyv1.HeldBack](a.txn, tableHeldBack, byID, h.GetWorker(), h.GetVersion()); old != nil {
			a.delete(tableHeldBack, old)
		}
		return result{}
	}
	a.insert(tableHeldBack, h)
	return result{}
}

// remember keeps what came of the command's request, and forgets the oldest.
func (a *application) remember(r result) {
	if a.cmd.GetRequestId() == "" {
		return
	}
	known := &binderyv1.AppliedRequest{RequestId: a.cmd.GetRequestId(), Index: a.index, Release: r.release.GetNumber()}
	if r.err != nil {
		if r.err.Error() == ErrChanged {
			return // the retry is to be judged anew
		}
		known.Refused = r.err.Error()
	}
	a.insert(tableRequests, known)
	m := *a.meta()
	m.Requests++
	if m.Requests > KeptRequests {
		a.delete(tableRequests, a.oldestRequest())
		m.Requests--
	}
	a.insert(tableMeta, &m)
}

func (a *application) oldestRequest() any {
	it, err := a.txn.Get(tableRequests, byIndex)
	if err != nil {
		panic(err)
	}
	return it.Next()
}

// again gives the result of a request that was applied before.
func (a *application) again(known *binderyv1.AppliedRequest) result {
	if known.GetRefused() != "" {
		return result{err: &RefusedError{Reason: known.GetRefused()}}
	}
	return result{release: a.Release(known.GetRelease())}
}

func (a *application) insert(table string, row any) {
	if err := a.txn.Insert(table, row); err != nil {
		panic(fmt.Sprintf("store: insert into %s: %v", table, err))
	}
}

func (a *application) delete(table string, row any) {
	if err := a.txn.Delete(table, row); err != nil {
		panic(fmt.Sprintf("store: delete from %s: %v", table, err))
	}
}

// decode reads a command of the log.
func decode(data []byte) (*binderyv1.Command, error) {
	cmd := new(binderyv1.Command)
	if err := proto.Unmarshal(data, cmd); err != nil {
		return nil, fmt.Errorf("decode command: %w", err)
	}
	return cmd, nil
}
