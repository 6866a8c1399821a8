package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

type helpCommand struct {
	Topic []string `arg:"" optional:"" help:"A command, or contexts, exit-codes, json."`
}

// topics are what help explains besides commands.
var topics = map[string]string{"contexts": contextsText, "exit-codes": exitCodes, "json": jsonKeys}

// Run prints the topic on stdout.
func (c *helpCommand) Run(e *env) error {
	if len(c.Topic) == 1 {
		if text, ok := topics[c.Topic[0]]; ok {
			_, err := io.WriteString(e.stdout, text)
			return err
		}
	}
	if _, err := e.parser.Parse(append(slices.Clone(c.Topic), "--help")); err != nil {
		return &cliError{
			code: exitUsage,
			err:  fmt.Errorf("there is no help on %q", strings.Join(c.Topic, " ")),
			hint: "topics are " + strings.Join(slices.Sorted(maps.Keys(topics)), ", ") + "; see bindery --help for the commands",
		}
	}
	return errors.New("print help: the parser didn't")
}

// jsonKeys is the reference of dev --json.
const jsonKeys = `bindery dev --json prints one JSON object a line on stdout. All have:

  time     when, RFC 3339 with nanoseconds
  type     what, below
  level    debug, info, warn or error

By type:

  ready      served for the first time: url, addresses, ms, workers (each with name, version, root,
             reached (false where no root's bindings lead to it), routes, bindings (each with name, service,
             entrypoint), file)
  swap       another version is served: changed and gone (names), ms, repaired (true after a fault)
  fault      the files can't be served; what was served goes on: messages (each with message, and where it has a
             place file, line, column (from 1), lineText, suggestion; notes)
  repaired   the files are again what is served: ms
  warning    message, file, line, column, lineText
  console    worker, message; its level is that of the console method, trace is debug, log is info
  exception  one that nobody caught: worker, name, message, stack, in (fetch handler, promise, waitUntil, ...)
  request    one that is over: worker (absent where none was found), method, host, path (with its query),
             status, bytes (of the response's body), ms, aborted (why the response is not whole, if it isn't)
  trouble    outside of Workers, and goes on without: message
  stopping   the end was asked for, requests under way are being finished

With --log-level the lines below that level are left out.
`

// contextsText explains how commands find a cluster.
const contextsText = `A context is a file that says where a cluster is (the addresses of its nodes) and who calls: a certificate and its key,
which is why only its owner may read it. The first start of a cluster's first node makes one for who started it:

  DATA/context.json                                  beside the node's data
  ~/.config/bindery/contexts/NAME.json               among the user's own; NAME is the node's
  ~/.config/bindery/current                          the name of the one that commands use

($XDG_CONFIG_HOME takes the place of ~/.config; on macOS it is ~/Library/Application Support.) Commands take, in this order: --context, which is a
name, or a file if it has a / or ends in .json; the environment variable BINDERY_CONTEXT, which may have the same; the current one.

What else can be done with it: copy the file to another machine to run commands from there, and put an address into its servers that
reaches the node from there.
`
