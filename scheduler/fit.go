package scheduler

import "math/bits"

// roomTree finds nodes with room: the leaves are the free memory and CPU of a class's nodes in their order, and each inner
// entry the largest of each below it. A leaf of -1 takes nothing.
type roomTree struct {
	// size is the number of leaves, a power of two; leaf i is entry size+i.
	size int
	room []Demand
}

func newRoomTree(leaves int) roomTree {
	size := 1
	if leaves > 1 {
		size = 1 << bits.Len(uint(leaves-1))
	}
	t := roomTree{size: size, room: make([]Demand, 2*size)}
	for i := range t.room {
		t.room[i] = Demand{-1, -1}
	}
	return t
}

func (t *roomTree) set(leaf int, room Demand) {
	i := t.size + leaf
	t.room[i] = room
	for i >>= 1; i > 0; i >>= 1 {
		a, b := t.room[2*i], t.room[2*i+1]
		top := Demand{max(a.Memory, b.Memory), max(a.CPU, b.CPU)}
		if t.room[i] == top {
			return
		}
		t.room[i] = top
	}
}

// top returns the most free memory and the most free CPU of any leaf, which need not be the same.
func (t *roomTree) top() Demand { return t.room[1] }

// first returns the first leaf from start on that has room for need, or -1.
func (t *roomTree) first(start int, need Demand) int {
	if start >= t.size {
		return -1
	}
	i := t.size + start
	for {
		if need.within(t.room[i]) {
			if i >= t.size {
				return i - t.size
			}
			i *= 2
			continue
		}
		// On to the next subtree to the right: up while this is a right child, then one over.
		for i&1 == 1 {
			if i >>= 1; i <= 1 {
				return -1
			}
		}
		i++
	}
}

// widest returns the first leaf with the most free memory.
func (t *roomTree) widest() int {
	i := 1
	for i < t.size {
		i *= 2
		if t.room[i].Memory < t.room[i+1].Memory {
			i++
		}
	}
	return i - t.size
}

func (d Demand) within(room Demand) bool { return d.Memory <= room.Memory && d.CPU <= room.CPU }

func (d Demand) plus(e Demand) Demand { return Demand{d.Memory + e.Memory, d.CPU + e.CPU} }

func (d Demand) minus(e Demand) Demand { return Demand{d.Memory - e.Memory, d.CPU - e.CPU} }
