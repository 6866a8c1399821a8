package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Error is source that can't be bundled: all of its faults in one go.
type Error struct {
	// Messages are the faults, sorted by file, line and column. Files are
	// relative to Options.Dir.
	Messages []api.Message

	// Warnings are what else was found.
	Warnings []api.Message

	// Inputs are the files to watch for a repair, as in Result.
	Inputs []string
}

// Error returns the messages as esbuild prints them, with an excerpt of each
// place, without colours.
func (e *Error) Error() string { return e.Format(false, 0) }

// Format returns the messages as esbuild prints them on a terminal of so many
// columns, 0 for no limit.
func (e *Error) Format(color bool, columns int) string {
	lines := api.FormatMessages(e.Messages, api.FormatMessagesOptions{
		Kind:          api.ErrorMessage,
		Color:         color,
		TerminalWidth: columns,
	})
	return strings.TrimRight(strings.Join(lines, ""), "\n")
}

// newError makes esbuild's messages the user's.
func newError(o *Options, result *api.BuildResult, inputs []string) *Error {
	messages := slices.Clone(result.Errors)
	slices.SortStableFunc(messages, compareMessages)
	messages = explainRuntimeModules(o, messages)
	for i := range messages {
		messages[i] = validMessage(explain(o, messages[i]))
	}
	warnings := slices.Clone(result.Warnings)
	for i, m := range warnings {
		warnings[i] = validMessage(m)
	}
	return &Error{Messages: messages, Warnings: warnings, Inputs: inputs}
}

func compareMessages(a, b api.Message) int {
	if a.Location == nil || b.Location == nil {
		return cmp.Compare(btoi(a.Location != nil), btoi(b.Location != nil))
	}
	return cmp.Or(
		cmp.Compare(a.Location.File, b.Location.File),
		cmp.Compare(a.Location.Line, b.Location.Line),
		cmp.Compare(a.Location.Column, b.Location.Column),
	)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// unresolved returns the specifier that a message says can't be resolved.
func unresolved(m *api.Message) (specifier string, ok bool) {
	quoted, ok := strings.CutPrefix(m.Text, "Could not resolve ")
	if !ok {
		return "", false
	}
	specifier, err := strconv.Unquote(quoted)
	return specifier, err == nil
}

// maxPlaces is how many places of a missing module are shown.
const maxPlaces = 5

// explainRuntimeModules puts in place of all messages about one module that the
// runtime lacks a single one, which says what there is.
func explainRuntimeModules(o *Options, messages []api.Message) []api.Message {
	var kept []api.Message
	first := map[string]int{} // specifier -> index in kept
	places := map[string]int{}
	for _, m := range messages {
		path, ok := unresolved(&m)
		specifier := ""
		if ok {
			specifier = runtimeSpecifier(path)
		}
		if specifier == "" {
			kept = append(kept, m)
			continue
		}
		places[specifier]++
		if i, ok := first[specifier]; ok {
			if places[specifier] <= maxPlaces {
				kept[i].Notes = append(kept[i].Notes, api.Note{Text: "It is imported here too:", Location: bare(m.Location)})
			}
			continue
		}
		first[specifier] = len(kept)
		kept = append(kept, missingModule(o, m, path, specifier))
	}
	for specifier, i := range first {
		if more := places[specifier] - maxPlaces; more > 0 {
			kept[i].Notes = append(kept[i].Notes, api.Note{Text: fmt.Sprintf("And in %d more places.", more)})
		}
	}
	return kept
}

func missingModule(o *Options, m api.Message, path, specifier string) api.Message {
	out := api.Message{
		Text:     fmt.Sprintf("Could not resolve %q: this runtime has no such module", path),
		Location: bare(m.Location),
	}
	if path != specifier {
		out.Text = fmt.Sprintf("Could not resolve %q: no package of that name is installed, and this runtime has no module %q", path, specifier)
	}
	if near := nearest(specifier, o.Provided); near != "" && out.Location != nil {
		out.Location.Suggestion = strconv.Quote(near)
	}
	note := "It provides: " + strings.Join(o.Provided, ", ")
	if len(o.Provided) == 0 {
		note = "It provides no modules of its own."
	}
	out.Notes = []api.Note{{Text: note}}
	return out
}

// bare returns a copy of a location without esbuild's suggestion.
func bare(l *api.Location) *api.Location {
	if l == nil {
		return nil
	}
	c := *l
	c.Suggestion = ""
	return &c
}

// validMessage returns m as valid UTF-8, which esbuild's excerpts of a file that
// isn't are not.
func validMessage(m api.Message) api.Message {
	m.Text, m.Location = valid(m.Text), validLocation(m.Location)
	m.Notes = slices.Clone(m.Notes)
	for i, note := range m.Notes {
		m.Notes[i] = api.Note{Text: valid(note.Text), Location: validLocation(note.Location)}
	}
	return m
}

func validLocation(l *api.Location) *api.Location {
	if l == nil {
		return nil
	}
	c := *l
	c.LineText, c.Suggestion = valid(c.LineText), valid(c.Suggestion)
	return &c
}

// explain puts what the user of Bindery, rather than of esbuild, can do in place
// of esbuild's advice.
func explain(o *Options, m api.Message) api.Message {
	m.PluginName = ""
	specifier, missing := unresolved(&m)
	switch {
	case missing && m.Location == nil && specifier == o.Entry:
		m.Text = fmt.Sprintf("Could not resolve %q, the entry of the Worker", o.relative(o.Entry))
	case missing && !strings.HasPrefix(specifier, ".") && runtimeSpecifier(specifier) == "":
		// esbuild's advice is to leave the import as it is.
		m.Notes = slices.DeleteFunc(slices.Clone(m.Notes), func(n api.Note) bool {
			return strings.HasPrefix(n.Text, "You can mark the path ")
		})
	case strings.HasPrefix(m.Text, "No loader is configured for "):
		m.Notes = []api.Note{{
			Text: `Say how to import it in the Worker's configuration: rules = [{ type = "Data", globs = ["**/*` +
				extension(m.Text) + `"], fallthrough = true }]`,
		}}
	case strings.Contains(m.Text, `with the "iife" output format`):
		m.Notes = append(slices.Clone(m.Notes), api.Note{Text: serviceWorkerHint})
	}
	return m
}

// extension returns the extension that esbuild's message quotes.
func extension(text string) string {
	_, rest, _ := strings.Cut(text, `"`)
	ext, _, _ := strings.Cut(rest, `"`)
	return ext
}
