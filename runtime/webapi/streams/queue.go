package streams

import (
	"math"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// fifo is a list that is taken from at its front. The zero value is empty.
type fifo[T any] struct {
	items []T
	head  int
}

func (q *fifo[T]) len() int { return len(q.items) - q.head }

func (q *fifo[T]) push(v T) { q.items = append(q.items, v) }

func (q *fifo[T]) front() *T { return &q.items[q.head] }

func (q *fifo[T]) shift() T {
	var zero T
	v := q.items[q.head]
	q.items[q.head] = zero
	q.head++
	switch {
	case q.head == len(q.items):
		q.items, q.head = q.items[:0], 0
	case q.head >= 32 && q.head*2 >= len(q.items):
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return v
}

// take empties the list and gives what was in it.
func (q *fifo[T]) take() []T {
	all := q.items[q.head:]
	q.items, q.head = nil, 0
	return all
}

// sizedQueue is https://streams.spec.whatwg.org/#queue-with-sizes.
type sizedQueue struct {
	fifo[sizedValue]
	total float64
}

type sizedValue struct {
	value goja.Value // nil is the close sentinel
	size  float64
}

// enqueueValueWithSize gives the RangeError for a size that is none, nil otherwise.
func enqueueValueWithSize(r *webidl.Realm, q *sizedQueue, v goja.Value, size float64) *goja.Object {
	if !(size >= 0) || math.IsInf(size, 1) {
		return r.RangeError("The return value of a queuing strategy's size function must be a finite, non-NaN, non-negative number")
	}
	q.push(sizedValue{v, size})
	q.total += size
	return nil
}

func dequeueValue(q *sizedQueue) goja.Value {
	e := q.shift()
	q.total = max(q.total-e.size, 0) // rounding may have taken it below
	return e.value
}

func resetQueue(q *sizedQueue) { *q = sizedQueue{} }
