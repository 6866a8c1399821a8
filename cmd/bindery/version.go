package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version on stdout.
func (versionCommand) Run(e *env) error {
	deps := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			deps[d.Path] = d.Version
		}
	}
	if e.output == outputJSON {
		return json.NewEncoder(e.stdout).Encode(map[string]string{
			"bindery": programVersion(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
			"goja": deps["github.com/dop251/goja"], "esbuild": deps["github.com/evanw/esbuild"],
		})
	}
	_, err := fmt.Fprintf(e.stdout, "bindery %s\n%s %s/%s\ngoja %s\nesbuild %s\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		deps["github.com/dop251/goja"], deps["github.com/evanw/esbuild"])
	return err
}
