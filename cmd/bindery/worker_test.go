package main

import (
	"strings"
	"testing"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// graphAnswer is what a cluster says of a Worker in a graph of edges such as "a>b"; below has the Workers that it reaches.
func graphAnswer(name string, below []string, edges ...string) *binderyv1.GetWorkerResponse {
	a := &binderyv1.GetWorkerResponse{Version: &binderyv1.Version{Id: "version of " + name, Config: &binderyv1.WorkerConfig{Name: name}}}
	depth := map[string]int32{name: 0}
	for i, b := range below {
		depth[b] = int32(i + 1)
	}
	seen := map[string]bool{}
	for _, e := range edges {
		from, to, _ := strings.Cut(e, ">")
		a.Edges = append(a.Edges, &binderyv1.GraphEdge{From: from, To: to, Binding: strings.ToUpper(to)})
		for _, n := range []string{from, to} {
			if seen[n] {
				continue
			}
			seen[n] = true
			d, ok := depth[n]
			if !ok {
				d = -1
			}
			a.Nodes = append(a.Nodes, &binderyv1.GraphNode{Name: n, Version: "v-" + n, Environment: "env-" + n, Depth: d})
		}
	}
	return a
}

func TestShowEdges(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer *binderyv1.GetWorkerResponse
		want   string
	}{
		{"a chain", graphAnswer("auth", []string{"db"}, "edge>gateway", "gateway>auth", "auth>db"), `
Binds to
  FROM  BINDING  TO  VERSION  ENVIRONMENT
  auth  DB       db  v-db     env-db

Bound by
  FROM     BINDING  TO    VERSION   ENVIRONMENT
  gateway  AUTH     auth  v-gatewa  env-gateway

Bound by, through others
  FROM  BINDING  TO       VERSION  ENVIRONMENT
  edge  GATEWAY  gateway  v-edge   env-edge
`},
		{"a cycle, and who binds it", graphAnswer("a", []string{"b", "c"}, "a>b", "b>c", "c>a", "x>b"), `
Binds to
  FROM  BINDING  TO  VERSION  ENVIRONMENT
  a     B        b   v-b      env-b

Binds to, through others
  FROM  BINDING  TO  VERSION  ENVIRONMENT
  b     C        c   v-c      env-c

Bound by
  FROM  BINDING  TO  VERSION  ENVIRONMENT
  c     A        a   v-c      env-c

Bound by, through others
  FROM  BINDING  TO  VERSION  ENVIRONMENT
  b     C        c   v-b      env-b
  x     B        b   v-x      env-x
`},
		{"itself", graphAnswer("a", nil, "a>a"), `
Binds to
  FROM  BINDING  TO  VERSION  ENVIRONMENT
  a     A        a   v-a      env-a
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			showEdges(&b, c.answer.GetVersion().GetConfig().GetName(), c.answer)
			if got := b.String(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
