package membership_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bindery/bindery/node/membership"
)

// Variables that make a process of this test binary something else, or run what takes long.
const (
	roleVariable = "BINDERY_MEMBERSHIP_ROLE" // "hog", or the address of a member to join
	loadVariable = "BINDERY_MEMBERSHIP_LOAD" // how long members are watched beside hogs, such as 10m
)

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		goleak.VerifyTestMain(m)
	case "hog":
		for range 2 * runtime.NumCPU() {
			go func() {
				for x := uint64(1); x != 0; x = x*5 | 1 { // it is never 0
				}
			}()
		}
		select {}
	default:
		member(role)
	}
}

// member is a process of its own that says what happens to others.
func member(known string) {
	s, err := membership.Listen("127.0.0.1:0", "")
	if err != nil {
		panic(err)
	}
	id := fmt.Sprint("p", os.Getpid())
	g, err := membership.Start(membership.Options{
		Cluster: "one", Self: membership.Member{ID: id, Name: id}, Keys: [][]byte{key}, Transport: s, Known: func() []string { return []string{known} },
	})
	if err != nil {
		panic(err)
	}
	for {
		e, _ := g.Next(context.Background())
		fmt.Println(e.Kind, e.Member.ID)
	}
}

// TestBesideHogs watches members, each a process of its own, on a machine whose every core computes twice over: nobody may be given up. Then one is
// killed, again and again, and must be.
func TestBesideHogs(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv(loadVariable))
	if err != nil {
		t.Skip("it takes the whole machine: " + loadVariable + "=10m runs it")
	}
	g, address := onSockets(t, "here")
	var watching atomic.Bool
	process := func(role string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		if role == "hog" {
			cmd = exec.Command("nice", "-n", "5", os.Args[0]) // as data planes are
		}
		cmd.Env = append(os.Environ(), roleVariable+"="+role)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if watching.Load() && strings.HasPrefix(lines.Text(), "failed") {
					t.Errorf("process %d was told beside hogs: %s", cmd.Process.Pid, lines.Text())
				}
			}
		}()
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
		return cmd
	}
	for range 4 {
		process(address)
	}
	for range 4 {
		if e, err := g.Next(t.Context()); err != nil || e.Kind != membership.Joined {
			t.Fatalf("%+v, %v", e, err)
		}
	}
	process("hog")
	watching.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	for {
		e, err := g.Next(ctx)
		if err != nil {
			break
		}
		if e.Kind == membership.Failed {
			t.Errorf("%v was given up beside hogs", e.Member.ID)
		}
	}
	watching.Store(false)
	const kills = 20
	var worst, sum time.Duration
	for range kills {
		victim := process(address)
		if e, err := g.Next(t.Context()); err != nil || e.Kind != membership.Joined {
			t.Fatalf("%+v, %v", e, err)
		}
		began := time.Now()
		_ = victim.Process.Kill()
		if e, err := g.Next(t.Context()); err != nil || e.Kind != membership.Failed || e.Member.ID != fmt.Sprint("p", victim.Process.Pid) {
			t.Fatalf("%+v, %v", e, err)
		}
		took := time.Since(began)
		worst, sum = max(worst, took), sum+took
	}
	t.Logf("%d kills were noticed after %v on average, %v at worst", kills, (sum / kills).Round(time.Millisecond), worst.Round(time.Millisecond))
}
