package sim_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

// operation is a deploy of a version of a Worker, or a read of its version.
type operation struct {
	worker string
	deploy string // the version, "" for a read
}

// history is what clients did and saw. Time in it is a count: in a simulation much happens at the same moment.
type history struct {
	clock atomic.Int64

	mu           sync.Mutex
	operations   []porcupine.Operation // guarded by mu, like all below
	acknowledged map[string]int64      // by version: the number of its release
}

func newHistory() *history { return &history{acknowledged: map[string]int64{}} }

func (h *history) now() int64 { return h.clock.Add(1) }

// record notes an operation that ended.
func (h *history) record(client int, o operation, began int64, saw string) {
	h.add(client, o, began, h.now(), saw)
}

// unknown notes a deploy that may be carried out at any time from now on, or never.
func (h *history) unknown(client int, o operation, began int64) {
	h.add(client, o, began, int64(^uint64(0)>>1), "")
}

func (h *history) add(client int, o operation, began, ended int64, saw string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, porcupine.Operation{ClientId: client, Input: o, Call: began, Output: saw, Return: ended})
}

func (h *history) acknowledge(version string, release int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acknowledged[version] = release
}

// register is what a Worker's version should behave like.
var register = porcupine.Model{
	Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
		byWorker := map[string][]porcupine.Operation{}
		for _, o := range all {
			w := o.Input.(operation).worker
			byWorker[w] = append(byWorker[w], o)
		}
		var list [][]porcupine.Operation
		for _, l := range byWorker {
			list = append(list, l)
		}
		return list
	},
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		if o := input.(operation); o.deploy != "" {
			return true, o.deploy
		}
		return output == state, state
	},
	DescribeOperation: func(input, output any) string {
		if o := input.(operation); o.deploy != "" {
			return fmt.Sprintf("deploy %s as %s", o.worker, o.deploy)
		}
		return fmt.Sprintf("read %s: %q", input.(operation).worker, output)
	},
}

// check asks whether there is an order of all operations that explains what was seen.
func (h *history) check() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch porcupine.CheckOperationsTimeout(register, h.operations, 30*time.Second) {
	case porcupine.Illegal:
		return fmt.Errorf("%d operations are not linearizable", len(h.operations))
	case porcupine.Unknown:
		return fmt.Errorf("whether %d operations are linearizable was not found within 30 s", len(h.operations))
	}
	return nil
}
