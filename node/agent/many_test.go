package agent

import (
	"fmt"
	"testing"
	"time"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// many are Workers of which each two share a bundle of their own size.
func (n *node) many(count int) []*binderyv1.Version {
	hash := n.store(says("one of many"))
	list := make([]*binderyv1.Version, count)
	for i := range list {
		name := fmt.Sprintf("w%d", i)
		list[i] = &binderyv1.Version{
			Id: fmt.Sprintf("%064x", i+1), Bundle: hash,
			Config: &binderyv1.WorkerConfig{
				Name: name, Routes: []*binderyv1.Route{{Pattern: name + ".test/*"}},
				Vars: []*binderyv1.Var{{Name: "N", Value: &binderyv1.Var_Text{Text: name}}},
			},
		}
	}
	return list
}

func TestManyWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 Workers")
	}
	n := newNode(t, nil)
	n.open()
	versions := n.many(10_000)
	began := time.Now()
	n.serve(versions...)
	t.Logf("assigned in %v", time.Since(began))
	n.want("w77.test", "one of many")
	changed := n.worker("w77", says("changed"))
	versions[77] = changed
	began = time.Now()
	n.serve(versions...)
	t.Logf("one changed in %v", time.Since(began))
	n.want("w77.test", "changed")
	if err := n.Close(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	n.client.CloseIdleConnections()
	began = time.Now()
	n.open()
	n.want("w9999.test", "one of many")
	t.Logf("from the start to the first answer %v", time.Since(began))
}
