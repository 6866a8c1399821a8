package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

type bindingCommand struct {
	Set   bindingSetCommand   `cmd:"" help:"Set service bindings and vars of a Worker without deploying it."`
	Unset bindingUnsetCommand `cmd:"" help:"Remove service bindings and vars of a Worker."`
}

type bindingSetCommand struct {
	Worker  string            `arg:"" help:"The Worker."`
	Binding []string          `arg:"" optional:"" name:"binding" help:"NAME=SERVICE, or NAME=SERVICE#ENTRYPOINT."`
	Var     map[string]string `mapsep:"none" placeholder:"NAME=TEXT" help:"Set a var to a text. May be given again."`
	JSON    map[string]string `name:"json" mapsep:"none" placeholder:"NAME=JSON" help:"Set a var to any JSON value. May be given again."`
}

// Help implements kong.HelpProvider.
func (bindingSetCommand) Help() string {
	return `The Worker gets a new version with the same code, by a release. A later deploy whose files would undo the change is refused, and says so
with the lines to put into the file; --keep keeps the change and --overwrite undoes it.

Examples:
  bindery binding set gateway auth=authentication
  bindery binding set gateway admin=backoffice#Admin --var LOG=debug`
}

// Run makes the change.
func (c *bindingSetCommand) Run(e *env) error {
	r := &binderyv1.ConfigureRequest{RequestId: client.NewRequestID(), Worker: c.Worker, Author: author("")}
	for _, b := range c.Binding {
		name, target, ok := strings.Cut(b, "=")
		service, entrypoint, _ := strings.Cut(target, "#")
		if !ok || name == "" || service == "" {
			return &cliError{code: exitUsage, err: fmt.Errorf("%q is not NAME=SERVICE or NAME=SERVICE#ENTRYPOINT", b), hint: "see bindery binding set --help"}
		}
		r.SetServices = append(r.SetServices, &binderyv1.ServiceBinding{Binding: name, Service: service, Entrypoint: entrypoint})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Var)) {
		r.SetVars = append(r.SetVars, &binderyv1.Var{Name: name, Value: &binderyv1.Var_Text{Text: c.Var[name]}})
	}
	for _, name := range slices.Sorted(maps.Keys(c.JSON)) {
		if !json.Valid([]byte(c.JSON[name])) {
			return &cliError{code: exitUsage, err: fmt.Errorf("--json %s: %q is no JSON", name, c.JSON[name]), hint: "a text is set with --var"}
		}
		r.SetVars = append(r.SetVars, &binderyv1.Var{Name: name, Value: &binderyv1.Var_Json{Json: []byte(c.JSON[name])}})
	}
	return c.configure(e, r)
}

func (bindingSetCommand) configure(e *env, request *binderyv1.ConfigureRequest) error {
	return e.with(func(r *remote) error {
		answer, err := r.Configure(r.ctx, request)
		if err != nil {
			return err
		}
		return e.showRelease(answer.GetRelease())
	})
}

type bindingUnsetCommand struct {
	Worker string   `arg:"" help:"The Worker."`
	Name   []string `arg:"" help:"Names of service bindings and vars."`
}

// Help implements kong.HelpProvider.
func (bindingUnsetCommand) Help() string {
	return `Examples:
  bindery binding unset gateway auth LOG`
}

// Run makes the change.
func (c *bindingUnsetCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		known, err := r.GetWorker(r.ctx, &binderyv1.GetWorkerRequest{Name: c.Worker})
		if err != nil {
			return err
		}
		request := &binderyv1.ConfigureRequest{RequestId: client.NewRequestID(), Worker: c.Worker, Author: author("")}
		for _, name := range c.Name {
			isVar := func(v *binderyv1.Var) bool { return v.GetName() == name }
			if slices.ContainsFunc(known.GetVersion().GetConfig().GetVars(), isVar) {
				request.UnsetVars = append(request.UnsetVars, name)
			} else {
				request.UnsetServices = append(request.UnsetServices, name)
			}
		}
		answer, err := r.Configure(r.ctx, request)
		if err != nil {
			return err
		}
		return e.showRelease(answer.GetRelease())
	})
}
