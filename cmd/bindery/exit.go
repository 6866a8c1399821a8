package main

// Exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitConfig      = 3
	exitUnreachable = 4
	exitCode        = 5
	exitListen      = 6
	exitRefused     = 7
	exitData        = 8
	exitForced      = 130
)

// exitCodes is the table that `bindery help exit-codes` prints.
const exitCodes = `Exit codes of bindery:

  0    done
  1    failed, for a reason that has no code of its own
  2    usage: a command, flag or argument that there isn't
  3    bad configuration: a wrangler file or .dev.vars, or a service binding without its Worker
  4    no cluster: none is known here, or no node of it can be reached
  5    bad code: it can't be bundled, or throws while it is loaded
  6    the address to listen on can't be had
  7    refused: what was asked for is not there, or does not go with what is
  8    the data directory can't be used: another node has it, or it is damaged, or of another cluster
  130  ended at once: by a second Ctrl-C where the first one finishes what is under way, else by the first
`

// cliError is an error with its exit code, and what to do next.
type cliError struct {
	code int
	err  error // nil if it has been printed
	hint string
}

func (e *cliError) Error() string {
	if e.err == nil {
		return "failed"
	}
	return e.err.Error()
}

func (e *cliError) Unwrap() error { return e.err }
