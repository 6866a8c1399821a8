package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/raft"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// version makes a Version whose id is its text.
func version(worker, id string) *binderyv1.Version {
	return &binderyv1.Version{Id: id, Config: &binderyv1.WorkerConfig{Name: worker}, Bundle: "bundle of " + id}
}

func item(worker, id string) *binderyv1.ReleaseItem {
	if id == "" {
		return &binderyv1.ReleaseItem{Worker: worker}
	}
	return &binderyv1.ReleaseItem{Worker: worker, Version: version(worker, id)}
}

func releaseOf(checked uint64, items ...*binderyv1.ReleaseItem) *binderyv1.Command {
	return &binderyv1.Command{Format: Format, Time: timestamppb.New(timestamppb.Now().AsTime()), Body: &binderyv1.Command_ApplyRelease{
		ApplyRelease: &binderyv1.ApplyRelease{Items: items, Author: "ann", Message: "why", CheckedIndex: checked},
	}}
}

// replica applies commands as raft would.
type replica struct {
	t testing.TB
	*machine
	index uint64
}

func newReplica(t testing.TB) *replica {
	return &replica{t: t, machine: newMachine(func(error) {})}
}

func (r *replica) apply(cmd *binderyv1.Command) result {
	data, err := proto.Marshal(cmd)
	if err != nil {
		r.t.Fatal(err)
	}
	r.index++
	return r.Apply(&raft.Log{Index: r.index, Data: data}).(result)
}

func (r *replica) now() State { s, _ := r.state(); return s }

func TestRelease(t *testing.T) {
	r := newReplica(t)
	first := r.apply(releaseOf(0, item("a", "a1"), item("b", "b1")))
	if first.err != nil || first.release.GetNumber() != 1 || len(first.release.GetChanges()) != 2 {
		t.Fatalf("%+v", first)
	}
	second := r.apply(releaseOf(1, item("a", "a2"), item("b", "b1")))
	want := []*binderyv1.WorkerChange{{Worker: "a", Before: "a1", After: "a2"}}
	if diff := cmp.Diff(want, second.release.GetChanges(), protocmp.Transform()); diff != "" {
		t.Fatal(diff)
	}
	if same := r.apply(releaseOf(2, item("a", "a2"))); same.err != nil || same.release != nil || r.now().LastRelease() != 2 {
		t.Fatalf("nothing changed, and it made %+v", same)
	}
	var refused *RefusedError
	if late := r.apply(releaseOf(1, item("b", "b2"))); !errors.As(late.err, &refused) || refused.Reason != ErrChanged {
		t.Fatalf("checked before the last change: %+v", late)
	}
	deleted := r.apply(releaseOf(2, item("b", "")))
	if deleted.err != nil || r.now().Worker("b") != nil || r.now().Version("b1") == nil {
		t.Fatalf("%+v; a kept release names b1, so that it can be rolled back", deleted)
	}
	if w := r.now().Worker("a"); w.GetVersion() != "a2" || w.GetRelease() != 2 {
		t.Fatalf("%v", w)
	}
}

func TestRetryIsAppliedOnce(t *testing.T) {
	r := newReplica(t)
	cmd := releaseOf(0, item("a", "a1"))
	cmd.RequestId = "r1"
	one, two := r.apply(cmd), r.apply(cmd)
	if one.release.GetNumber() != 1 || two.release.GetNumber() != 1 || r.now().LastRelease() != 1 {
		t.Fatalf("%+v, then %+v", one, two)
	}
	late := releaseOf(0, item("a", "a2"))
	late.RequestId = "r2"
	if res := r.apply(late); res.err == nil {
		t.Fatal("it was checked before the last change")
	}
	late.GetApplyRelease().CheckedIndex = r.now().Index()
	if res := r.apply(late); res.err != nil || res.release.GetNumber() != 2 {
		t.Fatalf("a retry that was checked again: %+v", res)
	}
}

func TestOldReleasesAndVersionsGo(t *testing.T) {
	r := newReplica(t)
	r.apply(releaseOf(0, item("still", "still1")))
	for i := range KeptReleases + 10 {
		r.apply(releaseOf(r.now().Index(), item("a", fmt.Sprintf("a%d", i))))
	}
	s := r.now()
	if got := len(s.Releases()); got != KeptReleases {
		t.Fatalf("%d releases are kept", got)
	}
	if s.Version("still1") == nil || s.Current("still") == nil {
		t.Fatal("a version that is current was dropped")
	}
	if s.Version("a0") != nil || s.Version("a9") == nil || len(s.Versions()) != KeptReleases+2 {
		t.Fatalf("%d versions are kept", len(s.Versions()))
	}
}

func TestNewerFormatStopsTheMachine(t *testing.T) {
	told := make(chan error, 1)
	r := newReplica(t)
	r.fatal = func(err error) { told <- err }
	r.apply(releaseOf(0, item("a", "a1")))
	cmd := releaseOf(1, item("a", "a2"))
	cmd.Format = Format + 1
	before := r.now().Hash()
	if res := r.apply(cmd); res.err == nil {
		t.Fatal("applied")
	}
	if err := <-told; err == nil {
		t.Fatal("nobody was told")
	}
	cmd.Format = Format
	if res := r.apply(cmd); res.err == nil || r.now().Hash() != before {
		t.Fatal("it went on after a command that it could not apply")
	}
}

// commands draws commands as clients send them, sound and unsound.
func commands(t *rapid.T) []*binderyv1.Command {
	worker := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	var list []*binderyv1.Command
	for n := rapid.IntRange(0, 60).Draw(t, "commands"); n > 0; n-- {
		index := uint64(len(list))
		var cmd *binderyv1.Command
		switch rapid.IntRange(0, 12).Draw(t, "kind") {
		case 10:
			cmd = at(noon, token(worker.Draw(t, "token"), 2, noon.Add(time.Hour)))
		case 11:
			cmd = at(noon, admission(worker.Draw(t, "token"), worker.Draw(t, "node"), worker.Draw(t, "name")))
		case 12:
			cmd = at(noon, &binderyv1.SetGossipKeys{Sealed: [][]byte{{1}}, Replaces: int64(rapid.IntRange(0, 3).Draw(t, "replaces"))})
		case 0:
			cmd = &binderyv1.Command{Body: &binderyv1.Command_PutNode{PutNode: &binderyv1.PutNode{Node: &binderyv1.Node{
				Id: worker.Draw(t, "node"), Labels: map[string]string{"x": "1", "y": "2", "z": worker.Draw(t, "label")},
			}}}}
		case 1:
			cmd = &binderyv1.Command{Body: &binderyv1.Command_HoldBack{HoldBack: &binderyv1.HoldBack{
				HeldBack: &binderyv1.HeldBack{Worker: worker.Draw(t, "worker"), Version: "1"}, Release: rapid.Bool().Draw(t, "release"),
			}}}
		case 2:
			cmd = &binderyv1.Command{Body: &binderyv1.Command_CreateCluster{CreateCluster: &binderyv1.CreateCluster{ClusterId: "c"}}}
		default:
			var items []*binderyv1.ReleaseItem
			for range rapid.IntRange(1, 3).Draw(t, "items") {
				items = append(items, item(worker.Draw(t, "worker"), rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "version")))
			}
			checked := uint64(rapid.IntRange(0, 3).Draw(t, "behind"))
			cmd = releaseOf(max(index, checked)-checked, items...)
		}
		cmd.Format = Format
		cmd.RequestId = rapid.SampledFrom([]string{"", "r1", "r2", fmt.Sprint("r", index)}).Draw(t, "request")
		list = append(list, cmd)
	}
	return list
}

// Two replicas that apply the same commands are equal at every index, whatever snapshots one of them goes through.
func TestReplicasAreEqual(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		one, two := newReplica(t), newReplica(t)
		for _, cmd := range commands(rt) {
			a, b := one.apply(cmd), two.apply(cmd)
			if fmt.Sprint(a.err) != fmt.Sprint(b.err) || !proto.Equal(a.release, b.release) {
				rt.Fatalf("%v: %+v and %+v", cmd, a, b)
			}
			if one.now().Hash() != two.now().Hash() {
				rt.Fatalf("the states differ after %v", cmd)
			}
			if rapid.IntRange(0, 4).Draw(rt, "snapshot") == 0 {
				var buf bytes.Buffer
				if err := two.now().Write(&buf); err != nil {
					rt.Fatal(err)
				}
				two = &replica{t: t, machine: newMachine(func(error) {}), index: two.index}
				if err := two.Restore(io.NopCloser(&buf)); err != nil {
					rt.Fatal(err)
				}
			}
		}
	})
}

// No damage to a snapshot goes unnoticed.
func TestDamagedSnapshots(t *testing.T) {
	r := newReplica(t)
	r.apply(releaseOf(0, item("a", "a1"), item("b", "b1")))
	r.apply(releaseOf(1, item("a", "a2")))
	var buf bytes.Buffer
	if err := r.now().Write(&buf); err != nil {
		t.Fatal(err)
	}
	whole := buf.Bytes()
	state, err := Read(bytes.NewReader(whole))
	if err != nil || state.Hash() != r.now().Hash() {
		t.Fatal(err)
	}
	for n := range whole {
		if _, err := Read(bytes.NewReader(whole[:n])); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut off at %d of %d: %v", n, len(whole), err)
		}
		bad := bytes.Clone(whole)
		bad[n] ^= 4
		if state, err := Read(bytes.NewReader(bad)); err == nil && state.Hash() != r.now().Hash() {
			t.Fatalf("a flipped bit in byte %d went unnoticed", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	r := newReplica(f)
	r.apply(releaseOf(0, item("a", "a1")))
	var buf bytes.Buffer
	if err := r.now().Write(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte{0, 0, 0, 1})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		if state, err := Read(bytes.NewReader(data)); err == nil {
			state.Hash()
		}
	})
}
