// Command bindery runs Workers. Package main parses arguments, calls, and prints; what a command does is in the packages below node.
//
// Exit codes, which `bindery help exit-codes` prints:
//
//	0    done
//	1    failed, for a reason that has no code of its own
//	2    usage: a command, flag or argument that there isn't
//	3    bad configuration: a wrangler file or .dev.vars, or a service binding without its Worker
//	5    bad code: it can't be bundled, or throws while it is loaded
//	6    the address to listen on can't be had
//	130  ended at once by a second Ctrl-C
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"github.com/bindery/bindery/node/compiler"
)

func main() {
	if compiler.Main() {
		return
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// command is the whole command line.
type command struct {
	Dev        devCommand        `cmd:"" help:"Run Workers from files, and follow the files as they change."`
	Version    versionCommand    `cmd:"" help:"Print the versions of bindery and of what it is built on."`
	Completion completionCommand `cmd:"" help:"Print a script that completes commands and flags in a shell."`
	Help       helpCommand       `cmd:"" help:"Explain a command or a topic."`
}

// env is what commands work with.
type env struct {
	ctx            context.Context
	stdout, stderr io.Writer
	parser         *kong.Kong
}

// exit ends parsing early: kong's --help asks for it.
type exit int

// run is the program. It returns the exit code.
func run(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) (code int) {
	var c command
	parser, err := kong.New(&c,
		kong.Name("bindery"),
		kong.Description("Bindery runs Cloudflare-style JavaScript Workers on your own machines."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return report(stderr, err)
	}
	defer func() {
		if x := recover(); x != nil {
			e, ok := x.(exit)
			if !ok {
				panic(x)
			}
			code = int(e)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return report(stderr, usageError(err))
	}
	return report(stderr, parsed.Run(&env{ctx: ctx, stdout: stdout, stderr: stderr, parser: parser}))
}

// usageError makes an error of parsing arguments one with the right hint.
func usageError(err error) error {
	hint := "bindery --help"
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			hint = node.FullPath() + " --help"
		}
	}
	return &cliError{code: exitUsage, err: err, hint: "see " + hint}
}

// report prints an error, with its hint, and gives the exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	var e *cliError
	if !errors.As(err, &e) {
		e = &cliError{code: exitFailed, err: err}
	}
	if e.err != nil {
		fmt.Fprintf(stderr, "error: %v\n", e.err)
	}
	if e.hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", e.hint)
	}
	return e.code
}
