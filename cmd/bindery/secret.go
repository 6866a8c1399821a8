package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

type secretCommand struct {
	Put    secretPutCommand    `cmd:"" help:"Set a secret of a Worker: its value comes from standard input."`
	List   secretListCommand   `cmd:"" help:"List the names of a Worker's secrets."`
	Delete secretDeleteCommand `cmd:"" help:"Remove a secret of a Worker."`
}

// maxSecret is the longest value that a cluster takes, and one more byte shows that it is longer.
const maxSecret = 5 << 10

type secretPutCommand struct {
	Worker string `arg:"" help:"The Worker."`
	Key    string `arg:"" help:"The secret's name in env."`
	Create bool   `help:"Where there is no such Worker yet, keep the secret for its first deployment."`
}

// Help implements kong.HelpProvider.
func (secretPutCommand) Help() string {
	return `The value is read from standard input, without the line break at its end; on a terminal it is asked for, and not shown. It is sealed where
it is kept, and never shown again. The Worker gets a new version with the same code.

Examples:
  bindery secret put auth SECRET_TOKEN
  printf '%s' "$TOKEN" | bindery secret put auth SECRET_TOKEN
  bindery secret put --create auth SECRET_TOKEN < token.txt    before auth is deployed`
}

// Run sets the secret.
func (c *secretPutCommand) Run(e *env) error {
	value, err := c.value(e)
	if err != nil {
		return err
	}
	return e.with(func(r *remote) error {
		answer, err := r.PutSecret(r.ctx, &binderyv1.PutSecretRequest{
			RequestId: client.NewRequestID(), Worker: c.Worker, Name: c.Key, Value: value, Author: author(""), Create: c.Create,
		})
		if err != nil {
			return err
		}
		return e.showRelease(answer.GetRelease())
	})
}

// value reads the secret.
func (c *secretPutCommand) value(e *env) ([]byte, error) {
	if f, ok := e.stdin.(*os.File); ok && isTerminal(f) {
		fmt.Fprintf(e.stderr, "Value of %s for Worker %s: ", c.Key, c.Worker)
		if err := echo(f, false); err == nil {
			defer func() {
				_ = echo(f, true)
				fmt.Fprintln(e.stderr)
			}()
		}
		return c.checked(readLine(f))
	}
	return c.checked(io.ReadAll(io.LimitReader(e.stdin, maxSecret+3)))
}

func (c *secretPutCommand) checked(b []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	switch {
	case len(b) == 0:
		return nil, &cliError{code: exitUsage, err: fmt.Errorf("the value of %s is empty", c.Key), hint: "pipe it in: printf '%s' VALUE | bindery secret put " + c.Worker + " " + c.Key}
	case len(b) > maxSecret:
		return nil, &cliError{code: exitUsage, err: fmt.Errorf("the value of %s has more than %d bytes", c.Key, maxSecret)}
	}
	return b, nil
}

// readLine reads a line, no byte more.
func readLine(r io.Reader) ([]byte, error) {
	var line []byte
	for one := make([]byte, 1); len(line) <= maxSecret+2; {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' || err == io.EOF {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
		line = append(line, one[:n]...)
	}
	return line, nil
}

// echo has a terminal show what is typed, or not.
func echo(terminal *os.File, on bool) error {
	arg := "-echo"
	if on {
		arg = "echo"
	}
	cmd := exec.Command("stty", arg)
	cmd.Stdin = terminal
	return cmd.Run()
}

type secretListCommand struct {
	Worker string `arg:"" help:"The Worker."`
}

// Help implements kong.HelpProvider.
func (secretListCommand) Help() string {
	return `Values are never shown, to nobody.

Examples:
  bindery secret list auth`
}

// Run lists the names on stdout.
func (c *secretListCommand) Run(e *env) error {
	return e.ask(func(r *remote) error {
		answer, err := r.ListSecrets(r.ctx, &binderyv1.ListSecretsRequest{Worker: c.Worker})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) {
			if len(answer.GetNames()) == 0 {
				fmt.Fprintf(w, "Worker %s has no secrets.\n", c.Worker)
				return
			}
			fmt.Fprintln(w, strings.Join(answer.GetNames(), "\n"))
		})
	})
}

type secretDeleteCommand struct {
	Worker string `arg:"" help:"The Worker."`
	Key    string `arg:"" help:"The secret's name in env."`
}

// Help implements kong.HelpProvider.
func (secretDeleteCommand) Help() string {
	return `Examples:
  bindery secret delete auth SECRET_TOKEN`
}

// Run removes the secret.
func (c *secretDeleteCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		answer, err := r.DeleteSecret(r.ctx, &binderyv1.DeleteSecretRequest{
			RequestId: client.NewRequestID(), Worker: c.Worker, Name: c.Key, Author: author(""),
		})
		if err != nil {
			return err
		}
		return e.showRelease(answer.GetRelease())
	})
}
