package engine

import (
	"reflect"
	"testing"
)

func TestShapes(t *testing.T) {
	if Native() && !(native.hostShaped && native.async.shaped) {
		t.Errorf("goja's objects have another shape: host %v, async %v", native.hostShaped, native.async.shaped)
	}
	for _, c := range []struct {
		name string
		a, b reflect.Type
		want bool
	}{
		{"pointers of other types", reflect.TypeFor[[2]*int](), reflect.TypeFor[any](), true},
		{"a number for a pointer", reflect.TypeFor[*int](), reflect.TypeFor[uintptr](), false},
		{"a pointer for a number", reflect.TypeFor[uintptr](), reflect.TypeFor[*int](), false},
		{"the same words in another order", reflect.TypeFor[struct {
			s []int
			p *int
		}](), reflect.TypeFor[struct {
			p *int
			s []int
		}](), false},
		{"another size", reflect.TypeFor[[3]*int](), reflect.TypeFor[any](), false},
		{"a slice and three words", reflect.TypeFor[[]int](), reflect.TypeFor[struct {
			p    *byte
			n, m int
		}](), true},
	} {
		if got := sameShape(c.a, c.b); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
