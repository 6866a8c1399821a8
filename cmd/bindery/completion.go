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

// wordsOf are what may follow a command: its flags, and the values of its arguments.
func wordsOf(n *kong.Node) string {
	var words []string
	for _, f := range flagsOf(n) {
		for _, s := range spellings(f) {
			words = append(words, "--"+s)
		}
	}
	for _, p := range n.Positional {
		words = append(words, strings.Fields(choices(p))...)
	}
	return strings.Join(words, " ")
}

func namesOf(commands []*kong.Node) string {
	var names []string
	for _, n := range commands {
		names = append(names, n.Name)
	}
	return strings.Join(names, " ")
}

func completeBash(w io.Writer, commands []*kong.Node) error {
	var cases strings.Builder
	for _, n := range commands {
		if len(n.Children) == 0 {
			fmt.Fprintf(&cases, "      %s) words=%q ;;\n", n.Name, wordsOf(n))
			continue
		}
		fmt.Fprintf(&cases, "      %s)\n        words=%q\n        if [ \"$COMP_CWORD\" -gt 2 ]; then case \"${COMP_WORDS[2]}\" in\n", n.Name, namesOf(n.Children))
		for _, child := range n.Children {
			fmt.Fprintf(&cases, "          %s) words=%q ;;\n", child.Name, wordsOf(child))
		}
		cases.WriteString("        esac; fi ;;\n")
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
`, namesOf(commands), cases.String())
	return err
}

// zshQuoted is text within single quotes and brackets.
func zshQuoted(s string) string {
	return strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}

// zshArguments completes the flags and arguments of one command.
func zshArguments(w io.Writer, n *kong.Node) {
	fmt.Fprintf(w, "    %s) _arguments", n.Name)
	for _, f := range flagsOf(n) {
		for _, s := range spellings(f) {
			fmt.Fprintf(w, " '--%s[%s]", s, zshQuoted(f.Help))
			switch {
			case f.IsBool():
			case f.Enum != "":
				fmt.Fprintf(w, ":%s:(%s)", f.Name, choices(f.Value))
			default:
				fmt.Fprintf(w, ":%s:", f.Name)
			}
			fmt.Fprint(w, "'")
		}
	}
	rest := "_files"
	if len(n.Positional) > 0 && n.Positional[0].Enum != "" {
		rest = "(" + choices(n.Positional[0]) + ")"
	}
	fmt.Fprintf(w, " '2:argument:%s' '*:argument:%s' ;;\n", rest, rest)
}

func zshDescribed(w io.Writer, commands []*kong.Node) {
	for _, n := range commands {
		fmt.Fprintf(w, "      '%s:%s'\n", n.Name, zshQuoted(n.Help))
	}
}

func completeZsh(w io.Writer, commands []*kong.Node) error {
	var list, cases strings.Builder
	zshDescribed(&list, commands)
	for _, n := range commands {
		if len(n.Children) == 0 {
			zshArguments(&cases, n)
			continue
		}
		fmt.Fprintf(&cases, "    %s)\n    if (( CURRENT == 3 )); then\n    local -a commands\n    commands=(\n", n.Name)
		zshDescribed(&cases, n.Children)
		cases.WriteString("    )\n    _describe command commands\n    return\n    fi\n    shift words\n    (( CURRENT-- ))\n    case \"$words[2]\" in\n")
		for _, child := range n.Children {
			zshArguments(&cases, child)
		}
		cases.WriteString("    esac ;;\n")
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

func fishQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

func completeFish(w io.Writer, commands []*kong.Node) error {
	var b strings.Builder
	for _, n := range commands {
		fmt.Fprintf(&b, "complete -c bindery -n __fish_use_subcommand -f -a %s -d %s\n", n.Name, fishQuoted(n.Help))
		within := "__fish_seen_subcommand_from " + n.Name
		if len(n.Children) == 0 {
			fishArguments(&b, n, fishQuoted(within))
			continue
		}
		for _, child := range n.Children {
			fmt.Fprintf(&b, "complete -c bindery -n %s -f -a %s -d %s\n",
				fishQuoted(within+"; and not __fish_seen_subcommand_from "+namesOf(n.Children)), child.Name, fishQuoted(child.Help))
			fishArguments(&b, child, fishQuoted(within+"; and __fish_seen_subcommand_from "+child.Name))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fishArguments completes the flags and arguments of one command, where the condition holds.
func fishArguments(b *strings.Builder, n *kong.Node, condition string) {
	for _, f := range flagsOf(n) {
		for _, s := range spellings(f) {
			fmt.Fprintf(b, "complete -c bindery -n %s -l %s -d %s", condition, s, fishQuoted(f.Help))
			switch {
			case f.IsBool():
			case f.Enum != "":
				b.WriteString(" -x -a " + fishQuoted(choices(f.Value)))
			default:
				b.WriteString(" -r")
			}
			b.WriteByte('\n')
		}
	}
	for _, p := range n.Positional {
		if p.Enum != "" {
			fmt.Fprintf(b, "complete -c bindery -n %s -f -a %s\n", condition, fishQuoted(choices(p)))
		}
	}
}
