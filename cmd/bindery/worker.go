package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

type workerCommand struct {
	List   workerListCommand   `cmd:"" help:"List the Workers of the cluster."`
	Show   workerShowCommand   `cmd:"" help:"Show a Worker and all that it is connected to."`
	Delete workerDeleteCommand `cmd:"" help:"Delete a Worker that no other binds to."`
}

type workerListCommand struct{}

// Help implements kong.HelpProvider.
func (workerListCommand) Help() string {
	return `Examples:
  bindery worker list
  bindery worker list --output json`
}

// Run lists the Workers on stdout.
func (c *workerListCommand) Run(e *env) error {
	return e.ask(func(r *remote) error {
		all := &binderyv1.ListWorkersResponse{}
		for after := ""; ; {
			page, err := r.ListWorkers(r.ctx, &binderyv1.ListWorkersRequest{After: after})
			if err != nil {
				return err
			}
			if len(page.GetWorkers()) == 0 {
				break
			}
			all.Workers = append(all.Workers, page.GetWorkers()...)
			after = page.GetWorkers()[len(page.GetWorkers())-1].GetName()
		}
		return e.show(all, func(w io.Writer) {
			if len(all.GetWorkers()) == 0 {
				fmt.Fprintln(w, "No Workers yet: deploy some with bindery deploy.")
				return
			}
			table := [][]string{{"WORKER", "VERSION", "RELEASE", "ROUTES", "BINDS", "BOUND BY"}}
			for _, s := range all.GetWorkers() {
				table = append(table, []string{
					s.GetName(), short(s.GetVersion()), fmt.Sprint(s.GetRelease()), orDash(routesText(s.GetRoutes())),
					orDash(strings.Join(s.GetBinds(), ", ")), fmt.Sprint(s.GetBoundBy()),
				})
			}
			rows(w, table)
			for _, s := range all.GetWorkers() {
				if s.GetTrouble() != "" {
					fmt.Fprintf(w, "\n  %s: %s\n", s.GetName(), oneLine(s.GetTrouble()))
				}
			}
		})
	})
}

func routesText(routes []*binderyv1.Route) string {
	var list []string
	for _, r := range routes {
		text := r.GetPattern()
		if r.GetCustomDomain() {
			text += " (custom domain)"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

type workerShowCommand struct {
	Name string `arg:"" help:"The Worker."`
}

// Help implements kong.HelpProvider.
func (workerShowCommand) Help() string {
	return `Shows its version, routes, vars, the names of its secrets, what it binds to and who binds to it, directly and through others. With
--output json the whole graph: nodes, and edges from caller to callee.

Examples:
  bindery worker show auth
  bindery worker show auth --output json | jq '.edges[] | select(.to == "auth") | .from'`
}

// Run shows the Worker on stdout.
func (c *workerShowCommand) Run(e *env) error {
	return e.ask(func(r *remote) error {
		answer, err := r.GetWorker(r.ctx, &binderyv1.GetWorkerRequest{Name: c.Name})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) { showWorker(w, c.Name, answer) })
	})
}

func showWorker(w io.Writer, name string, a *binderyv1.GetWorkerResponse) {
	v, config := a.GetVersion(), a.GetVersion().GetConfig()
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(w, "%-13s%s\n", what, oneLine(text))
		}
	}
	line("Worker", name)
	line("Environment", config.GetEnvironment())
	line("Version", fmt.Sprintf("%s, by release %d", v.GetId(), a.GetRelease()))
	line("Trouble", a.GetTrouble())
	reached := routesText(config.GetRoutes())
	if reached == "" {
		reached = "none (private: reached by bindings only)"
	}
	line("Routes", reached)
	line("Entrypoints", strings.Join(v.GetEntrypoints(), ", "))
	var vars, secrets []string
	for _, x := range config.GetVars() {
		value := fmt.Sprintf("%q", x.GetText())
		if x.GetJson() != nil {
			value = string(x.GetJson())
		}
		vars = append(vars, x.GetName()+" = "+value)
	}
	for _, s := range v.GetSecrets() {
		secrets = append(secrets, s.GetName())
	}
	line("Vars", strings.Join(vars, ", "))
	line("Secrets", strings.Join(secrets, ", "))
	line("Changed", strings.Join(v.GetOverrides(), ", "))
	showEdges(w, name, a)
}

// showEdges prints the bindings around a Worker: each with the version and environment of its far end, the one that is called below the Worker and
// the one that calls above.
func showEdges(w io.Writer, name string, a *binderyv1.GetWorkerResponse) {
	nodes, callers := map[string]*binderyv1.GraphNode{}, map[string][]string{}
	for _, n := range a.GetNodes() {
		nodes[n.GetName()] = n
	}
	for _, x := range a.GetEdges() {
		callers[x.GetTo()] = append(callers[x.GetTo()], x.GetFrom())
	}
	above := map[string]bool{name: true} // those that reach it
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		for _, from := range callers[queue[0]] {
			if !above[from] {
				above[from] = true
				queue = append(queue, from)
			}
		}
	}
	edges := func(title string, far func(*binderyv1.GraphEdge) string, near func(*binderyv1.GraphEdge) bool) {
		table := [][]string{{"FROM", "BINDING", "TO", "VERSION", "ENVIRONMENT"}}
		for _, x := range a.GetEdges() {
			if !near(x) {
				continue
			}
			to := x.GetTo()
			if x.GetEntrypoint() != "" {
				to += "#" + x.GetEntrypoint()
			}
			other := nodes[far(x)]
			table = append(table, []string{x.GetFrom(), x.GetBinding(), to, short(other.GetVersion()), orDash(other.GetEnvironment())})
		}
		if len(table) > 1 {
			fmt.Fprintf(w, "\n%s\n", title)
			rows(w, table)
		}
	}
	below := func(n string) bool { return nodes[n].GetDepth() >= 0 }
	edges("Binds to", (*binderyv1.GraphEdge).GetTo, func(x *binderyv1.GraphEdge) bool { return x.GetFrom() == name })
	edges("Binds to, through others", (*binderyv1.GraphEdge).GetTo, func(x *binderyv1.GraphEdge) bool {
		return x.GetFrom() != name && x.GetTo() != name && below(x.GetFrom())
	})
	edges("Bound by", (*binderyv1.GraphEdge).GetFrom, func(x *binderyv1.GraphEdge) bool { return x.GetTo() == name && x.GetFrom() != name })
	edges("Bound by, through others", (*binderyv1.GraphEdge).GetFrom, func(x *binderyv1.GraphEdge) bool {
		return x.GetTo() != name && x.GetFrom() != name && above[x.GetTo()]
	})
}

type workerDeleteCommand struct {
	Name string `arg:"" help:"The Worker."`
}

// Help implements kong.HelpProvider.
func (workerDeleteCommand) Help() string {
	return `A Worker that others bind to is not deleted: the error names them. A deletion is a release, and can be rolled back.

Examples:
  bindery worker delete auth`
}

// Run deletes the Worker.
func (c *workerDeleteCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		answer, err := r.DeleteWorker(r.ctx, &binderyv1.DeleteWorkerRequest{RequestId: client.NewRequestID(), Name: c.Name, Author: author("")})
		if err != nil {
			return err
		}
		return e.showRelease(answer.GetRelease())
	})
}
