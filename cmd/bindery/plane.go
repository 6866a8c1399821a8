package main

import (
	"io"
	"os"

	"github.com/bindery/bindery/node/daemon"
	"github.com/bindery/bindery/node/dataplane"
	"github.com/bindery/bindery/node/ingress"
)

// hooks are what this program adds to its data planes: lines as dev prints them.
func hooks() dataplane.Hooks {
	return dataplane.Hooks{Reporter: func(w io.Writer, s dataplane.Settings) (dataplane.Reporter, func()) {
		out := newOutput(w)
		least := parseLevel(s.Level)
		var r dataplane.Reporter = &jsonReporter{out: out, level: least}
		if !s.JSON {
			f, _ := w.(*os.File)
			r = &textReporter{out: out, level: least, color: f != nil && isTerminal(f) && os.Getenv("NO_COLOR") == ""}
		}
		if least > levelDebug {
			r = quiet{r}
		}
		return r, out.Close
	}}
}

// quiet prints no requests: a node has thousands in a second.
type quiet struct{ dataplane.Reporter }

// Request implements dataplane.Reporter.
func (quiet) Request(ingress.Entry) {}

// startAgent serves as the flags say.
func (c *nodeCommand) startAgent(e *env) func(daemon.AgentOptions) (daemon.Agent, error) {
	return daemon.Serve(daemon.ServeOptions{AllowPrivateNetwork: c.Private, JSON: e.output == outputJSON, Level: c.LogLevel})
}
