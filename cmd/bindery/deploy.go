package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/client"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/node/control"
	"github.com/bindery/bindery/node/dev"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime/bundle"
)

type deployCommand struct {
	Path      []string `arg:"" optional:"" name:"path" help:"Folders (every wrangler file in and below is found), wrangler files, scripts. Default: the current folder."`
	Env       string   `short:"e" placeholder:"NAME" help:"Environment of the wrangler files to deploy."`
	Message   string   `short:"m" placeholder:"TEXT" help:"What the release is for."`
	Author    string   `placeholder:"NAME" help:"Who releases. Default: the user's name."`
	Keep      bool     `xor:"overrides" help:"Keep what was changed through the API since the last deployment, where the files say otherwise."`
	Overwrite bool     `xor:"overrides" help:"Undo what was changed through the API since the last deployment, where the files say otherwise."`
	DryRun    bool     `help:"Check everything, change nothing."`
}

// Help implements kong.HelpProvider.
func (deployCommand) Help() string {
	return `All Workers that are found make one release: all of them are changed, or none. Before that, the cluster compiles every Worker and runs its
top level in a process of its own, and looks at every binding, entrypoint and route. What is as it was stays as it is. The command ends
when the release is served.

.dev.vars is for development: secrets are set with bindery secret put.

Examples:
  bindery deploy                                 every Worker in and below the current folder
  bindery deploy ./gateway ./auth -m "new login"
  bindery deploy --env staging --dry-run`
}

// Run makes the release.
func (c *deployCommand) Run(e *env) error {
	if len(c.Path) == 0 {
		c.Path = []string{"."}
	}
	r, err := e.dial(client.DefaultPatience)
	if err != nil {
		return err
	}
	defer r.close()
	built, warnings, err := dev.Build(r.ctx, dev.BuildOptions{Paths: c.Path, Env: c.Env})
	_, _ = io.WriteString(e.stderr, e.formatMessages(api.WarningMessage, warnings))
	if err != nil {
		return c.explainBuild(e, err)
	}
	request, content, err := c.request(built)
	if err != nil {
		return err
	}
	made, err := r.Deploy(r.ctx, request, content, c.follow(e, built))
	if err != nil {
		return c.explain(e, r, built, err)
	}
	if err := e.show(made, func(w io.Writer) { c.show(w, r, built, made) }); err != nil {
		return err
	}
	if e.output == outputTable && !c.DryRun {
		c.remind(e, r, built)
	}
	return nil
}

// explainBuild gives the faults of files their exit codes.
func (c *deployCommand) explainBuild(e *env, err error) error {
	var fault *dev.Fault
	switch {
	case errors.As(err, &fault):
		_, _ = io.WriteString(e.stderr, e.formatMessages(api.ErrorMessage, fault.Messages))
		if fault.Stage == dev.Code {
			return &cliError{code: exitCode}
		}
		return &cliError{code: exitConfig}
	case errors.Is(err, context.Canceled):
		return &cliError{code: exitForced, err: errors.New("ended before anything was sent: nothing is released")}
	}
	return err
}

// request makes the release, and the bundles by hash.
func (c *deployCommand) request(built []dev.Built) (*binderyv1.ReleaseRequest, map[string][]byte, error) {
	r := &binderyv1.ReleaseRequest{
		RequestId: client.NewRequestID(), Author: author(c.Author), Message: c.Message,
		Keep: c.Keep, Overwrite: c.Overwrite, DryRun: c.DryRun,
	}
	content := map[string][]byte{}
	for _, b := range built {
		data, err := b.Bundle.Encode()
		if err != nil {
			return nil, nil, fmt.Errorf("encode the bundle of Worker %q: %w", b.Worker.Name, err)
		}
		hash := bundles.Hash(data)
		content[hash] = data
		r.Workers = append(r.Workers, &binderyv1.WorkerUpload{Config: workerConfig(b), Bundle: hash, File: b.File})
	}
	return r, content, nil
}

// workerConfig is a Worker's configuration as a cluster has it.
func workerConfig(b dev.Built) *binderyv1.WorkerConfig {
	w := b.Worker
	c := &binderyv1.WorkerConfig{
		Name: w.Name, Environment: w.Environment, CompatibilityDate: w.CompatibilityDate, CompatibilityFlags: w.CompatibilityFlags,
		ServiceWorker: b.Bundle.Syntax == bundle.ServiceWorker, RequiredSecrets: w.RequiredSecrets,
	}
	for _, s := range w.Services {
		c.Services = append(c.Services, &binderyv1.ServiceBinding{Binding: s.Binding, Service: s.Service, Entrypoint: s.Entrypoint, Props: s.Props})
	}
	for name, v := range w.Vars {
		x := &binderyv1.Var{Name: name, Value: &binderyv1.Var_Text{Text: v.Text}}
		if v.JSON != nil {
			x.Value = &binderyv1.Var_Json{Json: v.JSON}
		}
		c.Vars = append(c.Vars, x)
	}
	for _, r := range w.Routes {
		c.Routes = append(c.Routes, &binderyv1.Route{Pattern: r.Pattern, CustomDomain: r.CustomDomain})
	}
	if w.Limits != (config.Limits{}) {
		c.Limits = &binderyv1.Limits{CpuMs: int32(w.Limits.CPUMs), Subrequests: int32(w.Limits.Subrequests)}
	}
	if p := w.Placement; p.Memory != 0 || p.CPU != 0 || p.Replicas != 0 || len(p.Zones) > 0 || len(p.Labels) > 0 {
		c.Placement = &binderyv1.Placement{
			MemoryBytes: p.Memory, CpuMilli: int32(p.CPU), Replicas: int32(p.Replicas), Zones: p.Zones, Labels: p.Labels,
		}
	}
	return c
}

// follow prints the stages of a deployment, and warnings.
func (c *deployCommand) follow(e *env, built []dev.Built) func(client.Event) {
	fmt.Fprintf(e.stderr, "bundled %s\n", count(len(built), "Worker"))
	last := ""
	return func(event client.Event) {
		if f := event.Warning; f != nil {
			_, _ = io.WriteString(e.stderr, e.formatMessages(api.WarningMessage, []api.Message{message(f, built)}))
			return
		}
		p := event.Progress
		text := p.GetStage()
		switch {
		case p.GetStage() == "uploading" && p.GetDone() < p.GetTotal():
			text = "uploading " + count(int(p.GetTotal()), "bundle")
		case p.GetStage() == "checking" && p.GetDone() == 0:
			text = "checking " + count(int(p.GetTotal()), "Worker")
		case p.GetStage() == "placing":
			text = fmt.Sprintf("served by %d of %s", p.GetDone(), count(int(p.GetTotal()), "node"))
		case p.GetStage() == "uploading", p.GetStage() == "checking", p.GetStage() == "serving":
			return // the end of a stage is the beginning of the next
		}
		if text != last {
			fmt.Fprintln(e.stderr, text)
			last = text
		}
	}
}

// explain prints the faults of a release with their places.
func (c *deployCommand) explain(e *env, r *remote, built []dev.Built, err error) error {
	faults := client.Faults(err)
	if len(faults) == 0 {
		return r.explain(err)
	}
	var messages []api.Message
	code := exitCode
	for _, f := range faults {
		if f.GetKey() != control.KeyCode {
			code = exitConfig
		}
		messages = append(messages, message(f, built))
	}
	_, _ = io.WriteString(e.stderr, e.formatMessages(api.ErrorMessage, messages))
	fmt.Fprintln(e.stderr, "Nothing was released.")
	return &cliError{code: code}
}

// message is a fault with its place in the files that were deployed.
func message(f *binderyv1.Fault, built []dev.Built) api.Message {
	m := api.Message{Text: f.GetText()}
	if f.GetKey() != "" && f.GetKey() != control.KeyCode {
		m.Text = f.GetKey() + ": " + m.Text
	}
	at := place(f, built)
	switch {
	case at != nil:
		m.Location = at
	case f.GetLine() > 0:
		m.Location = &api.Location{File: sourceFile(f, built), Line: int(f.GetLine()), Column: int(f.GetColumn()), LineText: f.GetLineText()}
	case f.GetFile() != "":
		m.Text = f.GetFile() + ": " + m.Text
	case f.GetWorker() != "":
		m.Text = fmt.Sprintf("Worker %q: %s", f.GetWorker(), m.Text)
	}
	return m
}

// sourceFile is the file of a fault of code, which the cluster names from the Worker's folder, as messages name files here.
func sourceFile(f *binderyv1.Fault, built []dev.Built) string {
	for _, b := range built {
		if b.Worker.Name == f.GetWorker() && f.GetKey() == control.KeyCode && !path.IsAbs(f.GetFile()) {
			return path.Join(path.Dir(b.File), f.GetFile())
		}
	}
	return f.GetFile()
}

// place finds where a key stands, nil if that is not known.
func place(f *binderyv1.Fault, built []dev.Built) *api.Location {
	i := slices.IndexFunc(built, func(b dev.Built) bool { return b.Worker.Name == f.GetWorker() })
	if i < 0 {
		return nil
	}
	w := built[i].Worker
	known := func(at api.Location) *api.Location {
		if at.File == "" {
			return nil
		}
		return &at
	}
	kind, rest, _ := strings.Cut(f.GetKey(), ".")
	kind, index, indexed := strings.Cut(kind, "[")
	n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
	indexed = indexed && err == nil
	switch {
	case kind == "name":
		return known(w.NamePos)
	case kind == "routes" && indexed && n < len(w.Routes):
		return known(w.Routes[n].Pos)
	case kind == "services" && indexed && n < len(w.Services):
		return known(w.Services[n].Pos)
	case kind == "services":
		binding, _, _ := strings.Cut(rest, ".")
		for _, s := range w.Services {
			if s.Binding == binding {
				return known(s.Pos)
			}
		}
	}
	return nil
}

// show prints what was released, and where it is reached.
func (c *deployCommand) show(w io.Writer, r *remote, built []dev.Built, made *binderyv1.Release) {
	switch {
	case c.DryRun && len(made.GetChanges()) > 0:
		fmt.Fprintf(w, "Would change %s (nothing is changed: --dry-run)\n\n", count(len(made.GetChanges()), "Worker"))
	case made.GetNumber() > 0:
		fmt.Fprintf(w, "Release %d: %s changed\n\n", made.GetNumber(), count(len(made.GetChanges()), "Worker"))
	}
	showChanges(w, made)
	if c.DryRun {
		return
	}
	var routes [][2]string // pattern and Worker
	for _, b := range built {
		for _, route := range b.Worker.Routes {
			routes = append(routes, [2]string{route.Pattern, b.Worker.Name})
		}
	}
	if len(routes) == 0 {
		return
	}
	fmt.Fprintln(w)
	ingress := "the nodes' ingress"
	if s, err := r.status(); err == nil {
		for _, n := range s.GetNodes() {
			ingress = cmp.Or("http://"+r.near(n.GetHttpAddress()), ingress)
			break
		}
	}
	table := [][]string{{"ROUTE", "WORKER", "INGRESS"}}
	for _, route := range routes {
		table = append(table, []string{route[0], route[1], ingress})
	}
	rows(w, table)
}

// remind names the secrets that the Workers have in development and lack in the cluster.
func (c *deployCommand) remind(e *env, r *remote, built []dev.Built) {
	for _, b := range built {
		if len(b.Secrets) == 0 {
			continue
		}
		have, err := r.ListSecrets(r.ctx, &binderyv1.ListSecretsRequest{Worker: b.Worker.Name})
		if err != nil {
			return
		}
		for _, name := range b.Secrets {
			_, isVar := b.Worker.Vars[name]
			if !slices.Contains(have.GetNames(), name) && !isVar {
				fmt.Fprintf(e.stderr, "hint: %s of Worker %s is in .dev.vars only, and undefined here: set it with: bindery secret put %s %s\n",
					name, b.Worker.Name, b.Worker.Name, name)
			}
		}
	}
}
