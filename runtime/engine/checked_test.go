package engine

import "testing"

func TestMachineIsLearnt(t *testing.T) {
	if Native() && machine == nil {
		t.Fatal("goja's machine was not understood: programs are not checked")
	}
}
