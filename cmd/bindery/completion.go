package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help implements kong.HelpProvider.
func (completionCommand) Help() string {
	return `Load it for one session, or put the line into the shell's start file:

  bash  source <(bindery completion bash)
  zsh   source <(bindery completion zsh)
  fish  bindery completion fish | source`
}

// Run prints the script on stdout.
func (c *completionCommand) Run(e *env) error {
	write := map[string]func(io.Writer, []*kong.Node) error{"bash": completeBash, "zsh": completeZsh, "fish": completeFish}[c.Shell]
	return write(e.stdout, e.parser.Model.Children)
}

// flagsOf lists the flags of a command as they are typed.
func flagsOf(n *kong.Node) []*kong.Flag {
	var flags []*kong.Flag
	for _, group := range n.AllFlags(true) {
		flags = append(flags, group...)
	}
	return flags
}

// spellings are a flag's names without dashes.
func spellings(f *kong.Flag) []string {
	if f.Tag.Negatable != "" {
		return []string{f.Name, "no-" + f.Name}
	}
	return []string{f.Name}
}

func choices(v *kong.Value) string { return strings.ReplaceAll(v.Enum, ",", " ") }

func completeBash(w io.Writer, commands []*kong.Node) error {
	var names []string
	var cases strings.Builder
	for _, n := range commands {
		names = append(names, n.Name)
		var words []string
		for _, f := range flagsOf(n) {
			for _, s := range spellings(f) {
				words = append(words, "--"+s)
			}
		}
		for _, p := range n.Positional {
			words = append(words, strings.Fields(choices(p))...)
		}
		fmt.Fprintf(&cases, "      %s) words=%q ;;\n", n.Name, strings.Join(words, " "))
	}
	_, err := fmt.Fprintf(w, `_bindery() {
  local cur="${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=%q
  else
    case "${COMP_WORDS[1]}" in
%s    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _bindery bindery
`, strings.Join(names, " "), cases.String())
	return err
}

// zshQuoted is text within single quotes and brackets.
func zshQuoted(s string) string {
	return strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}

func completeZsh(w io.Writer, commands []*kong.Node) error {
	var list, cases strings.Builder
	for _, n := range commands {
		fmt.Fprintf(&list, "      '%s:%s'\n", n.Name, zshQuoted(n.Help))
		fmt.Fprintf(&cases, "    %s) _arguments", n.Name)
		for _, f := range flagsOf(n) {
			for _, s := range spellings(f) {
				fmt.Fprintf(&cases, " '--%s[%s]", s, zshQuoted(f.Help))
				switch {
				case f.IsBool():
				case f.Enum != "":
					fmt.Fprintf(&cases, ":%s:(%s)", f.Name, choices(f.Value))
				default:
					fmt.Fprintf(&cases, ":%s:", f.Name)
				}
				cases.WriteByte('\'')
			}
		}
		rest := "_files"
		if len(n.Positional) > 0 && n.Positional[0].Enum != "" {
			rest = "(" + choices(n.Positional[0]) + ")"
		}
		fmt.Fprintf(&cases, " '2:argument:%s' '*:argument:%s' ;;\n", rest, rest)
	}
	_, err := fmt.Fprintf(w, `#compdef bindery
_bindery() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(
%s    )
    _describe command commands
    return
  fi
  case "$words[2]" in
%s  esac
}
compdef _bindery bindery
`, list.String(), cases.String())
	return err
}

func completeFish(w io.Writer, commands []*kong.Node) error {
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }
	var b strings.Builder
	for _, n := range commands {
		fmt.Fprintf(&b, "complete -c bindery -n __fish_use_subcommand -f -a %s -d %s\n", n.Name, quote(n.Help))
		within := fmt.Sprintf("-n '__fish_seen_subcommand_from %s'", n.Name)
		for _, f := range flagsOf(n) {
			for _, s := range spellings(f) {
				fmt.Fprintf(&b, "complete -c bindery %s -l %s -d %s", within, s, quote(f.Help))
				switch {
				case f.IsBool():
				case f.Enum != "":
					fmt.Fprintf(&b, " -x -a %s", quote(choices(f.Value)))
				default:
					b.WriteString(" -r")
				}
				b.WriteByte('\n')
			}
		}
		for _, p := range n.Positional {
			if p.Enum != "" {
				fmt.Fprintf(&b, "complete -c bindery %s -f -a %s\n", within, quote(choices(p)))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
