package agent

import (
	"testing"
)

func launchers(t *testing.T, f func(t *testing.T, n *node)) {
	for name, l := range map[string]Launcher{"inside": InProcess(hooks), "process": Processes} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t, func(o *Options) { o.Launcher = l })
			n.open()
			f(t, n)
		})
	}
}

func TestServes(t *testing.T) {
	launchers(t, func(t *testing.T, n *node) {
		if status, _ := n.get("hello.test"); status != 404 {
			t.Errorf("before anything is assigned: %d", status)
		}
		inner := n.worker("inner", says("inner"))
		inner.Config.Routes = nil
		n.serve(
			n.worker("hello", says("hello")),
			n.worker("outer", `{ async fetch(r, env) { return new Response("outer " + await (await env.INNER.fetch(r)).text()); } }`, "inner"),
			inner,
		)
		n.want("hello.test", "hello")
		n.want("outer.test", "outer inner")
		if status, _ := n.get("inner.test"); status != 404 {
			t.Errorf("a private Worker answers %d", status)
		}
		n.serve(n.worker("hello", says("again")))
		n.want("hello.test", "again")
		if status, _ := n.get("outer.test"); status != 404 {
			t.Errorf("a Worker that was taken away answers %d", status)
		}
	})
}
