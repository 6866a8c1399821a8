package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version on stdout.
func (versionCommand) Run(e *env) error {
	own, deps := "(devel)", map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			own = info.Main.Version
		}
		for _, d := range info.Deps {
			deps[d.Path] = d.Version
		}
	}
	_, err := fmt.Fprintf(e.stdout, "bindery %s\n%s %s/%s\ngoja %s\nesbuild %s\n", own, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		deps["github.com/dop251/goja"], deps["github.com/evanw/esbuild"])
	return err
}
