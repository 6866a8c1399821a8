package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	"go.uber.org/goleak"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// alone opens a store of one node.
func alone(dir string) (*Store, error) {
	_, transport := raft.NewInmemTransport("n1")
	return Open(Options{Dir: dir, ID: "n1", Transport: transport, ClusterID: "c1", Heartbeat: 50 * time.Millisecond, SnapshotEvery: 50})
}

func start(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := alone(dir)
	if err != nil {
		t.Fatal(err)
	}
	lead(t, s)
	return s
}

// lead waits until the store leads.
func lead(t testing.TB, s *Store) {
	t.Helper()
	select {
	case <-s.raft.LeaderCh():
	case <-time.After(20 * time.Second):
		t.Fatal("nobody leads")
	}
}

func deploy(t testing.TB, s *Store, worker, id string) *binderyv1.Release {
	t.Helper()
	state, err := s.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Propose(t.Context(), releaseOf(state.Index(), item(worker, id)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func current(t testing.TB, s *Store, worker string) string {
	t.Helper()
	state, err := s.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return state.Worker(worker).GetVersion()
}

func stop(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStateOutlivesRestarts(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		s := start(t, dir)
		for i := range 70 { // past a snapshot
			deploy(t, s, "a", fmt.Sprintf("a%d.%d", round, i))
		}
		if round == 1 {
			if err := s.raft.Snapshot().Error(); err != nil {
				t.Fatal(err)
			}
		}
		stop(t, s)
	}
	s := start(t, dir)
	defer stop(t, s)
	state, err := s.Latest(t.Context())
	if err != nil || state.Worker("a").GetVersion() != "a2.69" || state.LastRelease() != 210 {
		t.Fatalf("%v, %v", state.Worker("a"), err)
	}
}

func TestLatestHasWhatWasAcknowledged(t *testing.T) {
	s := start(t, t.TempDir())
	defer stop(t, s)
	for i := range 50 {
		id := fmt.Sprint("a", i)
		deploy(t, s, "a", id)
		state, err := s.Latest(t.Context())
		if err != nil || state.Worker("a").GetVersion() != id {
			t.Fatalf("%v, %v", state.Worker("a"), err)
		}
	}
}

func TestAfterWakes(t *testing.T) {
	s := start(t, t.TempDir())
	defer stop(t, s)
	deploy(t, s, "a", "a1")
	index := s.State().Index()
	got := make(chan string)
	go func() {
		state, err := s.After(context.Background(), index)
		got <- fmt.Sprint(state.Worker("a").GetVersion(), err)
	}()
	deploy(t, s, "a", "a2")
	if text := <-got; text != "a2<nil>" {
		t.Fatal(text)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := s.After(ctx, s.State().Index()); err == nil || err.Error() != "enough" {
		t.Fatal(err)
	}
}

// filled is a closed store with a log.
func filled(t *testing.T, commands int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := start(t, dir)
	for i := range commands {
		deploy(t, s, "a", fmt.Sprint("a", i))
	}
	stop(t, s)
	return dir
}

func segment(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "log", "*.wal"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no log file: %v", err)
	}
	return files[len(files)-1]
}

// A log that lost what it had, or has something else in its place, is refused.
func TestDamagedLogIsRefused(t *testing.T) {
	find := func(t *testing.T, path, text string) int64 {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(data), text)
		if at < 0 {
			t.Fatalf("%q is not in the log", text)
		}
		return int64(at)
	}
	for name, damage := range map[string]func(t *testing.T, dir string) error{
		"a flipped bit in the middle": func(t *testing.T, dir string) error {
			path := segment(t, dir)
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt([]byte{'A'}, find(t, path, "bundle of a5"))
			return err
		},
		"cut off": func(t *testing.T, dir string) error {
			path := segment(t, dir)
			return os.Truncate(path, find(t, path, "bundle of a7"))
		},
		"zeros at the end": func(t *testing.T, dir string) error {
			path := segment(t, dir)
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt(make([]byte, 1<<10), find(t, path, "bundle of a18")-20)
			return err
		},
		"a file that is gone": func(t *testing.T, dir string) error { return os.Remove(segment(t, dir)) },
		"an empty file":       func(t *testing.T, dir string) error { return os.Truncate(segment(t, dir), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t, 20)
			if err := damage(t, dir); err != nil {
				t.Fatal(err)
			}
			s, err := alone(dir)
			var damaged *DamagedLogError
			if err == nil {
				lead(t, s)
				got := current(t, s, "a")
				stop(t, s)
				t.Fatalf("it was opened, with %q", got)
			}
			if !errors.As(err, &damaged) {
				t.Fatalf("%T: %v", err, err)
			}
		})
	}
}

// What was never acknowledged may be torn: it is cut off, and the store goes on.
func TestTornTailIsCutOff(t *testing.T) {
	dir := filled(t, 20)
	d, err := openDurableIndex(filepath.Join(dir, "log", "durable"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.set(d.index - 3); err != nil { // as if the last three had been on their way
		t.Fatal(err)
	}
	_ = d.close()
	path := segment(t, dir)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), "bundle of a18")
	if err := os.Truncate(path, int64(at)); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	if got := current(t, s, "a"); got != "a17" {
		t.Fatalf("got %s", got)
	}
	deploy(t, s, "a", "anew")
	stop(t, s)
	s = start(t, dir)
	defer stop(t, s)
	if got := current(t, s, "a"); got != "anew" {
		t.Fatalf("got %s", got)
	}
}

func TestDamagedNewestSnapshot(t *testing.T) {
	dir := filled(t, 10)
	for i := range 2 {
		s := start(t, dir)
		deploy(t, s, "b", fmt.Sprint("b", i))
		if err := s.raft.Snapshot().Error(); err != nil {
			t.Fatal(err)
		}
		stop(t, s)
	}
	states, err := filepath.Glob(filepath.Join(dir, "snapshots", "*", "state.bin"))
	if err != nil || len(states) != 2 {
		t.Fatalf("%v, %v", states, err)
	}
	if err := os.Truncate(states[1], 40); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir) // from the older one, and the log
	if got := current(t, s, "b"); got != "b1" {
		t.Fatalf("got %s", got)
	}
	stop(t, s)
}

// A command may be larger than a file of the log, and many make many files.
func TestLargeCommands(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	for i := range 4 {
		state, err := s.Latest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cmd := releaseOf(state.Index(), item("a", fmt.Sprint("a", i)))
		cmd.GetApplyRelease().Message = strings.Repeat("x", segmentSize*3/2)
		if _, err := s.Propose(t.Context(), cmd); err != nil {
			t.Fatal(err)
		}
		deploy(t, s, "b", fmt.Sprint("b", i))
	}
	stop(t, s)
	if files, _ := filepath.Glob(filepath.Join(dir, "log", "*.wal")); len(files) < 4 {
		t.Fatalf("there are only %v", files)
	}
	s = start(t, dir)
	defer stop(t, s)
	if a, b := current(t, s, "a"), current(t, s, "b"); a != "a3" || b != "b3" {
		t.Fatal(a, b)
	}
}
