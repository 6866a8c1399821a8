package sim_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/test/sim/network"
)

// How long a schedule is, in simulated time, and how many there are in an ordinary run. BINDERY_SIM sets another number.
const (
	length    = 5 * time.Minute
	schedules = 8
)

func TestReplicatedStore(t *testing.T) {
	n := schedules
	if text := os.Getenv("BINDERY_SIM"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("BINDERY_SIM=%s: want a number of schedules", text)
		}
	}
	list := keptSeeds(t)
	for range n {
		list = append(list, rand.Uint64())
	}
	for _, seed := range list {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := workDir(t)
			synctest.Test(t, func(t *testing.T) { newSchedule(t, seed, dir).run() })
			if t.Failed() {
				keep(t, seed)
			}
		})
	}
}

// workDir is a folder in memory where there is such a file system: a simulation syncs more than a disk likes.
func workDir(t *testing.T) string {
	if dir, err := os.MkdirTemp("/dev/shm", "bindery-sim-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

const seeds = "testdata/seeds"

func keptSeeds(t *testing.T) []uint64 {
	names, err := os.ReadDir(seeds)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var list []uint64
	for _, n := range names {
		seed, err := strconv.ParseUint(n.Name(), 10, 64)
		if err != nil {
			t.Fatalf("%s/%s: want a seed as the name", seeds, n.Name())
		}
		list = append(list, seed)
	}
	return list
}

func keep(t *testing.T, seed uint64) {
	err := os.MkdirAll(seeds, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(seeds, fmt.Sprint(seed)), nil, 0o644)
	}
	if err != nil {
		t.Errorf("keep the seed: %v", err)
	}
}

// schedule is a group of five under a random sequence of faults, with clients.
type schedule struct {
	t       *testing.T
	random  *rand.Rand
	net     *network.Network
	members []*member
	history *history
	trace   []string

	hashes struct {
		sync.Mutex
		at map[uint64][sha256.Size]byte
	}
}

func newSchedule(t *testing.T, seed uint64, dir string) *schedule {
	n := network.New(seed)
	n.SetUsual(network.Link{Delay: 500 * time.Microsecond, Jitter: time.Millisecond})
	s := &schedule{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), net: n, history: newHistory(),
		members: members(n, dir, "n1", "n2", "n3", "n4", "n5"),
	}
	s.hashes.at = map[uint64][sha256.Size]byte{}
	return s
}

func (s *schedule) run() {
	var clients sync.WaitGroup
	defer s.end(clients.Wait) // in any case: a bubble waits for all that's in it
	s.form()
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	for i := range 4 {
		random := rand.New(rand.NewPCG(s.random.Uint64(), 2))
		clients.Go(func() { s.client(ctx, i, random) })
	}
	s.faults(ctx)
	clients.Wait()
	s.settle()
	s.judge()
}

// end ends all members, and tells what was done to them if that had consequences.
func (s *schedule) end(wait func()) {
	wait()
	for _, m := range s.members {
		if m.store.Load() != nil {
			m.kill(s.t)
		}
	}
	if s.t.Failed() {
		for _, line := range s.trace {
			s.t.Log(line)
		}
	}
}

func (s *schedule) note(format string, a ...any) {
	s.trace = append(s.trace, time.Now().Format("04:05.000 ")+fmt.Sprintf(format, a...))
}

// form makes the group.
func (s *schedule) form() {
	s.t.Helper()
	for i, m := range s.members {
		m.start(s.t, s.watch, i == 0)
	}
	first := s.members[0].store.Load()
	for !first.Leads() {
		time.Sleep(10 * time.Millisecond)
	}
	for _, m := range s.members[1:] {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if err := first.AddServer(ctx, store.Server{ID: m.id, Address: m.address(), Voter: true}); err != nil {
			s.t.Fatal(err)
		}
		cancel()
	}
}

// watch sees that a member has at each index the state that all others had there.
func (s *schedule) watch(m *member, st *store.Store, ctx context.Context) {
	for index := uint64(0); ; {
		state, err := st.After(ctx, index)
		if err != nil {
			return
		}
		index = state.Index()
		hash := state.Hash()
		s.hashes.Lock()
		known, seen := s.hashes.at[index]
		s.hashes.at[index] = hash
		s.hashes.Unlock()
		if seen && known != hash {
			s.t.Errorf("%s has another state at index %d than a replica before it", m.id, index)
		}
	}
}

// client deploys and reads at random members until ctx ends.
func (s *schedule) client(ctx context.Context, id int, random *rand.Rand) {
	for i := 0; ; i++ {
		select {
		case <-time.After(time.Duration(random.Int64N(int64(2 * time.Second)))):
		case <-ctx.Done():
			return
		}
		o := operation{worker: string(rune('a' + random.IntN(2)))}
		if random.IntN(2) == 0 {
			o.deploy = fmt.Sprintf("%d.%d", id, i)
		}
		if st := s.pick(random); st != nil {
			s.do(st, id, o)
		}
	}
}

// pick gives a member that is up: mostly one that thinks it leads, since the others only say so.
func (s *schedule) pick(random *rand.Rand) *store.Store {
	var up, leads []*store.Store
	for _, m := range s.members {
		st := m.store.Load()
		if st == nil {
			continue
		}
		up = append(up, st)
		if st.Leads() {
			leads = append(leads, st)
		}
	}
	if len(leads) > 0 && random.IntN(8) > 0 {
		up = leads
	}
	if len(up) == 0 {
		return nil
	}
	return up[random.IntN(len(up))]
}

func (s *schedule) do(st *store.Store, client int, o operation) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	began := s.history.now()
	state, err := st.Latest(ctx)
	if err != nil {
		return // nothing was seen, nothing done
	}
	if o.deploy == "" {
		s.history.record(client, o, began, state.Worker(o.worker).GetVersion())
		return
	}
	release, err := st.Propose(ctx, &binderyv1.Command{RequestId: o.deploy, Body: &binderyv1.Command_ApplyRelease{ApplyRelease: &binderyv1.ApplyRelease{
		Items: []*binderyv1.ReleaseItem{{Worker: o.worker, Version: &binderyv1.Version{
			Id: o.deploy, Config: &binderyv1.WorkerConfig{Name: o.worker}, Bundle: "b" + o.deploy,
		}}},
		CheckedIndex: state.Index(),
	}}})
	var refused *store.RefusedError
	var not *store.NotLeaderError
	switch {
	case err == nil:
		s.history.record(client, o, began, "")
		s.history.acknowledge(o.deploy, release.GetNumber())
	case errors.As(err, &refused), errors.As(err, &not): // not carried out, and won't be
	default:
		s.history.unknown(client, o, began)
	}
}

// settle heals everything and waits until all members have what the leader has.
func (s *schedule) settle() {
	s.net.Heal()
	s.net.SetUsual(network.Link{Delay: time.Millisecond})
	for _, m := range s.members {
		s.restart(m)
	}
	s.note("healed")
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		if s.agree() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	for _, m := range s.members {
		s.t.Errorf("a minute after all was healed %s is at %d, and thinks %q leads", m.id, m.store.Load().State().Index(), m.store.Load().Leader())
	}
}

// agree has every Worker read, and reports whether all members are where the leader is.
func (s *schedule) agree() bool {
	for _, m := range s.members {
		if !m.leads() {
			continue
		}
		for _, w := range []string{"a", "b"} {
			s.do(m.store.Load(), 9, operation{worker: w})
		}
		index := m.store.Load().State().Index()
		return index > 0 && !slices.ContainsFunc(s.members, func(other *member) bool { return other.store.Load().State().Index() != index })
	}
	return false
}

// judge looks at what is left.
func (s *schedule) judge() {
	if err := s.history.check(); err != nil {
		s.t.Error(err)
	}
	if len(s.history.acknowledged) < 20 {
		s.t.Errorf("only %d releases were acknowledged in %v: this shows nothing", len(s.history.acknowledged), length)
	}
	s.lost()
	for _, m := range s.members {
		select {
		case err := <-m.fatal:
			s.t.Errorf("%s: %v", m.id, err)
		default:
		}
	}
}

// lost looks for acknowledged releases that are not there.
func (s *schedule) lost() {
	for _, m := range s.members {
		state := m.store.Load().State()
		kept := map[int64]string{}
		for _, r := range state.Releases() {
			for _, c := range r.GetChanges() {
				kept[r.GetNumber()] = c.GetAfter()
			}
		}
		for version, number := range s.history.acknowledged {
			switch got, ok := kept[number]; {
			case number > state.LastRelease():
				s.t.Errorf("%s: release %d of %s was acknowledged, and %d is the last", m.id, number, version, state.LastRelease())
			case ok && got != version, !ok && number > state.LastRelease()-store.KeptReleases:
				s.t.Errorf("%s: release %d was acknowledged with %s, and has %q", m.id, number, version, got)
			}
		}
	}
}
