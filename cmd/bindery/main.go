// Command bindery runs Workers. Package main parses arguments, calls, and prints; what a command does is in the packages below node.
//
// Exit codes, which `bindery help exit-codes` prints:
//
//	0    done
//	1    failed, for a reason that has no code of its own
//	2    usage: a command, flag or argument that there isn't
//	3    bad configuration: a wrangler file or .dev.vars, or a service binding without its Worker
//	4    no cluster: none is known here, or no node of it can be reached
//	5    bad code: it can't be bundled, or throws while it is loaded
//	6    the address to listen on can't be had
//	7    refused: what was asked for is not there, or does not go with what is
//	8    the data directory can't be used: another node has it, or it is damaged, or of another cluster
//	130  ended at once: by a second Ctrl-C where the first one finishes what is under way, else by the first
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/dataplane"
)

func main() {
	if compiler.Main() || dataplane.Main(hooks()) {
		return
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// command is the whole command line.
type command struct {
	Context string `placeholder:"NAME|FILE" env:"BINDERY_CONTEXT" help:"Cluster to talk to: the name of a context, or its file. Default: the current one."`
	Output  string `enum:"table,json" default:"table" help:"How results are printed: table, json."`

	Dev        devCommand        `cmd:"" help:"Run Workers from files, and follow the files as they change."`
	Node       nodeCommands      `cmd:"" help:"Run a node: the first one makes a cluster, others join it."`
	Token      tokenCommand      `cmd:"" help:"Create, list and revoke the tokens by which nodes join."`
	Deploy     deployCommand     `cmd:"" help:"Release Workers from files to the cluster, all or none."`
	Status     statusCommand     `cmd:"" help:"Show the cluster: its nodes, and what is wrong."`
	Worker     workerCommand     `cmd:"" help:"List, show and delete Workers."`
	Release    releaseCommand    `cmd:"" help:"List, show and roll back releases."`
	Secret     secretCommand     `cmd:"" help:"Set, list and delete secrets of Workers."`
	Binding    bindingCommand    `cmd:"" help:"Set and unset bindings and vars of Workers."`
	Version    versionCommand    `cmd:"" help:"Print the versions of bindery and of what it is built on."`
	Completion completionCommand `cmd:"" help:"Print a script that completes commands and flags in a shell."`
	Help       helpCommand       `cmd:"" help:"Explain a command or a topic."`
}

// env is what commands work with.
type env struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	parser         *kong.Kong
	context        string // --context
	output         string // --output
}

// Values of --output.
const (
	outputTable = "table"
	outputJSON  = "json"
)

// exit ends parsing early: kong's --help asks for it.
type exit int

// run is the program. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
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
	return report(stderr, parsed.Run(&env{
		ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, parser: parser, context: c.Context, output: c.Output,
	}))
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
